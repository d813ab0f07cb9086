import { formatInteger, NOT_AVAILABLE } from "../../lib/format.ts";

/**
 * Tokens per second for the money, as "2,500". A new value rises into place (the key makes React replace the
 * element), unless the reader asked for less motion.
 */
export function ValueScore({ score, free = false }: { score: number | null; free?: boolean }) {
  if (score === null) {
    return (
      <span className="figure-text text-acid-muted" title="No speed, no tokens or no known price">
        {NOT_AVAILABLE}
      </span>
    );
  }
  return (
    <span className="inline-flex items-baseline gap-1.5">
      <span key={score} className="figure-text inline-block motion-safe:animate-rise">
        {formatInteger(score)}
      </span>
      {free && <span className="text-2xs text-acid-muted">free</span>}
    </span>
  );
}
