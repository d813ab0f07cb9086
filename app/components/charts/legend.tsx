import { type ReactNode, useState } from "react";

export interface LegendKeyProps {
  readonly text: string;
  /** Drawn in a box of 20 by 12. */
  readonly shape: ReactNode;
  readonly shown?: boolean;
  /** Null while there is only the drawing, of which nothing can be switched off. */
  readonly onToggle?: (() => void) | null;
}

export const LEGEND = "mt-2 flex flex-wrap gap-x-5 gap-y-1.5 text-acid-muted text-xs";

/** A key of a legend; with a canvas to act on it is a switch. */
export function LegendKey({ text, shape, shown = true, onToggle = null }: LegendKeyProps) {
  const inside = (
    <>
      <svg viewBox="0 0 20 12" className="h-3 w-5 shrink-0" aria-hidden="true">
        {shape}
      </svg>
      {text}
    </>
  );
  const looks = `inline-flex min-h-6 items-center gap-2 rounded text-left ${shown ? "" : "line-through"}`;
  if (onToggle === null) return <span className={looks}>{inside}</span>;
  return (
    <button type="button" aria-pressed={shown} onClick={onToggle} className={`${looks} hover:text-acid-text`}>
      {inside}
    </button>
  );
}

/** The parts of a chart that a reader has switched off. */
export function useHidden<Part extends string>() {
  const [hidden, setHidden] = useState<readonly Part[]>([]);
  const toggle = (part: Part) =>
    setHidden((now) => (now.includes(part) ? now.filter((other) => other !== part) : [...now, part]));
  return { hidden, toggle };
}
