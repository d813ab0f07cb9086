import { useNavigation } from "@remix-run/react";
import { formatAgo, formatCount, formatTime } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type StatusQuery, statusHref } from "../../lib/queries.ts";
import type { Status } from "../../lib/status.ts";
import { UPTIME } from "../../lib/status-words.ts";
import { Segments } from "../filters/segments.tsx";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Hint } from "../ui/hint.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { BarsLegend } from "./day-bars.tsx";
import { Engine } from "./engine.tsx";
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
  const busy = useNavigation().state === "loading";
  const measured = providers.filter((provider) => provider.attempted > 0);
  const simulated = measured.filter((provider) => provider.attempted_simulated > 0);
  const allSimulated = measured.every((provider) => provider.attempted_simulated === provider.attempted);
  return (
    <>
      {simulated.length > 0 && <SimulatedBanner some={!allSimulated} />}
      {engine.stale && engine.newest_result_at !== null && (
        <StaleBanner
          ago={formatAgo(engine.newest_result_at, status.as_of)}
          time={formatTime(engine.newest_result_at)}
        />
      )}
      <div className="pt-6 pb-4">
        <h1 className="font-semibold text-2xl tracking-tight md:text-3xl">{headline(status)}</h1>
        <p className="mt-1 max-w-3xl text-acid-muted leading-relaxed">
          {`What one caller saw${status.location === null ? "" : `, measured from ${status.location}`}, not what providers say of themselves. `}
          An incident opens when an endpoint fails twice in a row on the provider's side, and closes with its
          first success.
        </p>
      </div>
      <Locations query={query} status={status} />
      <div aria-busy={busy} className={`grid grid-cols-1 gap-4 ${busy ? "opacity-60" : ""}`}>
        {incidents === null ? (
          <Panel title="Incidents">
            <LockedState metric="Incidents" />
          </Panel>
        ) : (
          <CurrentIncidents
            noticed={status.noticed}
            incidents={incidents.current}
            asOf={status.as_of}
            any={measured.length > 0}
          />
        )}
        <Engine engine={engine} asOf={status.as_of} />
        <section aria-labelledby="providers" className="grid grid-cols-1 gap-4">
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
            <h2 id="providers" className="font-semibold text-base tracking-tight">
              {"Uptime by day, 30 days "}
              <Hint
                text={`${UPTIME.sentence} Unit: ${UPTIME.unit}, ${UPTIME.direction}.`}
                className="ml-2 font-normal text-acid-muted text-xs underline decoration-dotted underline-offset-4"
              >
                {`${UPTIME.unit}, ${UPTIME.direction}`}
              </Hint>
            </h2>
            {locked.includes("uptime") ? <LockedState metric="Uptime" /> : <BarsLegend />}
          </div>
          {measured.length === 0 && (
            <p className="panel px-6 py-10 text-center text-acid-muted">
              {status.location !== null && query.location !== null
                ? `Nothing was measured from ${status.location} in 30 days.`
                : "Nothing was measured in 30 days. A run starts every 15 minutes and this page fills by itself."}
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
      </div>
    </>
  );
}

function headline({ incidents, noticed, providers, engine }: Status): string {
  const measured = providers.filter((provider) => provider.measured > 0);
  if (measured.length === 0) return "Which AI providers are up?";
  if (engine.stale) return "Status unknown: measuring has stopped";
  if (incidents === null) return "Which AI providers are measured?";
  const { current } = incidents;
  const degraded = noticed.filter(({ kind }) => kind !== "outage");
  if (current.length === 0 && degraded.length > 0) {
    const slow = new Set(degraded.map(({ provider }) => provider)).size;
    return `${formatCount(slow, "provider is", "providers are")} degraded`;
  }
  if (current.length === 0) {
    return measured.length === 1
      ? "The measured provider is up"
      : `All ${measured.length} measured providers are up`;
  }
  const troubled = new Set(current.map(({ provider }) => provider)).size;
  return `${formatCount(current.length, "endpoint", "endpoints")} failing at ${formatCount(troubled, "provider", "providers")}`;
}

function Locations({ query, status }: { query: StatusQuery; status: Status }) {
  const known = status.locations.map(({ location }) => location);
  if (known.length < 2 && (query.location === null || known.includes(query.location))) return null;
  return (
    <div className="mb-4">
      <Segments
        label="Measured from"
        options={known.map((location, index) => ({
          text: location,
          title: `Measured from ${location}`,
          to: statusHref({ ...query, location: index === 0 ? null : location }),
          chosen: status.location === location,
        }))}
      />
    </div>
  );
}
