import { z } from "zod";
import type { MovedMetric } from "../lib/changes.ts";
import { compile } from "../lib/compiled-schema.ts";
import { endpointLength, type Incident, KIND_WORDS } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import { logEvent } from "../lib/log.ts";
import { CATALOG_EVENT_KINDS, type CatalogEventKind, describeChange } from "../lib/models-words.ts";
import { findMoves, type HappeningList, type Moves, type News, type Side, type Unread } from "../lib/news.ts";
import { fitsQuery, label, type OverviewView, viewOverview } from "../lib/overview-view.ts";
import type { OverviewQuery } from "../lib/queries.ts";
import { figure, time } from "../lib/schema.ts";
import { incidentsSince } from "./incidents.server.ts";
import {
  type Overview,
  type OverviewAnswer,
  parseOverview,
  toOverview,
  trendSchema,
} from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

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

const parsePrevious = compile(previousSchema);

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
const ENDS: readonly CatalogEventKind[] = ["retired", "retirement_announced", "taken_out"];
const PRICES: readonly CatalogEventKind[] = ["price"];
/** A first look at a large provider makes hundreds of changes at once. */
const MOST_CHANGES = 1_000;
const KINDS = [...PRICES, ...ENDS];
/** How long the page waits for the news once it has the figures; what comes later is streamed after them. */
const GRACE_MS = 150;
/** News that take longer than this are not told; the database itself stops a query after 3 s. */
const NEWS_GIVEN_UP_MS = 5_000;

export interface OverviewPageData {
  readonly view: OverviewView;
  /** A promise where they are late; it is never rejected. */
  readonly news: News | Promise<News>;
}

/**
 * Reads all that the overview's page shows, its parts at the same time. Only the figures can fail the page. Locked
 * metrics are taken out here.
 * @throws {ReadError} where the database gives no figures; ZodError where they are not what was agreed.
 */
export async function readOverviewPage(
  reader: Reader,
  query: OverviewQuery,
  locked: ReadonlySet<LockableMetric>,
): Promise<OverviewPageData> {
  const window = { time_window: query.window, at_location: query.location };
  const since = new Date(Date.now() - SPAN_MS[query.window]).toISOString();
  const parts = Promise.all([
    orUnread("previous_window", async () =>
      parsePrevious(query.window === "1h" ? null : await reader.call("dashboard_previous", window)),
    ),
    orUnread("catalog_changes", async () =>
      changesSchema.parse(
        await reader.call("catalog_changes", { since, at_most: MOST_CHANGES, kinds: KINDS }),
      ),
    ),
    orUnread("incidents", async () =>
      isOpen("reliability", locked)
        ? await incidentsSince(reader, { provider: null, location: query.location, since }, locked)
        : null,
    ),
  ]);
  const answer = parseOverview(await reader.call("dashboard_endpoints", window));
  const overview = toOverview(answer, locked);
  const news = parts.then(([previous, changes, incidents]): News => {
    const fits = happeningFits(overview, query);
    const happened = changes === "unread" ? "unread" : changes.filter(fits);
    return {
      moves: previous === "unread" ? "unread" : comparePrevious(answer, previous, query.window, locked, fits),
      prices: happenings(happened, PRICES),
      retirements: happenings(happened, ENDS),
      incidents:
        incidents === null || incidents === "unread" ? incidents : incidentList(incidents, overview, fits),
    };
  });
  return { view: viewOverview(overview, query), news: (await within(news, GRACE_MS)) ?? news };
}

/** Whether all of the news are there, and none of them failed. */
export function isWhole(news: News | Promise<News>): boolean {
  return !(news instanceof Promise) && !Object.values(news).includes("unread");
}

