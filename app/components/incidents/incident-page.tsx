import { Link } from "@remix-run/react";
import { formatTime } from "../../lib/format.ts";
import { type Incident, incidentLength, KIND_WORDS, STATE_WORDS, stateIn } from "../../lib/incidents.ts";
import { endpointPath } from "../../lib/models-path.ts";
import { SimulatedBanner } from "../ui/banner.tsx";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Panel } from "../ui/panel.tsx";
import { useRefresh } from "../ui/use-refresh.ts";

export interface IncidentPageProps {
  readonly incident: Incident;
  readonly as_of: string;
}

/** One incident: what, since when, at which endpoints, and the requests that showed it. */
export function IncidentPage({ incident, as_of }: IncidentPageProps) {
  useRefresh(60_000);
  const { provider, provider_name, kind, simulated, opened_at, closed_at, location } = incident;
  const state = closed_at === null ? STATE_WORDS[stateIn(kind)].text : "Resolved";
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
          {`${state}. It began at ${formatTime(opened_at)} and ${closed_at === null ? "is ongoing" : `ended at ${formatTime(closed_at)}`}, ${incidentLength(incident, as_of)}, measured from ${location}.`}
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
                {`${endpoint.reason}. From ${formatTime(endpoint.since)}${endpoint.until === null ? ", ongoing" : ` to ${formatTime(endpoint.until)}`}.`}
              </p>
              <Evidence ids={endpoint.evidence} />
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}

/** The requests themselves, as the API gives them. */
function Evidence({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <p className="mt-1 text-xs">
      {"Requests: "}
      {ids.map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <a
            href={`/api/v1/results?id=${id}`}
            className="figure-text text-acid-link underline underline-offset-4"
          >
            {id.slice(0, 8)}
          </a>
        </span>
      ))}
    </p>
  );
}
