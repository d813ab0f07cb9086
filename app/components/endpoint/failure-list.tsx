import type { Failures } from "../../data/failures.server.ts";
import { formatAgo, formatInteger, formatTime } from "../../lib/format.ts";
import { runHref } from "../../lib/queries.ts";
import { Link } from "../ui/link.tsx";

export interface FailureListProps {
  readonly failures: Failures;
  /** Requests in all. */
  readonly attempts: number;
  readonly asOf: string;
}

/** Failures by kind: how many, what it means, whose it is, and the way to the newest one. */
export function FailureList({ failures, attempts, asOf }: FailureListProps) {
  if (failures.length === 0) {
    return <p className="text-acid-muted">{`None in ${formatInteger(attempts)} requests.`}</p>;
  }
  const most = Math.max(...failures.map((failure) => failure.n));
  return (
    <ul className="grid grid-cols-1 gap-x-8 gap-y-5 lg:grid-cols-2">
      {failures.map((failure) => (
        <li key={`${failure.kind} ${failure.owner}`} className="min-w-0 text-xs leading-relaxed">
          <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
            <span className="figure-text font-medium [overflow-wrap:anywhere]">{failure.kind}</span>
            <span className="figure-text">{`${formatInteger(failure.n)} ×`}</span>
            <span className="ml-auto text-acid-muted text-xs">
              {failure.statuses.length > 0 && `HTTP ${failure.statuses.join(", ")} · `}
              <Link
                to={runHref(failure.run_id, { result: failure.newest_id })}
                title={formatTime(failure.newest_at)}
                className="underline underline-offset-4 hover:text-acid-text"
              >
                <time dateTime={failure.newest_at}>{`last ${formatAgo(failure.newest_at, asOf)}`}</time>
              </Link>
            </span>
          </p>
          <svg width="100%" height="6" className="my-1 block" aria-hidden="true">
            <rect width="100%" height="6" rx="2" className="fill-acid-surface" />
            <rect
              width={`${(failure.n / most) * 100}%`}
              height="6"
              rx="2"
              className={failure.owner === "provider" ? "fill-acid-danger" : "fill-acid-muted"}
            />
          </svg>
          <p>{failure.meaning}</p>
          {failure.message !== null && (
            <p className="figure-text mt-1 text-acid-muted [overflow-wrap:anywhere]">{`Last message: ${failure.message}`}</p>
          )}
        </li>
      ))}
    </ul>
  );
}
