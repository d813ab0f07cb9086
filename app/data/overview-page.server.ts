import { z } from "zod";
import type { MovedMetric } from "../lib/changes.ts";
import { isOpen } from "../lib/locks.ts";
import { logEvent } from "../lib/log.ts";
import type { LockableMetric } from "../lib/metrics.ts";
import { CATALOG_EVENT_KINDS, type CatalogEventKind } from "../lib/models-types.ts";
import { describeChange } from "../lib/models-words.ts";
import { findMoves, type HappeningList, type Moves, type News, type Side } from "../lib/news.ts";
import { label, type OverviewView, viewOverview } from "../lib/overview-view.ts";
import type { OverviewQuery } from "../lib/search-params.ts";
import { lengthWords } from "../lib/status-words.ts";
import { figure, type OverviewAnswer, overviewSchema, toOverview, trendSchema } from "./overview.server.ts";
import { ReadError, type Reader } from "./reader.server.ts";
import { readStatus } from "./status.server.ts";

const time = z.iso.datetime({ offset: true });

const previousSchema = z
  .object({
    as_of: time,
    prompt_version: z.string().nullable(),
    location: z.string().nullable(),
    endpoints: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        simulated: z.boolean(),
        ttft: z.object({ p50: figure }),
        tps: z.object({ p50: figure }),
        trend: trendSchema,
      }),
    ),
  })
  .nullable();

const side = z.record(z.string(), z.unknown()).nullable();
const changesSchema = z.array(
  z.object({
    at: time,
    kind: z.enum(CATALOG_EVENT_KINDS),
    provider: z.string(),
    provider_name: z.string(),
    model: z.string(),
    before: side,
    after: side,
  }),
);

const SPAN_MS = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 } as const;
const SHOWN = 6;
/** How a model may end, or be about to. */
const ENDS: ReadonlySet<CatalogEventKind> = new Set(["retired", "retirement_announced", "taken_out"]);
/** A first look at a large provider makes hundreds of changes at once. */
const MOST_CHANGES = 1_000;

export interface OverviewPageData {
  readonly view: OverviewView;
  readonly news: News;
}

/**
 * Reads all that the overview's page shows, its parts at the same time. Locked metrics are taken out here.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readOverviewPage(
  reader: Reader,
  query: OverviewQuery,
  locked: ReadonlySet<LockableMetric>,
): Promise<OverviewPageData> {
  const place = query.location === null ? {} : { at_location: query.location };
  const spanMs = SPAN_MS[query.window];
  const since = new Date(Date.now() - spanMs).toISOString();
  const [answer, previous, changes, incidents] = await Promise.all([
    reader.call("dashboard_endpoints", { time_window: query.window, ...place }),
    query.window === "1h" ? null : readPrevious(reader, { time_window: query.window, ...place }),
    reader.call("catalog_changes", { since, at_most: MOST_CHANGES }),
    readIncidents(reader, query.location, since, locked),
  ]);
  const now = overviewSchema.parse(answer);
  const overview = toOverview(now, locked);
  const fits = new Set(
    overview.endpoints
      .filter(
        (endpoint) =>
          (query.kind === "all" || endpoint.kind === query.kind) &&
          (query.provider === null || endpoint.provider === query.provider) &&
          (query.family === null || endpoint.family === query.family),
      )
      .map((endpoint) => `${endpoint.provider}\n${endpoint.model}`),
  );
  const happened = changesSchema.parse(changes);
  return {
    view: viewOverview(overview, query),
    news: {
      moves: comparePrevious(now, previous, spanMs, locked, fits),
      prices: happenings(happened.filter(({ kind }) => kind === "price")),
      retirements: happenings(happened.filter(({ kind }) => ENDS.has(kind))),
      incidents,
    },
  };
}

/** The figures do without a comparison that takes too long to make, as before the first refresh of a long window. */
async function readPrevious(reader: Reader, parameters: Readonly<Record<string, unknown>>): Promise<unknown> {
  try {
    return await reader.call("dashboard_previous", parameters);
  } catch (error) {
    if (error instanceof ReadError && error.failure === "timed_out") {
      logEvent("warn", "previous_window_timed_out", { window: String(parameters.time_window) });
      return null;
    }
    throw error;
  }
}

function comparePrevious(
  now: OverviewAnswer,
  previous: unknown,
  spanMs: number,
  locked: ReadonlySet<LockableMetric>,
  fits: ReadonlySet<string>,
): Moves | null {
  const then = previousSchema.parse(previous);
  if (then === null || then.prompt_version !== now.prompt_version || then.location !== now.location)
    return null;
  const metrics = (["ttft", "tps"] as const).filter((metric: MovedMetric) => isOpen(metric, locked));
  const labels = new Map(now.endpoints.map((row) => [`${row.provider}\n${row.model}`, label(row)]));
  const toSide = (row: {
    provider: string;
    model: string;
    simulated: boolean;
    ttft: { p50: number | null };
    tps: { p50: number | null };
    trend: z.infer<typeof trendSchema>;
  }): Side[] => {
    const known = labels.get(`${row.provider}\n${row.model}`);
    if (known === undefined || !fits.has(`${row.provider}\n${row.model}`)) return [];
    return [
      {
        endpoint: { ...known, simulated: row.simulated },
        ttft: row.ttft.p50,
        tps: row.tps.p50,
        steps: row.trend,
      },
    ];
  };
  const measured = now.endpoints.filter((row) => row.attempts > 0);
  return findMoves(measured.flatMap(toSide), then.endpoints.flatMap(toSide), spanMs, metrics, then.as_of);
}

function happenings(changes: z.infer<typeof changesSchema>): HappeningList {
  return {
    of: changes.length,
    shown: changes.slice(0, SHOWN).map(({ at, kind, provider, provider_name, model, before, after }) => ({
      at,
      provider,
      provider_name,
      model,
      text: describeChange(kind, before, after) ?? "",
    })),
  };
}

async function readIncidents(
  reader: Reader,
  location: string | null,
  since: string,
  locked: ReadonlySet<LockableMetric>,
): Promise<News["incidents"]> {
  if (!isOpen("reliability", locked)) return null;
  const { incidents, as_of } = await readStatus(reader, { location, provider: null }, locked);
  if (incidents === null) return null;
  const recent = incidents.past.filter(
    ({ began_at, ended_at }) => Date.parse(ended_at ?? began_at) >= Date.parse(since),
  );
  const all = [...incidents.current, ...recent];
  return {
    open: incidents.current.length,
    of: all.length,
    shown: all.slice(0, SHOWN).map((incident) => ({
      at: incident.began_at,
      provider: incident.provider,
      provider_name: incident.provider_name,
      model: incident.model,
      text: `${incident.ended_at === null ? "failing" : "failed"} ${lengthWords(incident, as_of)}${incident.simulated ? ", simulated" : ""}`,
    })),
  };
}
