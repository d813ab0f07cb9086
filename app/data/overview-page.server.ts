import { z } from "zod";
import type { MovedMetric } from "../lib/changes.ts";
import { compile } from "../lib/compiled-schema.ts";
import { endpointLabel } from "../lib/endpoint-label.ts";
import { trendSchema } from "../lib/endpoint-schema.ts";
import { type Incident, incidentHref, incidentLength, KIND_WORDS, type StateNow } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import { logEvent } from "../lib/log.ts";
import { endpointPath } from "../lib/models-path.ts";
import type { CatalogEventKind } from "../lib/models-words.ts";
import { findMoves, type Happening, type Moves, type News, type Side, type Unread } from "../lib/news.ts";
import type { OverviewQuery } from "../lib/overview-query.ts";
import { fitsQuery, type OverviewView, viewOverview } from "../lib/overview-view.ts";
import { figure, time } from "../lib/schema.ts";
import { judgeAll, type Verdict } from "../lib/verdict.ts";
import { type CatalogChange, parseChanges, toChangeRow } from "./catalog-changes.server.ts";
import type { InTime } from "./context.server.ts";
import { MOST_INCIDENTS, toIncidents, toStates } from "./incidents.server.ts";
import { type Overview, type OverviewAnswer, parseOverview, toOverview } from "./overview.server.ts";
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
        /** Medians. */
        ttft: figure,
        tps: figure,
        trend: trendSchema,
      }),
    ),
  })
  .nullable();

const parsePrevious = compile(previousSchema);

const newsSchema = z.object({ states: z.unknown(), incidents: z.unknown(), changes: z.unknown() });

const SPAN_MS = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 } as const;
const SHOWN = 12;
/** Prices, and how a model may end, or be about to. */
const KINDS: readonly CatalogEventKind[] = ["price", "retired", "retirement_announced", "taken_out"];
/** A first look at a large provider makes hundreds of changes at once. */
const MOST_CHANGES = 1_000;
/** How long the page waits for the news once it has the figures; what comes later is streamed after them. */
const GRACE_MS = 150;
/** News that take longer than this are not told; the database itself stops a query after 3 s. */
const NEWS_GIVEN_UP_MS = 5_000;
/** How long it waits for the states of endpoints; later ones are there at its next refresh. */
const STATES_GRACE_MS = 300;

