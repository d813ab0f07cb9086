import type { ReactNode } from "react";

/** A page's name, and what it shows in a sentence or two. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="pt-6 pb-4">
      <h1 className="font-semibold text-2xl tracking-tight [overflow-wrap:anywhere] md:text-3xl">{title}</h1>
      {children !== undefined && <p className="mt-1 max-w-3xl text-acid-muted leading-relaxed">{children}</p>}
    </div>
  );
}
