import type { Status } from "../../data/status.server.ts";
import { formatCount, formatDate, formatTime } from "../../lib/format.ts";
import { runHref, type StatusQuery, statusHref } from "../../lib/queries.ts";
import { TextLink } from "../ui/text-link.tsx";

export interface DayFailuresProps {
  readonly day: NonNullable<Status["day"]>;
  readonly query: StatusQuery;
}

/** A day's failing requests, each with the way to its answer. */
export function DayFailures({ day: { date, requests, more }, query }: DayFailuresProps) {
  return (
    <section
      aria-label={`Failing requests on ${formatDate(date)}`}
      className="mt-3 rounded-lg border border-acid-border bg-acid-bg/40 p-3"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h4 className="font-medium text-sm">
          {`${formatDate(date)}: ${more ? `the newest ${requests.length}` : formatCount(requests.length, "failing request", "failing requests")}${more ? " failing requests" : ""}`}
        </h4>
        <TextLink to={statusHref(query, { day: null })} preventScrollReset className="text-xs">
          Close
        </TextLink>
      </div>
      <ul className="mt-2 grid gap-2">
        {requests.map((request) => (
          <li
            key={request.id}
            className="grid gap-x-4 text-xs md:grid-cols-[auto_1fr_auto] md:items-baseline"
          >
            <TextLink to={runHref(request.run_id, { result: request.id })} className="figure-text w-fit py-1">
              <time dateTime={request.created_at}>{formatTime(request.created_at)}</time>
            </TextLink>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <bdi className="figure-text">{request.model}</bdi>
              {request.error_message !== null && (
                <bdi className="block truncate text-acid-muted">{request.error_message}</bdi>
              )}
            </span>
            <span>
              {request.title}
              <span className="figure-text text-acid-muted">
                {request.status_code === null ? "" : ` HTTP ${request.status_code}`}
              </span>
              <span className="block text-acid-muted md:text-right">{request.whose}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
