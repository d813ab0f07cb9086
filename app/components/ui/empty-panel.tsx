import type { ReactNode } from "react";

/** Stands where figures would, and says why there are none. */
export function EmptyPanel({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className="panel grid justify-items-center gap-3 px-6 py-14 text-center [&>p]:max-w-lg [&>p]:text-acid-muted [&>p]:leading-relaxed">
      <h2 className="font-semibold text-xl">{title}</h2>
      {children}
    </section>
  );
}
