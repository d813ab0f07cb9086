import { useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";

/** Part of a page that fades while the next figures are awaited. */
export function Busy({ children, className = "" }: { children: ReactNode; className?: string }) {
  const busy = useNavigation().state === "loading";
  return (
    <div aria-busy={busy} className={`transition-opacity ${className} ${busy ? "opacity-60" : ""}`}>
      {children}
    </div>
  );
}
