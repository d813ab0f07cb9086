import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { endpointKey, endpointPath } from "../../app/lib/models-path.ts";
import { COMPARISON_QUERY, comparisonHref } from "../../app/lib/queries.ts";
import { refreshWindows } from "../e2e/support/results.ts";
import { readAll } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";

/*
 * Other tools write into the same tables. A row is either refused by the database or shown: none makes a page or an
 * address of the API fail. The rows here stand at the edges of what each check allows.
 */

const supabase = useSupabase();
const dashboard = useDashboard(supabase);

type Row = Readonly<Record<string, unknown>>;

const NOW = new Date().toISOString();
const FIRST = "1970-01-01T00:00:00Z";
const LAST = "9999-12-31T23:59:59.999999Z";
const WINDOWS = ["1h", "24h", "7d", "30d"];
/** As long and as wide as a line may be. */
const LINE = `${"🦊".repeat(499)}é`;
const MARKUP = `<script>alert(1)</script>&"'%00%zz{{7*7}}/../..?a=b#c`;
/** All that a line may not hold, but a text may: control characters, directions of writing, line ends. */
const RAW = "\u0001\u0007\u001b[31m\u007f\u0085\u2028\u202e\u2066\ufeff\ufffe\r\n\t end";
const HUGE = "x".repeat(300_000);
/** As long as one may be, and nothing that an index could press together. */
const LONG_PLACE = Array.from({ length: 70 }, () => randomUUID())
  .join("")
  .slice(0, 2_500);
/** Of no version that a standard names. */
const ODD_ID = "11111111-1111-1111-1111-111111111111";
const MAX_INTEGER = 2_147_483_647;
const ALMOST_MAX = 9.9e14;
const TINY = 1e-150;
const ODD_JSON = [
  null,
  true,
  0,
  -1e308,
  "text",
  [],
  {},
  [[[]]],
  { reason: 1 },
  { "": null },
  { until: "never" },
];

async function write(table: string, row: Row): Promise<void> {
  const columns = Object.keys(row).join(", ");
  await supabase.sql.query(
    `insert into public.${table} (${columns}) select ${columns} from json_populate_record(null::public.${table}, $1)`,
    [JSON.stringify(row)],
  );
}

const ids = { edge: randomUUID(), bare: randomUUID(), odd: ODD_ID };
const providers: Row[] = [
  {
    id: ids.edge,
    slug: "a".repeat(63),
    name: LINE,
    base_url: LINE,
    logo_url: "javascript:alert(1)",
    held_list: {},
  },
  {
    id: ids.bare,
    slug: "0",
    name: "",
    base_url: "",
    logo_url: "",
    kind: "proxy",
    held_list: { kind: HUGE.slice(0, 1_900) },
  },
  { id: ids.odd, slug: "odd", name: MARKUP },
];
const NAMES = [LINE, MARKUP, ".", "..", "a//b", "/", " ", "constructor", "x.data"];
const models: Row[] = Object.values(ids).flatMap((provider_id) => [
  ...NAMES.map((name) => ({ provider_id, name, active: true })),
  {
    provider_id,
    name: "everything",
    active: true,
    reasoning: true,
    context_window: MAX_INTEGER,
    last_seen_at: FIRST,
    retired_at: LAST,
    retires_at: FIRST,
    successor: LINE,
    flag: MARKUP,
    identity_by_rule: LINE,
    identity_by_hand: MARKUP,
    family: LINE,
    quantization: MARKUP,
    alias_of: LINE,
    held_price: { input: "free", at: 3, days: [] },
    pinned_upstreams: ["", MARKUP],
    served_model: RAW,
    served_at: LAST,
  },
  { provider_id, name: "retired", available: false, retired_at: FIRST, held_price: {}, context_window: 1 },
]);