/** The figures do without a part of the news that fails, or that takes too long to make. */
async function orUnread<T>(part: string, read: () => Promise<T>): Promise<T | Unread> {
  try {
    const value = await within(
      read().then((read) => ({ read })),
      NEWS_GIVEN_UP_MS,
    );
    if (value !== undefined) return value.read;
    warn(part, `no answer within ${NEWS_GIVEN_UP_MS} ms`);
  } catch (error) {
    warn(part, error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error));
  }
  return "unread";
}

function warn(part: string, message: string): void {
  logEvent("warn", "news_unread", { part, message });
}

/** The promise's value, or undefined where it is not there in time. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Named = { readonly provider: string; readonly model: string };

/**
 * Whether the page's filters let an event through. It may be about a model that is not measured: then its kind is that
 * of its provider, and its family is not known.
 */
function happeningFits(overview: Overview, query: OverviewQuery): (event: Named) => boolean {
  const known = new Map(overview.endpoints.map((endpoint) => [keyOf(endpoint), endpoint]));
  const kinds = new Map(overview.endpoints.map(({ provider, kind }) => [provider, kind]));
  return (event) =>
    fitsQuery(
      known.get(keyOf(event)) ?? {
        provider: event.provider,
        kind: kinds.get(event.provider) ?? null,
        family: null,
      },
      query,
    );
}

function keyOf({ provider, model }: Named): string {
  return `${provider}\n${model}`;
}

function comparePrevious(
  now: OverviewAnswer,
  then: z.infer<typeof previousSchema>,
  window: OverviewQuery["window"],
  locked: ReadonlySet<LockableMetric>,
  fits: (event: Named) => boolean,
): Moves | null {
  if (then === null || then.prompt_version !== now.prompt_version || then.location !== now.location)
    return null;
  const metrics = (["ttft", "tps"] as const).filter((metric: MovedMetric) => isOpen(metric, locked));
  const labels = new Map(now.endpoints.map((row) => [keyOf(row), label(row)]));
  const toSide = (row: {
    provider: string;
    model: string;
    simulated: boolean;
    ttft: { p50: number | null };
    tps: { p50: number | null };
    trend: z.infer<typeof trendSchema>;
  }): Side[] => {
    const known = labels.get(keyOf(row));
    if (known === undefined || !fits(row)) return [];
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
  return findMoves(
    measured.flatMap(toSide),
    then.endpoints.flatMap(toSide),
    SPAN_MS[window],
    metrics,
    then.as_of,
  );
}

type Change = z.infer<typeof changesSchema>[number];

function happenings(
  changes: readonly Change[] | Unread,
  kinds: readonly Change["kind"][],
): HappeningList | Unread {
  if (changes === "unread") return changes;
  const wanted = changes.filter(({ kind }) => kinds.includes(kind));
  return {
    of: wanted.length,
    shown: wanted.slice(0, SHOWN).map(({ at, kind, provider, provider_name, model, before, after }) => ({
      at,
      provider,
      provider_name,
      model,
      text: describeChange(kind, before, after) ?? "",
    })),
  };
}

/** Incidents at the place that the page shows, endpoint by endpoint, those that are ongoing first. */
function incidentList(
  incidents: readonly Incident[],
  { location, read_at }: Overview,
  fits: (event: Named) => boolean,
): HappeningList & { open: number } {
  const lines = incidents
    .filter((incident) => incident.location === location)
    .flatMap((incident) =>
      incident.endpoints.map((entry) => ({
        ongoing: incident.ongoing && entry.until === null,
        at: entry.since,
        provider: incident.provider,
        provider_name: incident.provider_name,
        model: entry.model,
        text: `${KIND_WORDS[incident.kind].toLowerCase()} ${endpointLength(incident, entry, read_at)}${incident.simulated ? ", simulated" : ""}`,
      })),
    )
    .filter(fits);
  const open = lines.filter(({ ongoing }) => ongoing);
  const over = lines.filter(({ ongoing }) => !ongoing);
  return {
    open: open.length,
    of: lines.length,
    shown: [...open, ...over].slice(0, SHOWN).map(({ ongoing: _, ...line }) => line),
  };
}
