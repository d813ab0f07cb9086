import { Link } from "@remix-run/react";
import type { StatusIncident } from "../../data/status.server.ts";
import { formatCount, formatDate, formatTime } from "../../lib/format.ts";
import { type Incident, incidentHref, incidentLength, incidentTitle } from "../../lib/incidents.ts";
import { kindsWords, lengthWords } from "../../lib/status-words.ts";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Panel } from "../ui/panel.tsx";

export interface CurrentIncidentsProps {
  /** Ongoing ones with pages of their own: outages, elevated errors and slow-downs. */
  readonly noticed: readonly Incident[];
  readonly incidents: readonly StatusIncident[];
  readonly asOf: string;
  /** Anything was measured at all. */
  readonly any: boolean;
}

export function CurrentIncidents({ noticed, incidents, asOf, any }: CurrentIncidentsProps) {
  if (!any) return null;
  return (
    <Panel title="Ongoing incidents" className={incidents.length > 0 ? "border-acid-danger/50" : ""}>
      <Noticed incidents={noticed} asOf={asOf} />
      {incidents.length === 0 ? (
        noticed.length === 0 && <p className="text-acid-muted">No ongoing incidents.</p>
      ) : (
        <List incidents={incidents} asOf={asOf} />
      )}
    </Panel>
  );
}

function Noticed({ incidents, asOf }: { incidents: readonly Incident[]; asOf: string }) {
  if (incidents.length === 0) return null;
  return (
    <ul className="mb-4 grid gap-3">
      {incidents.map((incident) => (
        <li key={incident.id} className="min-w-0 [overflow-wrap:anywhere]">
          <Link
            to={incidentHref(incident.id)}
            className="font-medium text-acid-link underline underline-offset-4"
          >
            <bdi>{incidentTitle(incident)}</bdi>
          </Link>
          {incident.simulated && <Tag tone="warning">simulated</Tag>}
          <p className="mt-0.5 text-acid-muted text-xs leading-relaxed">
            {`${incidentLength(incident, asOf)}. ${incident.endpoints[0]?.reason ?? ""}.`}
          </p>
        </li>
      ))}
    </ul>
  );
}

export function PastIncidents({
  incidents,
  total,
  asOf,
}: {
  incidents: readonly StatusIncident[];
  total: number;
  asOf: string;
}) {
  return (
    <Panel title="Past incidents, 30 days">
      {incidents.length === 0 ? (
        <p className="text-acid-muted">No past incidents.</p>
      ) : (
        <List incidents={incidents} asOf={asOf} />
      )}
      {total > incidents.length && (
        <p className="mt-3 text-acid-muted text-xs">{`The newest ${incidents.length} of ${total}.`}</p>
      )}
    </Panel>
  );
}

function List({ incidents, asOf }: { incidents: readonly StatusIncident[]; asOf: string }) {
  return (
    <ul className="grid gap-4">
      {incidents.map((incident) => (
        <li
          key={`${incident.provider}/${incident.model}/${incident.began_at}`}
          className="flex min-w-0 items-start gap-2.5"
        >
          <ProviderSign slug={incident.provider} className="mt-0.5 size-6" />
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <p>
              <bdi className="font-medium">{incident.provider_name}</bdi>{" "}
              <bdi className="figure-text text-acid-muted text-xs">{incident.model}</bdi>{" "}
              {incident.simulated && <Tag tone="warning">simulated</Tag>}
            </p>
            <p className="mt-0.5 text-acid-muted text-xs leading-relaxed">
              {incident.from_before
                ? `On or before ${formatDate(incident.began_at)}`
                : formatTime(incident.began_at)}
              {`, ${lengthWords(incident, asOf)}. ${formatCount(incident.failures, "failure", "failures")} in a row: ${kindsWords(incident.kinds)}.`}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