/** What a run measured, at the edges of numbers and texts. */
const OUTCOMES: Row[] = [
  {},
  { success: false },
  { success: false, status_code: -MAX_INTEGER, error_message: LINE },
  { success: false, status_code: 429, error_kind: "rate_limited", error_message: RAW },
  { success: false, error_kind: "timeout" },
  { success: false, error_kind: "server_error", status_code: MAX_INTEGER },
  {
    input_tokens: MAX_INTEGER,
    output_tokens: MAX_INTEGER,
    total_latency_ms: ALMOST_MAX,
    ttft_ms: ALMOST_MAX,
    ttfb_ms: ALMOST_MAX,
    answer_ttft_ms: ALMOST_MAX,
    warmup_ms: ALMOST_MAX,
    tps: ALMOST_MAX,
    gap_p99_ms: ALMOST_MAX,
    longest_gap_ms: ALMOST_MAX,
    cost_usd: TINY,
    cost_source: "provider",
    reasoning_tokens: MAX_INTEGER,
    cached_tokens: MAX_INTEGER,
    skipped_events: MAX_INTEGER,
    status_code: MAX_INTEGER,
    input_price_per_m: ALMOST_MAX,
    chunk_times_ms: [0, 3.4e38],
  },
  {
    total_latency_ms: TINY,
    ttft_ms: TINY,
    answer_ttft_ms: 0,
    tps: TINY,
    cost_usd: ALMOST_MAX,
    cost_source: "price",
    output_tokens: 1,
    chunk_times_ms: [],
    answer_ok: false,
  },
  {
    ttft_ms: 0,
    tps: 0,
    answer_ttft_ms: 1e-150,
    total_latency_ms: 0,
    chunk_times_ms: Array.from({ length: 20_000 }, (_, i) => i),
  },
  {
    response_text: HUGE + RAW,
    finish_reason: RAW,
    served_model: RAW,
    system_fingerprint: RAW,
    service_tier: RAW,
    provider_request_id: RAW,
    endpoint_host: RAW,
    upstream: RAW,
    colo: RAW,
    probe_version: RAW,
    provider_timing: { deep: ODD_JSON, long: HUGE },
    request_params: ODD_JSON,
    chunk_times_ms: [5, 4, 3],
  },
  { upstream: RAW, upstream_pinned: true, provider_timing: null, request_params: "text" },
];
const resultOf = (run_id: string, row: Row): Row => ({
  id: randomUUID(),
  run_id,
  input_tokens: 0,
  output_tokens: 0,
  total_latency_ms: 0,
  cost_usd: 0,
  created_at: NOW,
  ...row,
});
const ENDPOINTS: Row[] = [
  {},
  { provider: "", model: "" },
  { provider: RAW, model: RAW },
  { provider: "..", model: "." },
  { provider: "nobody/knows", model: MARKUP },
  { provider: LINE, model: LINE },
  { provider: "openai", model: "gpt-4o-mini" },
  { provider: "openai", model: "gpt-4o-mini", simulated: true },
  { provider_id: ids.odd, provider: "groq", model: "not in the catalogue" },
];

const runs: Row[] = [
  { id: randomUUID(), run_name: "", triggered_by: "", started_at: FIRST, finished_at: FIRST },
  {
    id: ODD_ID,
    run_name: RAW,
    triggered_by: RAW,
    started_at: NOW,
    finished_at: FIRST,
    targets: MAX_INTEGER,
    location: RAW,
  },
  {
    id: "00000000-0000-0000-0000-000000000000",
    run_name: HUGE,
    triggered_by: MARKUP,
    started_at: NOW,
    skipped: ODD_JSON,
    note: RAW + HUGE,
    location: "",
    scheduled_for: LAST,
    targets: 0,
  },
  {
    id: randomUUID(),
    run_name: MARKUP,
    triggered_by: "cron-job",
    started_at: LAST,
    finished_at: LAST,
    offline: true,
  },
];
const results: Row[] = runs.flatMap(({ id }) => [
  ...ENDPOINTS.flatMap((endpoint) =>
    OUTCOMES.map((outcome) => resultOf(String(id), { ...endpoint, ...outcome })),
  ),
  resultOf(String(id), { created_at: FIRST }),
  resultOf(String(id), { created_at: LAST, success: false, error_kind: "network" }),
  resultOf(String(id), { location: MARKUP, prompt_version: RAW }),
  resultOf(String(id), { location: LONG_PLACE }),
  resultOf(String(id), { location: "", prompt_version: "" }),
  resultOf(String(id), { confirmation: true, success: false, error_kind: "timeout" }),
]);
const oddResult = resultOf(ODD_ID, { id: ODD_ID, provider: "openai", model: "gpt-4o-mini" });

