import { formatTime } from "../../lib/format.ts";
import { STATE_WORDS, type StateNow } from "../../lib/incidents.ts";

export const TONES = {
  good: "text-acid-success",
  warn: "text-acid-warning",
  bad: "text-acid-danger",
  none: "text-acid-muted",
} as const;

/** An endpoint's state in one line: since when, and why. */
export function StateLine({ now }: { now: StateNow }) {
  const { sign, text, tone } = STATE_WORDS[now.state];
  return (
    <p
      className="mb-4 text-acid-muted text-sm leading-relaxed [overflow-wrap:anywhere]"
      data-state={now.state}
    >
      <span className={TONES[tone]}>
        <span aria-hidden="true">{`${sign} `}</span>
        {text}
      </span>
      {`${now.since === null ? "" : ` since ${formatTime(now.since)}`}. ${now.reason}.`}
    </p>
  );
}
