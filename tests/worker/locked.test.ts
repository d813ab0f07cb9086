import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inApiWords } from "../../app/lib/api/schemas.ts";
import { calculateValueScore } from "../../app/lib/calculations.ts";
import { ENDPOINT_FIGURES } from "../../app/lib/endpoint-schema.ts";
import {
  formatInteger,
  formatMs,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "../../app/lib/format.ts";
import { LOCKABLE_METRICS, type LockableMetric } from "../../app/lib/locks.ts";
import { COMPARISON_QUERY, comparisonHref } from "../../app/lib/queries.ts";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { failure, insert, result, run } from "../e2e/support/results.ts";
import { parseCsv, readProblem } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();

/** Two answers by turns, each figure such that nothing else on any page looks like it. */
// Beyond two seconds: the share within them would be that of the answers.
const TTFT = [2234.5625, 2267.5625] as const;
const TPS = [87.6875, 91.6875] as const;
const LATENCY = [34567.25, 41235.75] as const;
const COST = 5.125e-7;
const ANSWERED = 30;
const PROVIDERS_FAULT = 1;
const OWN_FAULT = 2;
const ATTEMPTS = ANSWERED + PROVIDERS_FAULT + OWN_FAULT;

const middle = ([low, high]: readonly [number, number]) => (low + high) / 2;
const spread = ([low, high]: readonly [number, number]) => (high - low) / 2;
const UPTIME = ANSWERED / (ANSWERED + PROVIDERS_FAULT);
const PER_MILLION = (COST / 700) * 1e6;
const SCORE = calculateValueScore({
  tps: middle(TPS),
  cost_usd: COST,
  input_tokens: 520,
  output_tokens: 180,
});

/** How a metric's figures are written in data, and on pages. */
const FIGURES: Readonly<Record<LockableMetric, { data: readonly unknown[]; words: readonly string[] }>> = {
  ttft: { data: [...TTFT, middle(TTFT)], words: [formatMs(middle(TTFT)), formatMs(TTFT[0])] },
  tps: { data: [...TPS, middle(TPS)], words: [formatTps(middle(TPS))] },
  latency: { data: [...LATENCY, middle(LATENCY)], words: [formatSeconds(middle(LATENCY))] },
  stability: { data: [spread(LATENCY)], words: [formatMs(spread(LATENCY))] },
  value: { data: [SCORE], words: [formatInteger(SCORE)] },
  cost: { data: [COST], words: [formatUsd(PER_MILLION), formatUsd(COST)] },
  uptime: {
    data: [UPTIME, ANSWERED / ATTEMPTS, 1 - ANSWERED / ATTEMPTS].map((share) => String(share).slice(0, 12)),
    words: [
      formatShare(UPTIME),
      formatShare(ANSWERED / ATTEMPTS),
      formatShare(1 - ANSWERED / ATTEMPTS),
      "2 failures in a row",
      "endpoint failing at",
      ">Down<",
    ],
  },
};
/** Names by which a metric would show itself, as keys or columns. */
const NAMES: Readonly<Record<LockableMetric, readonly string[]>> = {
  ttft: ["ttft", "ttft_ms", "answer_ttft", "answer_ttft_ms", "ttfb_ms", "within_2s"],
  tps: ["tps"],
  latency: ["total_latency", "total_latency_ms"],
  stability: ["stability", "latency_stddev"],
  value: ["value", "score"],
  cost: ["cost", "cost_usd", "cost_source", "per_million"],
  uptime: ["uptime", "reliability", "error_rate", "success_rate"],
};

test("each figure of an endpoint has its name in NAMES", () => {
  const names = Object.values(NAMES).flat();
  const figures = Object.keys(inApiWords(ENDPOINT_FIGURES));
  expect(figures.filter((name) => !names.includes(name))).toEqual([]);
});

const JSON_ADDRESSES = [
  "/api/v1/endpoints",
  "/api/v1/results?limit=1000",
  "/api/v1/results?detail=full",
  "/api/v1/runs",
  "/api/v1/models",
  "/api/v1/prices",
  "/api/v1/health",
  "/api/v1/openapi.json",
];
const MODEL_PAGE = "/models/openai/gpt-4o-mini";
const COMPARISON = comparisonHref({
  ...COMPARISON_QUERY.defaults,
  with: ["openai/gpt-4o-mini", "groq/openai/gpt-oss-20b"],
});
const one = run();
const PAGES = [
  "/",
  "/?window=7d",
  "/models",
  MODEL_PAGE,
  COMPARISON,
  "/runs",
  `/runs/${one.id}`,
  "/prices",
  "/status",
  "/api",
];
/** Prices of the catalogue, and what they were before. */
const LIST_PRICE = { input: 0.1375, output: 0.6125 };
const PRICE_BEFORE = { input: 0.2875, output: 0.8625 };

beforeAll(async () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const asked = (minutes: number) => ({ run_id: one.id, created_at: ago(minutes) });
  const broken = { provider: "groq", model: "openai/gpt-oss-20b" };
  await insert(
    supabase.sql,
    [one],
    [
      ...Array.from({ length: ANSWERED }, (_, index) => {
        const turn = (index % 2) as 0 | 1;
        return result({
          ...asked(60 - index),
          ttft_ms: TTFT[turn],
          answer_ttft_ms: TTFT[turn],
          tps: TPS[turn],
          total_latency_ms: LATENCY[turn],
          cost_usd: COST,
        });
      }),
      failure("server_error", asked(90)),
      failure("auth", asked(80)),
      failure("auth", asked(70)),
      failure("server_error", { ...asked(3), ...broken }),
      failure("server_error", { ...asked(2), ...broken }),
    ],
  );
  await supabase.sql.query(
    `update public.benchmark_results set chunk_times_ms = array[ttft_ms, total_latency_ms], ttfb_ms = ttft_ms,
       provider_timing = jsonb_build_object('total_time', total_latency_ms) where success`,
  );
  // What the engine knows by id, as it writes it.
  await supabase.sql.query(
    `update public.benchmark_results r set provider_id = p.id, model_id = m.id
     from public.providers p join public.models m on m.provider_id = p.id
     where p.slug = r.provider and m.name = r.model`,
  );
  await supabase.sql.query(
    `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, timestamp, source)
     select m.provider_id, m.id, $1, $2, now() - interval '1 hour', 'a list' from public.models m
     join public.providers p on p.id = m.provider_id where p.slug = 'openai' and m.name = 'gpt-4o-mini'`,
    [LIST_PRICE.input, LIST_PRICE.output],
  );
  await supabase.sql.query(
    `insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
     select now() - interval '1 hour', 'price', m.provider_id, m.id, m.name, $1, $2 from public.models m
     join public.providers p on p.id = m.provider_id where p.slug = 'openai' and m.name = 'gpt-4o-mini'`,
    [JSON.stringify(PRICE_BEFORE), JSON.stringify(LIST_PRICE)],
  );
});