const EVENT_KINDS = [
  "new",
  "retired",
  "returned",
  "price",
  "price_held",
  "context",
  "retirement_announced",
  "taken_out",
  "served_model",
];
const events: Row[] = EVENT_KINDS.flatMap((kind) =>
  [
    {},
    { input: "a", output: null, contextWindow: -1e308, retiresAt: "never", servedModel: 7, successor: RAW },
  ].map((side) => ({
    kind,
    provider_id: ids.edge,
    model: LINE,
    before: side,
    after: side,
    at: NOW,
  })),
);

const states: Row[] = ["up", "degraded", "down"].map((state) => ({
  provider: RAW,
  model: state,
  location: "local",
  simulated: false,
  state,
  since: FIRST,
  reason: RAW,
  measured_at: LAST,
}));
const incidents: Row[] = ["outage", "errors", "slowdown"].map((kind, index) => ({
  id: index === 0 ? ODD_ID : randomUUID(),
  provider: RAW,
  location: RAW,
  simulated: false,
  kind,
  opened_at: NOW,
  closed_at: index === 1 ? FIRST : null,
  endpoints: [...ODD_JSON, { model: MARKUP, since: FIRST, until: null, reason: RAW, evidence: [ODD_ID] }],
  revision: -1,
}));

const MOMENT = "9999-12-31T24:00:00Z";
/** What no page could show, table by table: each row would be accepted without the one value that is named. */
const REFUSED: [table: string, column: string, value: unknown, rest: Row][] = [
  ...["total_latency_ms", "ttft_ms", "tps", "cost_usd", "input_price_per_m"].flatMap((column) =>
    [5e-324, 1e15, -1].map((value): (typeof REFUSED)[number] => [
      "benchmark_results",
      column,
      value,
      oneResult(),
    ]),
  ),
  ["benchmark_results", "location", "x".repeat(2_501), oneResult()],
  ["benchmark_results", "created_at", MOMENT, oneResult()],
  ["benchmark_results", "chunk_times_ms", [1, null], oneResult()],
  ["benchmark_results", "chunk_times_ms", [[1], [2]], oneResult()],
  ["providers", "created_at", "infinity", { slug: "refused", name: "Refused" }],
  ["models", "created_at", "-infinity", { provider_id: ids.edge, name: "refused" }],
  ["models", "served_at", MOMENT, { provider_id: ids.edge, name: "refused" }],
  ...["before", "after"].flatMap((column) =>
    ["text", [], 7].map((value): (typeof REFUSED)[number] => [
      "catalog_events",
      column,
      value,
      { kind: "new", provider_id: ids.edge, model: "refused" },
    ]),
  ),
  ...["since", "measured_at"].map((column): (typeof REFUSED)[number] => [
    "endpoint_states",
    column,
    "infinity",
    { ...states[0], model: "refused" },
  ]),
  ...["opened_at", "closed_at"].map((column): (typeof REFUSED)[number] => [
    "incidents",
    column,
    "infinity",
    { ...incidents[0], id: randomUUID() },
  ]),
];
function oneResult(): Row {
  return resultOf(String(runs[0]?.id), {});
}

beforeAll(async () => {
  for (const row of providers) await write("providers", row);
  for (const row of models) await write("models", row);
  await supabase.sql.query(
    `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m,
       timestamp, source, hours)
     select m.provider_id, m.id, x.price, x.price, x.price, x.at, $1, x.hours
     from public.models m,
       (values (0, timestamptz '1970-01-01', '[]'::jsonb), (1e-150, now(), '[null, 1, {}]'), (100000, '9999-12-31', null))
         as x (price, at, hours)
     where m.provider_id = any ($2)`,
    [LINE, Object.values(ids)],
  );
  for (const row of runs) await write("runs", row);
  for (const row of [...results, oddResult]) await write("benchmark_results", row);
  for (const row of events) await write("catalog_events", row);
  for (const row of states) await write("endpoint_states", row);
  for (const row of incidents) await write("incidents", row);
  await refreshWindows(supabase.sql);
});

