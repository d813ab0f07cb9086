import * as z from "zod";
import { type Alert, plainName } from "../alerts/event.ts";
import { incidentAlert, notice, providerName } from "../alerts/messages.ts";
import type { Config } from "../config.ts";
import { DAY_MS } from "../jobs/budget.ts";
import type { Log } from "../log.ts";
import type { ResultRow } from "../store/rows.ts";
import type { StoredWatchMemory } from "../store/watch-memory.ts";
import { incidentRow, stateRow } from "../store/watch-rows.ts";
import { FLAP_MS, lapse } from "../watch/incidents.ts";
import { observationOf } from "../watch/observation.ts";
import { resume } from "../watch/resume.ts";
import type { EndpointWatch, Incident, IncidentChange, Observation, Trouble } from "../watch/types.ts";
import { judge, type WatchMemory } from "../watch/watcher.ts";
import type { AlertQueue } from "./alert-queue.ts";
import type { Documents } from "./documents.ts";
import type { Outbox } from "./outbox.ts";

/** Written here and by nothing else; a version that remembers otherwise takes another name and begins anew. */
const endpointSchema = z.custom<EndpointWatch>((value) => typeof value === "object");
const incidentsSchema = z.array(
  z.custom<Incident & { readonly told: boolean }>((value) => typeof value === "object"),
);
type KnownIncident = z.infer<typeof incidentsSchema>[number];
const ENDPOINT = "watch-1";
const INCIDENTS = "incidents-1";
const RESTORED = "watch-restored";
/** Who was not measured for so long is in no incident any more: nobody calls it ongoing then (docs/metrics.md). */
const LAPSES_MS = DAY_MS;
/** Nothing that is remembered of an endpoint says anything after so long. */
const FORGETS_MS = 7 * DAY_MS;

interface WatchContext {
  readonly documents: Documents;
  readonly outbox: Outbox;
  readonly alerts: AlertQueue;
  readonly log: Log;
}

/**
 * The watch's memory in the Durable Object, and what follows from each verdict: states and incidents for the database,
 * alerts for people. All of it is written in the transaction that makes a result durable, so that a crash can neither
 * lose nor repeat any.
 */
export class Watch implements WatchMemory {
  readonly #context: WatchContext;
  /** Kept in memory alone: who has answered since an instance began is enough to know that our line works. */
  readonly #heard = new Map<string, number>();
  #asked: ReadonlySet<string> = new Set();

  constructor(context: WatchContext) {
    this.#context = context;
  }

  get heard(): ReadonlyMap<string, number> {
    return this.#heard;
  }

  get asked(): number {
    return this.#asked.size;
  }

  /** The providers that runs ask by now. */
  expect(providers: readonly string[]): void {
    this.#asked = new Set(providers);
  }

  /** A provider has answered something, whatever that was. */
  hear(provider: string, at: number): void {
    this.#heard.set(provider, Math.max(at, this.#heard.get(provider) ?? 0));
  }

