import type { ReactNode } from "react";

/** Something about this run or engine that a reader must know before its figures. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mt-4 flex gap-3 rounded-lg border border-acid-warning/40 bg-acid-warning/10 px-4 py-2.5 text-sm leading-relaxed">
      <span aria-hidden="true" className="text-acid-warning">
        ▲
      </span>
      <p className="min-w-0 [overflow-wrap:anywhere]">
        <strong className="font-semibold">{title}</strong> {children}
      </p>
    </div>
  );
}