/** @returns those addresses that do not answer 200, each with its status */
async function failing(paths: readonly string[]): Promise<string[]> {
  const failed: string[] = [];
  for (const path of paths) {
    const response = await fetch(dashboard.url + path, { headers: { Accept: "text/html" } });
    const body = await response.text();
    if (response.status !== 200)
      failed.push(`${response.status} ${path.slice(0, 200)} ${body.slice(0, 300)}`);
  }
  return failed;
}
const inEachWindow = (path: string) =>
  WINDOWS.map((window) => `${path}${path.includes("?") ? "&" : "?"}window=${window}`);

describe("rows of another tool at the edges of what the database accepts", () => {
  it("are shown on every page", async () => {
    const pages = [
      ...inEachWindow("/"),
      "/?location=",
      "/models",
      "/models?provider=odd",
      "/runs",
      "/prices?show=all",
      "/status",
      "/compare",
      "/api",
      "/methodology",
    ];
    expect(await failing(pages)).toEqual([]);
  });

  it("are shown on the pages of each run and of each result", async () => {
    const pages = [
      ...runs.flatMap(({ id }) => [1, 2, 3, 4, 5, 6].map((page) => `/runs/${id}?page=${page}`)),
      ...runs.flatMap(({ id }) => [`/runs/${id}?show=failed`, `/runs?before=${id}`]),
      ...[...results, oddResult].slice(-60).map(({ run_id, id }) => `/runs/${run_id}?result=${id}`),
    ];
    expect(await failing(pages)).toEqual([]);
  });

  it("are shown on the pages of each endpoint and incident, in comparisons and on badges", async () => {
    const { rows } = await supabase.sql.query<{ provider: string; model: string }>(
      `select distinct provider, model from public.series
       union select p.slug, m.name from public.models m join public.providers p on p.id = m.provider_id`,
    );
    const paths = rows.map(endpointPath);
    expect(paths.filter((path) => path.startsWith("/models/")).length).toBeGreaterThan(25);
    const keys = rows.map(endpointKey);
    expect(keys.some((key) => key !== key.trim()) && keys.some((key) => /\p{Cc}/u.test(key))).toBe(true);
    expect(
      await failing([
        ...paths,
        ...inEachWindow(endpointPath({ provider: "openai", model: "gpt-4o-mini" })),
        ...incidents.map(({ id }) => `/incidents/${id}`),
        ...keys.map((key) =>
          comparisonHref({ ...COMPARISON_QUERY.defaults, with: [key, "groq/openai/gpt-oss-20b"] }),
        ),
        ...inEachWindow("/badge/openai/gpt-4o-mini"),
        "/badge/openai/gpt-4o-mini?metric=state",
      ]),
    ).toEqual([]);
  });

  it("are told by every list of the API, page by page, by CSV and by the feed", async () => {
    for (const list of ["endpoints", "states", "incidents", "models", "prices", "runs", "results"]) {
      await readAll(dashboard.url, `/api/v1/${list}?limit=50`);
    }
    await readAll(dashboard.url, "/api/v1/results?limit=20&detail=full");
    const others = [
      "/api/v1/health",
      "/api/v1/openapi.json",
      "/results.csv",
      "/feed.xml",
      ...inEachWindow("/api/v1/endpoints"),
    ];
    expect(await failing(others)).toEqual([]);
  });
});

describe("a row that no page could show", () => {
  it.each(REFUSED)("is refused by the database: %s with %s %j", async (table, column, value, rest) => {
    await expect(write(table, { ...rest, [column]: value })).rejects.toMatchObject({ code: "23514" });
  });
});