  /** Whether another provider than this one has answered since a time (ms since the epoch). */
  hasWitness(provider: string, since: number): boolean {
    return this.asked < 2 || [...this.#heard].some(([other, at]) => other !== provider && at >= since);
  }

  endpoint(provider: string, model: string, simulated: boolean): EndpointWatch | null {
    return this.#context.documents.read(nameOf(provider, model, simulated), endpointSchema);
  }

  incidents(closedAfter: number): readonly KnownIncident[] {
    return this.#all().filter(({ closedAt }) => closedAt === null || closedAt >= closedAfter);
  }

  /** Takes a result within the transaction that stores it. @returns what it meant, and what is known since. */
  take(row: ResultRow, config: Config): { readonly request: Observation; readonly after: EndpointWatch } {
    const { documents, outbox, log } = this.#context;
    const request = observationOf(row);
    const { before, after, incidents } = judge(this, request);
    if (request.responded) this.hear(request.provider, request.at);
    if (after !== before && request.outcome !== "other")
      documents.write(nameOf(after.provider, after.model, after.simulated), after);
    this.#tellOfAccount(row, config);
    if (incidents.length > 0) this.#keep(incidents, request.at, config);
    const hasChanged = before?.state !== after.state;
    if (incidents.length > 0 || (before !== null && hasChanged)) {
      log.warn("state_changed", {
        provider: after.provider,
        model: after.model,
        state: after.state,
        reason: after.reason,
      });
      outbox.add({
        kind: "watch",
        runId: row.run_id,
        change: {
          location: config.location,
          states: [stateRow(after)],
          incidents: incidents.map(({ incident }) => incidentRow(incident)),
        },
      });
    }
    return { request, after };
  }

  /** How the endpoints of a run are, for the database, which so learns when each was last measured. */
  report(
    targets: readonly { readonly provider: string; readonly model: string }[],
    runId: string,
    config: Config,
  ): void {
    const known = targets.flatMap(({ provider, model }) =>
      [true, false].flatMap((simulated) => this.endpoint(provider, model, simulated) ?? []),
    );
    if (known.length === 0) return;
    this.#context.outbox.add({
      kind: "watch",
      runId,
      change: { location: config.location, states: known.map(stateRow), incidents: [] },
    });
  }

  /**
   * Lets go of endpoints that no run measures any more: their incidents close, and in the end nothing is remembered.
   *
   * @param now ms since the epoch.
   */
  forget(now: number, runId: string, config: Config): void {
    const { documents, outbox } = this.#context;
    const lapsed = this.#all().flatMap((incident) => {
      if (incident.closedAt !== null) return [];
      const { provider, simulated } = incident;
      const measuredAt = (model: string) => this.endpoint(provider, model, simulated)?.measuredAt ?? null;
      return lapse(incident, measuredAt, now - LAPSES_MS) ?? [];
    });
    if (lapsed.length > 0) {
      this.#keep(lapsed, now, config);
      outbox.add({
        kind: "watch",
        runId,
        change: {
          location: config.location,
          states: [],
          incidents: lapsed.map(({ incident }) => incidentRow(incident)),
        },
      });
    }
    for (const name of documents.names(`${ENDPOINT}:`)) {
      const watch = documents.read(name, endpointSchema);
      if (watch && watch.measuredAt < now - FORGETS_MS) documents.remove(name);
      else if (watch && watch.troubles.length > 0 && watch.measuredAt < now - LAPSES_MS) {
        // It begins anew when it is measured again, with what is usual for it.
        documents.write<EndpointWatch>(name, {
          ...watch,
          troubles: [],
          failures: [],
          recent: [],
          slow: null,
          state: "up",
        });
      }
    }
  }

  /** Whether it has begun with what the database knew of this place. */
  isRestored(location: string): boolean {
    return this.#context.documents.read(RESTORED, z.string()) === location;
  }

  /** Begins with what the database knows; what it remembers itself is newer. */
  restore({ endpoints, incidents }: StoredWatchMemory, location: string): void {
    const { documents } = this.#context;
    documents.transaction(() => {
      for (const { provider, model, simulated, past, recent } of endpoints) {
        const [first, ...later] = recent.map((row) => observationOf({ ...row, provider, model, simulated }));
        if (!first || this.endpoint(provider, model, simulated)) continue;
        const open = incidents.flatMap((incident) =>
          incident.provider === provider && incident.simulated === simulated
            ? incident.endpoints.flatMap((entry) => troubleOf(incident.kind, entry, model) ?? [])
            : [],
        );
        documents.write(
          nameOf(provider, model, simulated),
          resume({ past, recent: [first, ...later], open }),
        );
      }
      const own = this.#all();
      const known = incidents.filter(({ id }) => own.every((other) => other.id !== id)).map(incidentOf);
      if (known.length > 0) documents.write(INCIDENTS, [...own, ...known]);
      documents.write(RESTORED, location);
    });
  }

  #all(): readonly KnownIncident[] {
    return this.#context.documents.read(INCIDENTS, incidentsSchema) ?? [];
  }

  #keep(changes: readonly IncidentChange[], at: number, config: Config): void {
    const { documents, alerts } = this.#context;
    const known = new Map(
      this.#all()
        .filter(({ closedAt }) => closedAt === null || Math.abs(at - closedAt) <= FLAP_MS)
        .map((incident) => [incident.id, incident]),
    );
    for (const change of changes) {
      const alert = incidentAlert(change, at, config.alerts.dashboardUrl);
      const before = known.get(change.incident.id);
      // Who was told of the begin is told of the end; who was not, is not.
      const isOver = change.change === "closed" || change.change === "lapsed";
      const isDue = alert !== null && (!isOver || before?.told === true);
      const told = isDue && alerts.tell(alert, config.alerts, at, isOver);
      known.set(change.incident.id, { ...change.incident, told: told || (before?.told ?? false) });
    }
    documents.write(INCIDENTS, [...known.values()]);
  }

  /** A key that is refused or an account without credit measures nothing any more: told once a day. */
  #tellOfAccount(row: ResultRow, config: Config): void {
    const { provider, error_kind: kind } = row;
    if (provider === null || (kind !== "auth" && kind !== "quota")) return;
    const at = Date.parse(row.created_at);
    const title =
      kind === "auth"
        ? `${providerName(provider)} refuses the API key`
        : `${providerName(provider)}: the account is out of credit`;
    const status = row.status_code === null ? "" : ` (HTTP ${row.status_code})`;
    const alert: Alert = notice(
      {
        kind: "key.refused",
        key: `${provider}-${kind}-${new Date(at).toISOString().slice(0, 10)}`,
        provider,
        title,
        lines: [
          `${plainName(row.model ?? "a model")}: ${kind}${status}. Nothing of it is measured meanwhile.`,
        ],
        simulated: row.simulated,
        page: `/runs/${row.run_id}`,
      },
      at,
      config.alerts.dashboardUrl,
    );
    this.#context.alerts.tell(alert, config.alerts, at);
  }
}

type StoredIncident = StoredWatchMemory["incidents"][number];

/** What an endpoint is in by an entry of a stored incident; null where it is another endpoint's, or over. */
function troubleOf(
  kind: Trouble["kind"],
  { model, since, until, reason, evidence }: StoredIncident["endpoints"][number],
  of: string,
): Trouble | null {
  if (model !== of || until !== null) return null;
  return { kind, since: Date.parse(since), reason, evidence };
}

/** Somebody was told of it by whoever opened it. */
function incidentOf(stored: StoredIncident): KnownIncident {
  const { opened_at, endpoints, ...same } = stored;
  return {
    ...same,
    openedAt: Date.parse(opened_at),
    closedAt: null,
    endpoints: endpoints.map((entry) => ({
      ...entry,
      since: Date.parse(entry.since),
      until: entry.until === null ? null : Date.parse(entry.until),
    })),
    told: true,
  };
}

function nameOf(provider: string, model: string, simulated: boolean): string {
  return `${ENDPOINT}:${simulated ? "simulated" : "real"}:${provider}/${model}`;
}
