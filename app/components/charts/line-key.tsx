import type { LineLook } from "../../lib/line-looks.ts";

/** An endpoint's mark in its colour, as it stands on its line. */
export function LineMark({ look }: { look: LineLook | undefined }) {
  if (look === undefined) return null;
  return (
    <svg viewBox="-6 -6 12 12" aria-hidden="true" className="inline-block size-3 shrink-0">
      <path d={look.mark} fill={look.color} />
    </svg>
  );
}
