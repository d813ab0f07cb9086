import type { ChangeRow } from "../../data/catalog-changes.server.ts";
import type { IncidentChart } from "../../data/incident-charts.server.ts";
import { failureTitle } from "../../lib/failures.ts";
import { formatMs, formatTime, formatTps } from "../../lib/format.ts";
import {
  endpointLength,
  type Incident,
  type IncidentRequest,
  incidentLength,
  KIND_WORDS,
  STATE_WORDS,
  stateIn,
} from "../../lib/incidents.ts";
import { endpointPath } from "../../lib/models-path.ts";
import { ChangeList } from "../models/change-list.tsx";
import { SimulatedBanner } from "../ui/banner.tsx";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { Panel } from "../ui/panel.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { IncidentCharts } from "./incident-charts.tsx";

export interface IncidentPageProps {
  readonly incident: Incident;
  /** Of its first endpoints. */
  readonly charts: readonly IncidentChart[];
  readonly requests: readonly IncidentRequest[];
  /** Of the day before it began. */
  readonly changes: readonly ChangeRow[];
  readonly as_of: string;
}

/** One incident: what, since when, at which endpoints, and the requests that showed it. */
export function IncidentPage({ incident, charts, requests, changes, as_of }: IncidentPageProps) {
  useRefresh(60_000);
  const { provider, provider_name, kind, simulated, opened_at, closed_at, ongoing, location } = incident;
  const state = ongoing ? STATE_WORDS[stateIn(kind)].text : closed_at === null ? "Unknown" : "Resolved";
  const end =
    closed_at === null ? (ongoing ? "is ongoing" : "has no known end") : `ended at ${formatTime(closed_at)}`;
  return (
    <>
      {simulated && <SimulatedBanner some />}
      <div className="pt-6 pb-4">
        <h1 className="flex min-w-0 items-center gap-2.5 font-semibold text-2xl tracking-tight md:text-3xl">
          <ProviderSign slug={provider} className="size-8" />
          <bdi className="min-w-0 [overflow-wrap:anywhere]">{`${provider_name}: ${KIND_WORDS[kind].toLowerCase()}`}</bdi>
          {simulated && <Tag tone="warning">simulated</Tag>}
        </h1>
        <p className="mt-1 max-w-3xl text-acid-muted leading-relaxed">
          {`${state}. It began at ${formatTime(opened_at)} and ${end}, ${incidentLength(incident, as_of)}, measured from ${location}.`}
        </p>
      </div>
      <Panel title="Endpoints">
        <ul className="grid gap-5">
          {incident.endpoints.map((endpoint) => (
            <li key={endpoint.model} className="min-w-0 [overflow-wrap:anywhere]">
              <p>
                <Link
                  to={endpointPath({ provider, model: endpoint.model })}
                  className="text-acid-link underline underline-offset-4"
                >
                  <bdi>{endpoint.model}</bdi>
                </Link>
              </p>
              <p className="mt-0.5 text-acid-muted text-xs leading-relaxed">
                {`${endpoint.reason}. From ${formatTime(endpoint.since)}, ${endpointLength(incident, endpoint, as_of)}.`}
              </p>
            </li>
          ))}
        </ul>
      </Panel>
      {charts.length > 0 && (
        <Panel title="Speed before, during and after" className="mt-4">
          <IncidentCharts charts={charts} name={provider_name} />
        </Panel>
      )}
      <Panel title={kind === "slowdown" ? "Requests since it began" : "Failed requests"} className="mt-4">
        <Requests requests={requests} evidence={new Set(incident.endpoints.flatMap((e) => e.evidence))} />
      </Panel>
      <Panel title="Catalogue changes in the 24 h before" className="mt-4">
        <ChangeList changes={changes} />
      </Panel>
    </>
  );
}

const CELL = "py-1.5 pr-4 text-left align-top";

/** The requests themselves; those that showed it are marked. */
function Requests({
  requests,
  evidence,
}: {
  requests: readonly IncidentRequest[];
  evidence: ReadonlySet<string>;
}) {
  if (requests.length === 0) return <p className="text-acid-muted">No longer stored.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section tabIndex={0} aria-label="Requests: scroll for all" className="overflow-x-auto">
      <table className="w-full text-xs">
        <thead className="text-acid-muted">
          <tr>
            {["Time", "Endpoint", "Outcome", "TTFT", "Total latency", "TPS", "Request"].map((column) => (
              <th key={column} scope="col" className={`${CELL} whitespace-nowrap font-medium`}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-acid-border/60">
          {requests.map((request) => (
            <tr key={request.id}>
              <td className={`${CELL} figure-text whitespace-nowrap`}>
                <time dateTime={request.created_at}>{formatTime(request.created_at)}</time>
              </td>
              <td className={CELL}>
                <bdi>{request.model}</bdi>
              </td>
              <td className={`${CELL} ${request.success ? "" : "text-acid-warning"}`}>
                {outcomeOf(request)}
                {evidence.has(request.id) && <span className="text-acid-muted">, evidence</span>}
              </td>
              <td className={`${CELL} figure-text`}>{formatMs(request.ttft_ms)}</td>
              <td className={`${CELL} figure-text`}>{formatMs(request.total_latency_ms)}</td>
              <td className={`${CELL} figure-text`}>{formatTps(request.tps)}</td>
              <td className={CELL}>
                <a
                  href={`/api/v1/results?id=${request.id}`}
                  className="figure-text text-acid-link underline underline-offset-4"
                >
                  {request.id.slice(0, 8)}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function outcomeOf({ success, error_kind, status_code }: IncidentRequest): string {
  if (success) return "success";
  return `${failureTitle(error_kind ?? null)}${status_code == null ? "" : ` (HTTP ${status_code})`}`;
}
