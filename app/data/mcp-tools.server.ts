import { z } from "zod";
import { decimal, type Parameters, readQuery, type Values, wholeNumber } from "../lib/api/parameters.ts";
import { endpointsQuery, INCIDENTS_QUERY, PRICES_QUERY, STATES_QUERY } from "../lib/api/queries.ts";
import { compareNames } from "../lib/collections.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen, type Part } from "../lib/locks.ts";
import { monthlyCost } from "../lib/prices.ts";
import { readEndpoints, readPrices } from "./api.server.ts";
import type { ListPage } from "./api-answer.server.ts";
import type { Services } from "./context.server.ts";
import { currentStates, readIncidentList, readStateList } from "./incidents.server.ts";
import type { Filters } from "./known-values.server.ts";

/*
 * What an agent may ask over MCP (mcp-server.server.ts): the API's own lists, by the API's own parameters and readers, so
 * that both say the same. Each answer says how many it rests on, as of when, from where, and whether it is simulated.
 */

type Ready = Extract<Services, { ok: true }>;
type Locked = ReadonlySet<LockableMetric>;

interface Answer {
  /** Results that figures rest on; of a list without figures, its entries. */
  readonly n: number;
  /** Null where nothing was precomputed. */
  readonly as_of: string | null;
  /** Null where it does not matter where it was measured from. */
  readonly location: string | null;
  readonly simulated: boolean;
  readonly [part: string]: unknown;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Parameters;
  /** Names that must be given. */
  readonly required: readonly string[];
  /** @throws {ToolError} where it cannot be answered as asked; what the readers throw */
  readonly run: (sent: URLSearchParams, services: Ready) => Promise<Answer>;
}

/** What an agent asked cannot be answered; the message says why, for it to mend. */
export class ToolError extends Error {}

function tool<P extends Parameters>(declared: {
  readonly name: string;
  readonly description: string;
  readonly parameters: P;
  readonly required?: readonly (keyof P & string)[];
  readonly run: (query: Values<P>, services: Ready) => Promise<Answer>;
}): Tool {
  const { parameters, required = [], run } = declared;
  return {
    ...declared,
    required,
    run: (sent, services) => {
      const query = readQuery(parameters, sent);
      if (!query.ok) {
        throw new ToolError(
          query.errors.map(({ parameter, detail }) => `${parameter}: ${detail}`).join(". "),
        );
      }
      const missing = required.filter((one) => query.values[one] === null);
      if (missing.length > 0) throw new ToolError(`${missing.join(", ")} must be given`);
      return run(query.values, services);
    },
  };
}

/** As many as an agent can read at once. */
const limit = wholeNumber(1, 100, 50, { description: "Maximum number of entries.", example: 10 });
const tokens = (what: string) => wholeNumber(0, 100_000_000, 1_000, { description: what, example: 1_000 });
/** Endpoints that are looked at to find the cheapest, and pages of their prices. */
const ALL = 1_000;
const MOST_PRICE_PAGES = 5;

