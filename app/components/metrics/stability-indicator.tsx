import { formatMs } from "../../lib/format.ts";
import { judgeStability } from "../../lib/stability.ts";
import type { JitterColor } from "../../lib/types.ts";
import { Hint } from "../ui/hint.tsx";

export interface StabilityIndicatorProps {
  /** Standard deviation of total latency, ms. */
  readonly jitter: number | null;
  /** The same of the time to first token, ms. */
  readonly ttftJitter: number | null;
  readonly n: number;
  readonly align?: "start" | "end" | "center";
}

/** The traffic light: a colour, a shape and a word, and the value for whoever points at it or tabs to it. */
export function StabilityIndicator({ jitter, ttftJitter, n, align = "end" }: StabilityIndicatorProps) {
  const verdict = judgeStability(jitter, n);
  const ttft = ttftJitter === null ? "" : ` TTFT alone: ${formatMs(ttftJitter)}.`;
  return (
    <Hint text={verdict.explanation + ttft} align={align} className="inline-flex items-center gap-1.5">
      <Light color={verdict.color} />
      <span className="whitespace-normal text-xs">{verdict.word}</span>
    </Hint>
  );
}

/** Circle, triangle, square, ring: told apart without seeing colours. */
function Light({ color }: { color: JitterColor }) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3 shrink-0" data-light={color}>
      {color === "green" && <circle cx="6" cy="6" r="5" className="fill-acid-success" />}
      {color === "yellow" && <path d="M6 1 11.5 11H.5Z" className="fill-acid-warning" />}
      {color === "red" && <rect x="1" y="1" width="10" height="10" rx="1.5" className="fill-acid-danger" />}
      {color === "grey" && (
        <circle
          cx="6"
          cy="6"
          r="4.5"
          fill="none"
          strokeWidth="1.5"
          strokeDasharray="2 1.5"
          className="stroke-acid-muted"
        />
      )}
    </svg>
  );
}