const settings = () => ({ SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey });
const servers: DashboardServer[] = [];
async function serve(locked: string): Promise<DashboardServer> {
  const server = await startDashboard({ ...settings(), LOCKED_METRICS: locked });
  servers.push(server);
  return server;
}
let open: DashboardServer;
beforeAll(async () => {
  open = await serve("");
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

async function text(server: DashboardServer, address: string): Promise<string> {
  const response = await fetch(server.url + address);
  expect([response.status, response.redirected], address).toEqual([200, false]);
  return response.text();
}

/** The address of what a page's script reads. */
function dataOf(page: string): string {
  const [path = "", query] = page.split("?");
  const data = path === "/" ? "/_root.data" : `${path}.data`;
  return query === undefined ? data : `${data}?${query}`;
}

/** Whether a figure stands in a text as a number of its own. */
function shows(body: string, figure: unknown): boolean {
  return new RegExp(`(?<![\\d.])${String(figure).replaceAll(".", "\\.")}`).test(body);
}

function keysOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...keysOf(inner),
  ]);
}

test("a comparison shows what is looked for", async () => {
  const comparison = await text(open, COMPARISON);
  for (const metric of ["ttft", "tps", "latency", "stability", "cost"] as const)
    expect(comparison).toContain(FIGURES[metric].words[0]);
});