/** Every tool, as far as no locked metric takes it away. */
export function mcpTools(locked: Locked): readonly Tool[] {
  const { cursor: _, limit: __, sort, ...figures } = endpointsQuery(locked);
  const { provider, model, window, location } = figures;
  const { cursor: ___, ...incidents } = INCIDENTS_QUERY;
  const open = (part: Part) => isOpen(part, locked);
  const limits = {
    ...(open("ttft") ? { max_ttft_ms: figureLimit("Highest median TTFT, milliseconds.", 500) } : {}),
    ...(open("latency")
      ? { max_total_latency_ms: figureLimit("Highest median total latency, milliseconds.", 3_000) }
      : {}),
    ...(open("tps") ? { min_tps: figureLimit("Lowest median output speed, tokens per second.", 100) } : {}),
    ...(open("reliability")
      ? { min_uptime: decimal(0, 1, { description: "Lowest uptime, as a share of 1.", example: 0.99 }) }
      : {}),
  };
  const all: readonly (Tool & { readonly part?: Part })[] = [
    tool({
      name: "list_endpoints",
      description:
        "Measured LLM endpoints (provider + model) with their figures over a window: TTFT, output speed (tokens per second), total latency, cost, uptime. Times are milliseconds, shares 0 to 1, money USD.",
      parameters: { ...figures, sort, limit },
      run: (query, services) => endpoints(services, query),
    }),
    tool({
      name: "endpoint_figures",
      description: "The figures of one endpoint over a window, as list_endpoints gives them.",
      parameters: { provider, model, window, location },
      required: ["provider", "model"],
      run: async (query, services) => {
        const { data, ...answer } = await endpoints(services, { ...NO_FILTER, ...query });
        return { ...answer, endpoint: data[0] ?? null };
      },
    }),
    tool({
      name: "compare_endpoints",
      description:
        "The figures of two endpoints over the same window from the same location. A difference between two medians may be noise: the dashboard's /compare page says which differences are significant.",
      parameters: {
        a_provider: provider,
        a_model: model,
        b_provider: provider,
        b_model: model,
        window,
        location,
      },
      required: ["a_provider", "a_model", "b_provider", "b_model"],
      run: async ({ window, location, ...of }, services) => {
        const a = await endpoints(services, {
          ...NO_FILTER,
          window,
          location,
          provider: of.a_provider,
          model: of.a_model,
        });
        // From the same place, where none was asked for.
        const place = location ?? a.location;
        const b = await endpoints(services, {
          ...NO_FILTER,
          window,
          location: place,
          provider: of.b_provider,
          model: of.b_model,
        });
        return {
          n: a.n + b.n,
          as_of: a.as_of,
          location: a.location,
          simulated: a.simulated || b.simulated,
          window,
          a: a.data[0] ?? null,
          b: b.data[0] ?? null,
        };
      },
    }),
    {
      ...tool({
        name: "current_states",
        description: "Which endpoints are up, degraded, down or unknown now, since when and why.",
        parameters: { ...STATES_QUERY, limit },
        run: async (query, services) => {
          const page = await unlessUnknown(services, query, () =>
            readStateList(services.reader, query, locked),
          );
          const { as_of } = await currentStates(services.reader, query.location, locked);
          return listed(page, as_of);
        },
      }),
      part: "reliability",
    },
    {
      ...tool({
        name: "list_incidents",
        description: "Outages, elevated errors and slow-downs, newest first, with the endpoints in each.",
        parameters: { ...incidents, limit },
        run: async (query, services) => {
          const page = await unlessUnknown(services, query, () =>
            readIncidentList(services.reader, { ...query, cursor: null }, locked),
          );
          const { as_of, location } = await currentStates(services.reader, query.location, locked);
          return { ...listed(page, as_of), location: query.location ?? location };
        },
      }),
      part: "reliability",
    },
    tool({
      name: "list_prices",
      description: "Current list prices of models, USD per million tokens.",
      parameters: { provider: PRICES_QUERY.provider, model: PRICES_QUERY.model, limit },
      run: async ({ limit, ...query }, services) => {
        const page = await unlessUnknown(services, query, () =>
          readPrices(services.reader, { ...query, ...CURRENT, limit }),
        );
        const [newest] = z.array(z.object({ since: z.string() })).parse(page.entries);
        return listed(page, newest?.since ?? null);
      },
    }),
    {
      ...tool({
        name: "cheapest_endpoints",
        description:
          "Measured endpoints by what a mix of input and output tokens costs at their list prices, cheapest first, that meet the limits on measured medians.",
        parameters: {
          input_tokens: tokens("Input tokens of the mix."),
          output_tokens: tokens("Output tokens of the mix."),
          ...limits,
          window,
          location,
          kind: figures.kind,
          limit,
        },
        run: (query, services) => cheapest(services, query),
      }),
      part: "cost",
    },
  ];
  return all.filter(({ part }) => part === undefined || open(part));
}

function figureLimit(description: string, example: number) {
  return decimal(0, 1_000_000, { description, example });
}

const NO_FILTER = {
  provider: null,
  model: null,
  kind: null,
  simulated: null,
  sort: "name",
  limit: 1,
} as const;
const CURRENT = { current: true, since: null, until: null, cursor: null } as const;
const NOTHING: ListPage = { entries: [], next: null, simulated: false };

const counted = z.array(z.object({ attempts: z.number() }));
type EndpointsQuery = Omit<Values<ReturnType<typeof endpointsQuery>>, "cursor">;

/** As the API's list of endpoints. */
async function endpoints(services: Ready, query: EndpointsQuery) {
  const page = await unlessUnknown(services, query, () =>
    readEndpoints(services.reader, { ...query, cursor: null }, services.lockedMetrics),
  );
  const {
    as_of = null,
    location = null,
    ...beside
  } = z
    .object({ as_of: z.string().nullable(), location: z.string().nullable() })
    .partial()
    .loose()
    .parse(page.beside ?? {});
  return {
    n: counted.parse(page.entries).reduce((sum, { attempts }) => sum + attempts, 0),
    as_of,
    location,
    simulated: page.simulated,
    ...beside,
    window: query.window,
    // Not all of them: ask for more, or filter.
    more: page.next !== null,
    data: page.entries,
  };
}

/** A list without figures. */
function listed(page: ListPage, as_of: string | null): Answer {
  const location = z
    .object({ location: z.string().nullable() })
    .catch({ location: null })
    .parse(page.beside ?? {});
  return {
    n: page.entries.length,
    as_of,
    ...location,
    simulated: page.simulated,
    more: page.next !== null,
    data: page.entries,
  };
}

