import { formatTime } from "../../lib/format.ts";
import { endpointLength, type Incident, incidentHref, incidentTitle } from "../../lib/incidents.ts";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { Panel } from "../ui/panel.tsx";

export interface CurrentIncidentsProps {
  readonly incidents: readonly Incident[];
  readonly asOf: string;
  /** Anything was measured at all. */
  readonly any: boolean;
}

export function CurrentIncidents({ incidents, asOf, any }: CurrentIncidentsProps) {
  if (!any) return null;
  return (
    <Panel title="Ongoing incidents" className={incidents.length > 0 ? "border-acid-danger/50" : ""}>
      {incidents.length === 0 ? (
        <p className="text-acid-muted">No ongoing incidents.</p>
      ) : (
        <List incidents={incidents} asOf={asOf} />
      )}
    </Panel>
  );
}

/** Past incidents that are shown unasked. */
const PAST_OPEN = 8;

export function PastIncidents({
  incidents,
  total,
  asOf,
}: {
  incidents: readonly Incident[];
  total: number;
  asOf: string;
}) {
  return (
    <Panel title="Past incidents, 30 days">
      {incidents.length === 0 ? (
        <p className="text-acid-muted">No past incidents.</p>
      ) : (
        <>
          <List incidents={incidents.slice(0, PAST_OPEN)} asOf={asOf} />
          {incidents.length > PAST_OPEN && (
            <details className="mt-4">
              <summary className="w-fit cursor-pointer rounded text-acid-link text-xs">
                {`${incidents.length - PAST_OPEN} earlier`}
              </summary>
              <div className="mt-4">
                <List incidents={incidents.slice(PAST_OPEN)} asOf={asOf} />
              </div>
            </details>
          )}
        </>
      )}
      {total > incidents.length && (
        <p className="mt-3 text-acid-muted text-xs">{`The newest ${incidents.length} of ${total}.`}</p>
      )}
    </Panel>
  );
}

/** Endpoints said of one incident; its page has them all. */
const ENDPOINTS_SHOWN = 3;

function List({ incidents, asOf }: { incidents: readonly Incident[]; asOf: string }) {
  return (
    <ul className="grid gap-4">
      {incidents.map((incident) => (
        <li key={incident.id} className="flex min-w-0 items-start gap-2.5">
          <ProviderSign slug={incident.provider} className="mt-0.5 size-6" />
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <p>
              <Link
                to={incidentHref(incident.id)}
                className="font-medium text-acid-link underline underline-offset-4"
              >
                <bdi>{incidentTitle(incident)}</bdi>
              </Link>{" "}
              {incident.simulated && <Tag tone="warning">simulated</Tag>}
            </p>
            {incident.endpoints.slice(0, ENDPOINTS_SHOWN).map((entry) => (
              <p key={entry.model} className="mt-0.5 text-acid-muted text-xs leading-relaxed">
                {incident.endpoints.length > 1 && <bdi className="figure-text">{`${entry.model}: `}</bdi>}
                {`${formatTime(entry.since)}, ${endpointLength(incident, entry, asOf)}. ${entry.reason}.`}
              </p>
            ))}
            {incident.endpoints.length > ENDPOINTS_SHOWN && (
              <p className="mt-0.5 text-acid-muted text-xs">{`and ${incident.endpoints.length - ENDPOINTS_SHOWN} more`}</p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
