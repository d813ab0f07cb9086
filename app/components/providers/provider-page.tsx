import type { ProviderPage as Page } from "../../data/provider-page.server.ts";
import { formatCount, formatTime } from "../../lib/format.ts";
import {
  type EndpointState,
  type Incident,
  incidentHref,
  incidentLength,
  KIND_WORDS,
  STATE_WORDS,
  stateIn,
} from "../../lib/incidents.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { providerPath } from "../../lib/models-path.ts";
import { CATALOG_QUERY, catalogHref, PROVIDER_QUERY, type ProviderQuery } from "../../lib/queries.ts";
import { earlier } from "../../lib/schedule.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { FailureList } from "../endpoint/failure-list.tsx";
import { LocationFilter } from "../filters/location-filter.tsx";
import { WindowFilter } from "../filters/window-filter.tsx";
import { TONES } from "../incidents/state-line.tsx";
import { ChangeList } from "../models/change-list.tsx";
import { EndpointList } from "../models/endpoint-list.tsx";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { EmptyPanel } from "../ui/empty-panel.tsx";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";

export interface ProviderPageProps {
  readonly query: ProviderQuery;
  readonly locked: readonly LockableMetric[];
  readonly page: Page;
}

/** One provider: its endpoints, what fails and how, its incidents and its changes. */
export function ProviderPage({ query, locked, page }: ProviderPageProps) {
  useRefresh(60_000);
  const newest = earlier(page.newest_result_at, page.as_of);
  const href = (change: Partial<ProviderQuery>) =>
    providerPath(page.provider) + PROVIDER_QUERY.format({ ...query, ...change });
  const simulated = page.rows.filter(({ endpoint }) => endpoint.simulated).length;
  const attempts = page.rows.reduce((sum, { endpoint }) => sum + endpoint.attempts, 0);
  const { window, location } = query;
  return (
    <>
      {simulated > 0 && <SimulatedBanner some={simulated < page.rows.length} />}
      {page.stale && newest !== null && <StaleBanner newest={newest} asOf={page.read_at} />}
      <Heading page={page} attempts={attempts} window={WINDOW_NAMES[window]} />
      <div className="mb-4 flex flex-wrap gap-2">
        <WindowFilter chosen={window} href={(chosen) => href({ window: chosen })} />
        <LocationFilter
          known={page.locations}
          shown={page.location}
          asked={location}
          href={(chosen) => href({ location: chosen })}
        />
      </div>
      <Busy className="grid grid-cols-1 gap-4">
        {page.rows.length === 0 ? (
          <EmptyPanel title="Nothing is measured here">
            <p>
              None of its models is measured{page.location !== null && ` from ${page.location}`}. The operator
              can activate one with <code className="figure-text text-acid-text">npm run models</code>.
            </p>
          </EmptyPanel>
        ) : (
          <Panel title="Endpoints">
            <EndpointList
              caption={`Endpoints of ${page.name}`}
              rows={page.rows}
              locked={locked}
              sort={query.sort}
              href={(sort) => href({ sort })}
              keep={{ window: window === "24h" ? null : window, location }}
              byModel
            />
          </Panel>
        )}
        <Panel title="Failures by kind">
          <FailureList failures={page.failures} attempts={attempts} asOf={page.as_of} />
        </Panel>
        <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
          {!locked.includes("uptime") && (
            <Panel title="Incidents in 30 days">
              <Incidents incidents={page.incidents} asOf={page.read_at} />
            </Panel>
          )}
          <Panel title="Catalogue changes in 30 days">
            <ChangeList changes={page.changes} />
            <p className="mt-3 text-xs">
              <TextLink to={catalogHref(CATALOG_QUERY.defaults, { provider: page.provider })}>
                {`All models of ${page.name}`}
              </TextLink>
            </p>
          </Panel>
        </div>
      </Busy>
    </>
  );
}

const WORST_FIRST: readonly EndpointState[] = ["down", "degraded", "unknown", "up"];

function Heading({ page, attempts, window }: { page: Page; attempts: number; window: string }) {
  const states = WORST_FIRST.flatMap((state) => {
    const n = page.rows.filter((row) => row.state === state).length;
    return n === 0 ? [] : [{ state, n }];
  });
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 pt-6 pb-4">
      <div className="min-w-0">
        <h1 className="flex min-w-0 items-center gap-2.5 font-semibold text-2xl tracking-tight md:text-3xl">
          <ProviderSign slug={page.provider} className="size-8" />
          <bdi className="min-w-0 [overflow-wrap:anywhere]">{page.name}</bdi>
          {page.kind === "proxy" && <Tag>proxy</Tag>}
        </h1>
        <p className="mt-1 text-acid-muted leading-relaxed">
          {`${formatCount(page.rows.length, "endpoint", "endpoints")} measured, ${formatCount(page.models, "model", "models")} offered, ${formatCount(attempts, "request", "requests")} in the last ${window}`}
          {page.location !== null && `, measured from ${page.location}`}.
        </p>
        {states.length > 0 && (
          <p className="mt-1 flex flex-wrap gap-x-4 text-sm" data-states>
            {states.map(({ state, n }) => {
              const { sign, text, tone } = STATE_WORDS[state];
              return (
                <span key={state} className={TONES[tone]}>
                  <span aria-hidden="true">{`${sign} `}</span>
                  {`${n} ${text.toLowerCase()}`}
                </span>
              );
            })}
          </p>
        )}
      </div>
      {page.status_url !== null && (
        <a
          href={page.status_url}
          rel="noreferrer"
          className="rounded-lg border border-acid-border bg-acid-surface px-3 py-2 text-xs hover:border-acid-muted"
        >
          {`${page.name}’s own status page`}
        </a>
      )}
    </div>
  );
}

function Incidents({ incidents, asOf }: { incidents: readonly Incident[]; asOf: string }) {
  if (incidents.length === 0) return <p className="text-acid-muted">No incidents.</p>;
  return (
    <ul className="divide-y divide-acid-border/60 text-xs leading-relaxed">
      {incidents.map((incident) => {
        const { sign, tone } = STATE_WORDS[stateIn(incident.kind)];
        return (
          <li key={incident.id} className="py-2">
            <p className="flex flex-wrap items-baseline gap-x-3">
              <span aria-hidden="true" className={incident.closed_at === null ? TONES[tone] : TONES.none}>
                {sign}
              </span>
              <Link
                to={incidentHref(incident.id)}
                className="font-medium text-acid-link underline underline-offset-4"
              >
                {KIND_WORDS[incident.kind]}
              </Link>
              <span className="text-acid-muted">
                {`${formatTime(incident.opened_at)}, ${incidentLength(incident, asOf)}`}
              </span>
            </p>
            <p className="figure-text [overflow-wrap:anywhere]">
              <bdi>{incident.endpoints.map(({ model }) => model).join(", ")}</bdi>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