/** What filters name that the data does not have is not sought. */
async function unlessUnknown(
  { known, reader }: Ready,
  query: object,
  read: () => Promise<ListPage>,
): Promise<ListPage> {
  // A list's parameters of these names are these filters.
  return (await known.unknown(reader, query as Filters)).length > 0 ? NOTHING : read();
}

const median = z.object({ p50: z.number().nullable() }).optional();
const candidate = z.object({
  provider: z.string(),
  model: z.string(),
  simulated: z.boolean(),
  retired_at: z.string().nullable(),
  attempts: z.number(),
  ttft: median,
  total_latency: median,
  tps: median,
  reliability: z.object({ uptime: z.number().nullable() }).optional(),
});
const listPrice = z.object({
  provider: z.string(),
  model: z.string(),
  input_price_per_m: z.number(),
  output_price_per_m: z.number(),
  cached_input_price_per_m: z.number().nullable(),
  since: z.string(),
  source: z.string(),
});

interface Mix {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly max_ttft_ms?: number | null;
  readonly max_total_latency_ms?: number | null;
  readonly min_tps?: number | null;
  readonly min_uptime?: number | null;
  readonly window: EndpointsQuery["window"];
  readonly location: string | null;
  readonly kind: EndpointsQuery["kind"];
  readonly limit: number;
}

async function cheapest(services: Ready, query: Mix): Promise<Answer> {
  const { window, location, kind } = query;
  const [{ data, ...answer }, prices] = await Promise.all([
    endpoints(services, { ...NO_FILTER, window, location, kind, limit: ALL }),
    currentPrices(services),
  ]);
  const found = data
    .map((entry) => ({ entry, endpoint: candidate.parse(entry) }))
    .filter(
      ({ endpoint }) => endpoint.attempts > 0 && endpoint.retired_at === null && keepsWithin(endpoint, query),
    )
    .flatMap(({ entry, endpoint }) => {
      const price = prices.get(`${endpoint.provider}\n${endpoint.model}`);
      if (price === undefined) return [];
      const { input_price_per_m, output_price_per_m, cached_input_price_per_m, since, source } = price;
      const cost_usd = monthlyCost(
        { input: input_price_per_m, output: output_price_per_m, cached: cached_input_price_per_m },
        { input: query.input_tokens, output: query.output_tokens, cachedPercent: 0 },
      );
      const shown = {
        cost_usd,
        price: { input_price_per_m, output_price_per_m, since, source },
        endpoint: entry,
      };
      return [{ endpoint, shown }];
    })
    .sort((a, b) => a.shown.cost_usd - b.shown.cost_usd || compareNames(a.endpoint, b.endpoint));
  const chosen = found.slice(0, query.limit);
  return {
    ...answer,
    n: chosen.reduce((sum, { endpoint }) => sum + endpoint.attempts, 0),
    simulated: chosen.some(({ endpoint }) => endpoint.simulated),
    more: found.length > chosen.length,
    data: chosen.map(({ shown }) => shown),
  };
}

/** A limit that is not given holds nothing back; a figure that there is not keeps within no limit. */
function keepsWithin(endpoint: z.infer<typeof candidate>, mix: Mix): boolean {
  const { ttft, total_latency, tps, reliability } = endpoint;
  const isAtMost = (value = Number.POSITIVE_INFINITY, most: number | null = null) =>
    most === null || value <= most;
  const isAtLeast = (value = Number.NEGATIVE_INFINITY, least: number | null = null) =>
    least === null || value >= least;
  return (
    isAtMost(ttft?.p50 ?? undefined, mix.max_ttft_ms) &&
    isAtMost(total_latency?.p50 ?? undefined, mix.max_total_latency_ms) &&
    isAtLeast(tps?.p50 ?? undefined, mix.min_tps) &&
    isAtLeast(reliability?.uptime ?? undefined, mix.min_uptime)
  );
}

/** Of every model, by provider and name. */
async function currentPrices({ reader }: Ready) {
  const prices = new Map<string, z.infer<typeof listPrice>>();
  let cursor: readonly [string, string] | null = null;
  for (let page = 0; page < MOST_PRICE_PAGES; page += 1) {
    const { entries, next } = await readPrices(reader, {
      ...CURRENT,
      provider: null,
      model: null,
      limit: ALL,
      cursor: cursor === null ? null : [cursor[0], cursor[1]],
    });
    for (const price of z.array(listPrice).parse(entries))
      prices.set(`${price.provider}\n${price.model}`, price);
    if (next === null) break;
    cursor = [String(next[0]), String(next[1])];
  }
  return prices;
}
