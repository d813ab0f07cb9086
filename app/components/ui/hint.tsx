import { type ReactNode, useId } from "react";

export interface HintProps {
  readonly children: ReactNode;
  readonly text: string;
  /** The side of the trigger that the box keeps to, so that it stays on the page. */
  readonly align?: "start" | "end" | "center";
  readonly className?: string;
}

const ALIGN = { start: "left-0", end: "right-0", center: "left-1/2 -translate-x-1/2" } as const;

/** Something with an explanation that opens on hover and on keyboard focus, with or without JavaScript; Escape closes it (lib/close-hints.ts). */
export function Hint({ children, text, align = "center", className = "" }: HintProps) {
  const id = useId();
  return (
    <span className="hint relative inline-flex max-w-full">
      <button type="button" aria-describedby={id} className={`cursor-help rounded text-left ${className}`}>
        {children}
      </button>
      <span role="tooltip" id={id} className={`hint-box ${ALIGN[align]}`}>
        {text}
      </span>
    </span>
  );
}