describe.each(LOCKABLE_METRICS.map((metric) => [metric]))("with %s locked", (metric) => {
  let locking: DashboardServer;
  const { data, words } = FIGURES[metric];
  beforeAll(async () => {
    locking = await serve(metric);
  });

  test("no answer in JSON names it or shows a figure of it", async () => {
    const seen = new Set<string>();
    let whole = "";
    for (const address of JSON_ADDRESSES) {
      const unlocked = await text(open, address);
      whole += unlocked;
      for (const name of keysOf(JSON.parse(unlocked))) seen.add(name);
      const answer = await text(locking, address);
      const keys = keysOf(JSON.parse(answer));
      for (const name of NAMES[metric]) expect(keys, address).not.toContain(name);
      for (const figure of data) expect(shows(answer, figure), `${address}: ${figure}`).toBe(false);
    }
    // What is looked for is there where it is not locked.
    for (const name of NAMES[metric]) expect([...seen]).toContain(name);
    for (const figure of data) expect(shows(whole, figure), String(figure)).toBe(true);
  });

  test("no page and nothing that its script reads shows a figure of it", async () => {
    let whole = "";
    for (const page of PAGES) {
      whole += await text(open, page);
      for (const address of [page, dataOf(page)]) {
        const body = await text(locking, address);
        for (const figure of data) expect(shows(body, figure), `${address}: ${figure}`).toBe(false);
        for (const word of words) expect(body.includes(word), `${address}: ${word}`).toBe(false);
      }
    }
    for (const word of words) expect(whole.includes(word), word).toBe(true);
  });

  test("the CSV has neither its column nor its figure", async () => {
    const whole = await text(open, "/results.csv?since=2026-01-01");
    const answer = await text(locking, "/results.csv?since=2026-01-01");
    const [header = []] = parseCsv(answer);
    for (const name of NAMES[metric]) expect(header).not.toContain(name);
    for (const figure of data) expect(shows(answer, figure), String(figure)).toBe(false);
    const columns = NAMES[metric].filter((name) => parseCsv(whole)[0]?.includes(name));
    if (["ttft", "tps", "latency", "cost"].includes(metric)) expect(columns).not.toEqual([]);
    expect(parseCsv(answer).every((row) => row.length === header.length)).toBe(true);
  });

  test("it orders no list and stands on no badge", async () => {
    const inApi = metric === "latency" ? "total_latency" : metric;
    const sort = metric === "uptime" ? "success" : inApi;
    expect((await fetch(`${open.url}/api/v1/endpoints?sort=${sort}`)).status).toBe(200);
    const sorted = await fetch(`${locking.url}/api/v1/endpoints?sort=${sort}`);
    expect([sorted.status, (await readProblem(sorted)).errors[0]?.parameter]).toEqual([400, "sort"]);
    const badge = `/badge/openai/gpt-4o-mini?metric=${inApi}`;
    const shown = await text(open, badge);
    expect(words.filter((word) => shown.includes(word))).not.toEqual([]);
    const refused = await text(locking, badge);
    expect(refused).toContain("<title>openai/gpt-4o-mini: invalid parameter</title>");
    expect(words.filter((word) => refused.includes(word))).toEqual([]);
    const usual = await fetch(`${locking.url}/badge/openai/gpt-4o-mini`);
    expect([usual.status, usual.headers.get("Content-Type")]).toEqual([200, "image/svg+xml; charset=utf-8"]);
  });

  test("the page for people does not offer it", async () => {
    expect(await text(locking, "/api")).toContain(`${metric}: absent from every response`);
  });

  test("incidents are told of in the feed and on pages unless uptime is locked", async () => {
    const told = async (server: DashboardServer) => [
      (await text(server, "/feed.xml")).includes("gpt-oss-20b: outage"),
      (await text(server, "/status")).includes("2 failures in a row"),
      (await text(server, "/")).includes(">ongoing<"),
    ];
    expect(await told(open)).toEqual([true, true, true]);
    expect(await told(locking)).toEqual(metric === "uptime" ? [false, false, false] : [true, true, true]);
  });

  test("list prices stay open, and how often was asked and answered", async () => {
    const before = formatUsd(PRICE_BEFORE.output);
    const now = formatUsd(LIST_PRICE.output);
    for (const page of ["/models", MODEL_PAGE, "/prices"]) expect(await text(locking, page)).toContain(now);
    for (const address of ["/api/v1/models?provider=openai", "/api/v1/prices?provider=openai"])
      expect(shows(await text(locking, address), LIST_PRICE.output), address).toBe(true);
    for (const address of ["/", "/feed.xml"]) {
      expect(await text(locking, address), address).toContain(before);
      expect(await text(locking, address), address).toContain(now);
    }
    const { data: endpoints } = JSON.parse(await text(locking, "/api/v1/endpoints?provider=openai"));
    expect(endpoints).toContainEqual(
      expect.objectContaining({ model: "gpt-4o-mini", attempts: ATTEMPTS, successes: ANSWERED }),
    );
  });

  test("what is left is won as before", async () => {
    for (const server of [open, locking]) {
      expect(await text(server, "/")).not.toContain("Not enough samples yet");
    }
  });
});
