import type { Status } from "../../data/status.server.ts";
import { formatCount } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type StatusQuery, statusHref } from "../../lib/queries.ts";
import { METRICS } from "../../lib/words.ts";
import { LocationFilter } from "../filters/location-filter.tsx";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
import { Panel } from "../ui/panel.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { BarsLegend } from "./day-bars.tsx";
import { Engine, engineLines } from "./engine.tsx";
import { CurrentIncidents, PastIncidents } from "./incidents.tsx";
import { ProviderCard } from "./provider-card.tsx";

export interface StatusPageProps {
  readonly query: StatusQuery;
  readonly locked: readonly LockableMetric[];
  readonly status: Status;
}

/** Who is up, who was not, and whether the engine itself can be believed. */
export function StatusPage({ query, locked, status }: StatusPageProps) {
  const { engine, providers, incidents } = status;
  useRefresh(engine.newest_result_at === null ? 5_000 : 60_000);
  const measured = providers.filter((provider) => provider.attempted > 0);
  const simulated = measured.filter((provider) => provider.attempted_simulated > 0);
  const allSimulated = measured.every((provider) => provider.attempted_simulated === provider.attempted);
  const health = engineLines(engine, status.as_of);
  const unwell = health.some(({ bad }) => bad);
  return (
    <>
      {simulated.length > 0 && <SimulatedBanner some={!allSimulated} />}
      {engine.stale && engine.newest_result_at !== null && (
        <StaleBanner newest={engine.newest_result_at} asOf={status.as_of} />
      )}
      <PageHeading title={headline(status)}>
        {`Measured by our own probe${status.location === null ? "" : ` (${status.location})`}, not reported by providers. An outage opens at two provider failures in a row of an endpoint, and closes at its first success.`}
      </PageHeading>
      <div className="mb-4 empty:hidden">
        <LocationFilter
          known={status.locations}
          shown={status.location}
          asked={query.location}
          href={(location) => statusHref(query, { location })}
        />
      </div>
      <Busy className="grid grid-cols-1 gap-4">
        {incidents === null ? (
          <Panel title="Incidents">
            <LockedState metric="Incidents" />
          </Panel>
        ) : (
          <CurrentIncidents incidents={incidents.current} asOf={status.as_of} any={measured.length > 0} />
        )}
        {unwell && <Engine lines={health} run={engine.last_run} />}
        <section aria-labelledby="providers" className="grid grid-cols-1 gap-4">
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
            <h2 id="providers" className="font-semibold text-base tracking-tight">
              {"Uptime by day, 30 days "}
              <MetricHint measure={METRICS.uptime} className="ml-2 font-normal text-acid-muted text-xs" />
            </h2>
            {locked.includes("uptime") ? <LockedState metric="Uptime" /> : <BarsLegend />}
          </div>
          {measured.length === 0 && (
            <p className="panel px-6 py-10 text-center text-acid-muted">
              {status.location !== null && query.location !== null
                ? `No results from ${status.location} in 30 days.`
                : "No results in 30 days. A run starts every 15 minutes and this page updates by itself."}
            </p>
          )}
          {providers.map((provider) => (
            <ProviderCard
              key={provider.provider}
              provider={provider}
              status={status}
              query={query}
              locked={locked.includes("uptime")}
            />
          ))}
        </section>
        {incidents !== null && (
          <PastIncidents incidents={incidents.past} total={incidents.past_total} asOf={status.as_of} />
        )}
        {!unwell && <Engine lines={health} run={engine.last_run} />}
      </Busy>
    </>
  );
}

function headline({ incidents, providers, engine }: Status): string {
  if (engine.stale && engine.newest_result_at !== null) return "Status unknown: measuring has stopped";
  const measured = providers.filter((provider) => provider.measured > 0);
  if (measured.length === 0) return "Which AI providers are up?";
  if (incidents === null) return "Which AI providers are measured?";
  const failing = measured.filter(({ health }) => health !== null && health.failing > 0);
  if (failing.length > 0) {
    const endpoints = failing.reduce((sum, { health }) => sum + (health?.failing ?? 0), 0);
    return `${formatCount(endpoints, "endpoint", "endpoints")} failing at ${formatCount(failing.length, "provider", "providers")}`;
  }
  const degraded = measured.filter(({ health }) => health?.state === "degraded");
  if (degraded.length > 0) return `${formatCount(degraded.length, "provider is", "providers are")} degraded`;
  return measured.length === 1
    ? "The measured provider is up"
    : `All ${measured.length} measured providers are up`;
}
