import type { Verdict } from "../../lib/verdict.ts";
import { TONES } from "../incidents/state-line.tsx";
import { Link } from "../ui/link.tsx";

/** What is down and what is slow, since when; else that all is well. Each part leads to its evidence. */
export function VerdictLine({ verdict: { troubles, more, rest, isGood } }: { verdict: Verdict }) {
  return (
    <ul aria-label="State of all endpoints" className="verdict">
      {troubles.map(({ tone, word, provider, model, detail, since, href }) => (
        <li key={href + model}>
          <Link to={href}>
            <span className={TONES[tone]}>{`${tone === "bad" ? "✕" : "▲"} ${word}:`}</span>
            <b>{` ${provider}`}</b>
            {` ${model}`}
          </Link>
          <span>{[detail && `, ${detail}`, since && `, since ${since}`].join("")}</span>
        </li>
      ))}
      {more > 0 && (
        <li>
          <Link to="/status">{`and ${more} more`}</Link>
        </li>
      )}
      <li>
        <Link to="/status">
          <span className={isGood ? TONES.good : TONES.none}>{isGood ? "● " : ""}</span>
          {rest}
        </Link>
      </li>
    </ul>
  );
}