export interface OverviewPageData {
  readonly view: OverviewView;
  /** Null where nothing is known of any endpoint, or it is locked, or could not be read. */
  readonly verdict: Verdict | null;
  /** A promise where they are late; it is never rejected. */
  readonly news: News | Promise<News>;
  /** False where a part of the first screen could not be read. */
  readonly hasStates: boolean;
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
  inTime: InTime = byTimer,
): Promise<OverviewPageData> {
  const { location } = query;
  const window = { time_window: query.window, at_location: location };
  const since = new Date(Date.now() - SPAN_MS[query.window]).toISOString();
  const previous = orUnread("previous_window", inTime, async () =>
    parsePrevious(query.window === "1h" ? null : await reader.call("dashboard_previous", window)),
  );
  const parts = orUnread("news", inTime, () => readNewsParts(reader, location, since, locked));
  const answer = parseOverview(await reader.call("dashboard_endpoints", window));
  const overview = toOverview(answer, locked);
  // The first screen says how all endpoints are: the page waits for that, but not for long.
  const { states, incidents } = orAllUnread((await inTime(parts, STATES_GRACE_MS)) ?? "unread");
  const fits = happeningFits(overview, query);
  const news = Promise.all([previous, parts]).then(([then, now]): News => {
    const { changes, incidents: happened } = orAllUnread(now);
    const events = [
      ...orEmpty(changes).filter(fits).map(toHappening),
      ...orEmpty(happened)
        .filter((incident) => incident.location === overview.location)
        .flatMap((incident) => incidentHappening(incident, fits, overview.read_at)),
    ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    return {
      moves: then === "unread" ? "unread" : comparePrevious(answer, then, query.window, locked, fits),
      happened: events.slice(0, SHOWN),
      of: events.length,
      unread: [
        ...(changes === "unread" ? ["prices", "retirements"] : []),
        ...(happened === "unread" ? ["incidents"] : []),
      ],
    };
  });
  return {
    view: viewOverview(overview, query, orEmpty(states), locked),
    verdict: judge(overview, query, orEmpty(states), orEmpty(incidents)),
    news: (await inTime(news, GRACE_MS)) ?? news,
    hasStates: states !== "unread" && incidents !== "unread",
  };
}

/** What stands beside the figures. Each part can fail by itself: one that another tool wrote oddly hides no other. */
interface NewsParts {
  readonly states: readonly StateNow[] | Unread;
  readonly incidents: readonly Incident[] | Unread;
  readonly changes: readonly CatalogChange[] | Unread;
}

function orAllUnread(parts: NewsParts | Unread): NewsParts {
  return parts === "unread" ? { states: "unread", incidents: "unread", changes: "unread" } : parts;
}

function orEmpty<T>(part: readonly T[] | Unread): readonly T[] {
  return part === "unread" ? [] : part;
}

async function readNewsParts(
  reader: Reader,
  location: string | null,
  since: string,
  locked: ReadonlySet<LockableMetric>,
): Promise<NewsParts> {
  const answer = newsSchema.parse(
    await reader.call("overview_news", {
      at_location: location,
      since,
      kinds: [...KINDS],
      most_incidents: MOST_INCIDENTS,
      most_changes: MOST_CHANGES,
    }),
  );
  return {
    states: parsePart("states", () => toStates(answer.states, locked).states),
    incidents: parsePart("incidents", () => toIncidents(answer.incidents, locked)),
    changes: parsePart("catalog_changes", () => parseChanges(answer.changes)),
  };
}

function parsePart<T>(part: string, parse: () => readonly T[]): readonly T[] | Unread {
  try {
    return parse();
  } catch (error) {
    warnOf(part, error);
    return "unread";
  }
}

/** Whether all of the page is there, and no part of it failed. */
export function isWhole({ news, hasStates }: Pick<OverviewPageData, "news" | "hasStates">): boolean {
  return hasStates && !(news instanceof Promise) && news.moves !== "unread" && news.unread.length === 0;
}

/** How the endpoints are that fit the filters and are shown. */
function judge(
  overview: Overview,
  query: OverviewQuery,
  states: readonly StateNow[],
  incidents: readonly Incident[],
): Verdict | null {
  const shown = new Map(
    overview.endpoints
      .filter((endpoint) => endpoint.attempts > 0 && fitsQuery(endpoint, query))
      .map((endpoint) => [keyOf(endpoint), endpoint]),
  );
  return judgeAll(
    states.filter((state) => shown.get(keyOf(state))?.simulated === state.simulated),
    incidents.filter(({ ongoing, location }) => ongoing && location === overview.location),
    new Map(overview.endpoints.map(({ provider, provider_name }) => [provider, provider_name])),
    (endpoint) => shown.get(keyOf(endpoint))?.against_usual ?? null,
    overview.read_at,
  );
}

/** The figures do without a part of the news that fails, or that takes too long to make. */
async function orUnread<T>(part: string, inTime: InTime, read: () => Promise<T>): Promise<T | Unread> {
  try {
    const value = await inTime(
      read().then((read) => ({ read })),
      NEWS_GIVEN_UP_MS,
    );
    if (value !== undefined) return value.read;
    warn(part, `no answer within ${NEWS_GIVEN_UP_MS} ms`);
  } catch (error) {
    warnOf(part, error);
  }
  return "unread";
}

function warnOf(part: string, error: unknown): void {
  warn(part, error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error));
}

function warn(part: string, message: string): void {
  logEvent("warn", "news_unread", { part, message });
}

async function byTimer<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
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
        model: event.model,
        family: null,
        identity: null,
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
  const labels = new Map(now.endpoints.map((row) => [keyOf(row), endpointLabel(row)]));
  const toSide = (row: (typeof then.endpoints)[number]): Side[] => {
    const known = labels.get(keyOf(row));
    if (known === undefined || !fits(row)) return [];
    const { simulated, ttft, tps, trend } = row;
    return [{ endpoint: { ...known, simulated }, ttft, tps, trend }];
  };
  const measured = now.endpoints
    .filter(({ figures }) => figures.attempts > 0)
    .map(({ figures, ...row }) => ({ ...row, ttft: figures.ttft.p50, tps: figures.tps.p50 }));
  return findMoves(
    measured.flatMap(toSide),
    then.endpoints.flatMap(toSide),
    SPAN_MS[window],
    metrics,
    then.as_of,
  );
}

function toHappening(change: CatalogChange): Happening {
  const { at, kind, provider, provider_name, model, detail } = toChangeRow(change);
  return {
    at,
    kind: kind === "price" ? "price" : "retirement",
    provider,
    provider_name,
    model,
    text: detail ?? "",
    href: endpointPath({ provider, model }),
    isOpen: false,
  };
}

/** An incident, where any of its endpoints fits. */
function incidentHappening(incident: Incident, fits: (event: Named) => boolean, asOf: string): Happening[] {
  const { provider, provider_name, opened_at, kind, simulated } = incident;
  const models = incident.endpoints.map(({ model }) => model).filter((model) => fits({ provider, model }));
  if (models.length === 0) return [];
  const [model = ""] = models;
  const of = models.length === 1 ? "" : ` of ${models.length} endpoints`;
  return [
    {
      at: opened_at,
      kind: "incident",
      provider,
      provider_name,
      model: models.length === 1 ? model : "",
      text: `${KIND_WORDS[kind]}${of} ${incidentLength(incident, asOf)}${simulated ? ", simulated" : ""}`,
      href: incidentHref(incident.id),
      isOpen: incident.ongoing,
    },
  ];
}
