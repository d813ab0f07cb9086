import type { Evidence } from "../../data/evidence.server.ts";
import { formatCount, formatTime } from "../../lib/format.ts";
import { incidentHref, type StateNow } from "../../lib/incidents.ts";
import { runHref } from "../../lib/queries.ts";
import { StateLine } from "../incidents/state-line.tsx";
import { TextLink } from "../ui/text-link.tsx";

export interface EvidenceStripProps {
  readonly now: StateNow;
  readonly evidence: Evidence;
  /** The page with the requests that failed, or the slowest ones. */
  readonly listHref: string;
}

const CELL = "py-1 pr-4 text-left align-top whitespace-nowrap";

/** How an endpoint is that fails or is slow, with what shows it: its figures against the usual ones, and the requests. */
export function EvidenceStrip({ now, evidence, listHref }: EvidenceStripProps) {
  const { incident, failed, attempts, against, requests } = evidence;
  const tone = now.state === "down" ? "border-acid-danger/50" : "border-acid-warning/50";
  return (
    <section aria-label="Evidence" data-evidence className={`panel mb-4 min-w-0 p-4 ${tone}`}>
      <StateLine now={now} />
      <ul className="mb-3 flex flex-wrap gap-x-8 gap-y-2 text-xs">
        <li>
          <span className="block text-acid-muted">Failed since then</span>
          <span className="figure-text text-base">{`${failed} of ${formatCount(attempts, "request", "requests")}`}</span>
        </li>
        {against.map(({ name, now: since, usual, times }) => (
          <li key={name}>
            <span className="block text-acid-muted">{name}</span>
            <span className="figure-text text-base">{since}</span>
            <span className="text-acid-muted">{` usually ${usual}${times === null ? "" : `, ${times}`}`}</span>
          </li>
        ))}
      </ul>
      {requests.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        <section tabIndex={0} aria-label="The newest requests: scroll for all" className="overflow-x-auto">
          <table className="w-full text-xs">
            <caption className="sr-only">The newest requests since it began</caption>
            <thead className="text-acid-muted">
              <tr>
                {["Time", "Outcome", "TTFT", "TPS", "Total latency", "Run"].map((column) => (
                  <th key={column} scope="col" className={`${CELL} font-medium`}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-acid-border/60">
              {requests.map((request) => (
                <tr key={request.id} data-request={request.success ? "success" : "failed"}>
                  <td className={`${CELL} figure-text`}>
                    <time dateTime={request.at}>{formatTime(request.at)}</time>
                  </td>
                  <td className={`${CELL} ${request.success ? "" : "text-acid-warning"}`}>
                    {request.outcome}
                    {request.confirmation && <span className="text-acid-muted">, confirmation</span>}
                  </td>
                  {[request.ttft, request.tps, request.latency].map((figure, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: they are columns
                    <td key={index} className={`${CELL} figure-text`}>
                      {figure ?? "locked"}
                    </td>
                  ))}
                  <td className={CELL}>
                    <TextLink
                      to={runHref(request.run_id, { result: request.id })}
                      className="inline-block py-1"
                      aria-label={`View the request of ${formatTime(request.at)} in its run`}
                    >
                      view
                    </TextLink>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p className="mt-3 flex flex-wrap gap-x-6 gap-y-2 text-xs">
        {incident !== null && <TextLink to={incidentHref(incident)}>Incident</TextLink>}
        <TextLink to={listHref}>{failed > 0 ? "All failed requests" : "Slowest requests"}</TextLink>
      </p>
    </section>
  );
}
