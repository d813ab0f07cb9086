const LOOKS = {
  a: "border-acid-link bg-acid-link/15 text-acid-link",
  b: "border-acid-warning bg-acid-warning/15 text-acid-warning",
} as const;

/** A or B, told apart by letter and by colour. */
export function SideLetter({ side }: { side: "a" | "b" }) {
  return (
    <span
      className={`figure-text inline-grid size-5 shrink-0 place-items-center rounded border font-semibold text-xs ${LOOKS[side]}`}
    >
      {side.toUpperCase()}
    </span>
  );
}
