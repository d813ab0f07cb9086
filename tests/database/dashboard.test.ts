import { describe, expect, test } from "vitest";
import { overviewSchema } from "../../app/data/overview.server.ts";
import {
  failure,
  forgetResults,
  insert,
  result,
  run,
  type SeedResult,
  type SeedRun,
} from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { blame, expectedOverview, type Known } from "./dashboard-recomputed.ts";

const AS_OF = "2026-10-15T12:00:00.000Z";
const supabase = useSupabase();

async function read(window = "24h", extra: Record<string, string> = {}) {
  const { data, error } = await supabase.anon.rpc("dashboard_endpoints", { time_window: window, ...extra });
  expect(error).toBeNull();
  return overviewSchema.parse(data);
}

async function known(): Promise<Known> {
  const providers = await supabase.sql.query("select id, slug, name from public.providers");
  const models = await supabase.sql.query("select id, provider_id, name from public.models");
  return { providers: providers.rows, models: models.rows };
}

async function reset(runs: readonly SeedRun[], results: readonly SeedResult[]) {
  await forgetResults(supabase.sql);
  await insert(supabase.sql, runs, results, AS_OF);
}

function ago(minutes: number): string {
  return new Date(Date.parse(AS_OF) - minutes * 60_000).toISOString();
}

describe("the figures of a mixed data set", () => {
  const endpoints = [
    ["openai", "gpt-4o-mini"],
    ["groq", "openai/gpt-oss-20b"],
    ["together", "openai/gpt-oss-20b"],
    ["openrouter", "openai/gpt-oss-20b"],
    ["stranger", "some/model:free"],
    ["groq", "played/model"],
  ] as const;
  const kinds = [
    "server_error",
    "timeout",
    "rate_limited",
    "auth",
    "interrupted",
    "probe_fault",
    "no_answer",
    "network",
  ];

  /** A month of runs with everything in it that the rules speak of. */
  function mixed(names: Known): { runs: SeedRun[]; results: SeedResult[] } {
    let state = 20_261_015;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const runs: SeedRun[] = [];
    const results: SeedResult[] = [];
    for (let index = 0; index < 900; index += 1) {
      // Dense in the last hours, thin over the month; the first ones lie before the longest window.
      const minutes = index < 300 ? 3 + index * 11 : 3_300 + (index - 300) * 70;
      const started = ago(minutes);
      const location = index % 7 === 0 ? "weur" : "enam";
      const one = run({ started_at: started, finished_at: started, location });
      runs.push(one);
      const offline = index % 41 === 5;
      const oldPrompt = minutes > 28_000;
      endpoints.forEach(([provider, model], place) => {
        if (random() < 0.1) return;
        const providerRow = names.providers.find((row) => row.slug === provider);
        const modelRow = names.models.find(
          (row) => row.provider_id === providerRow?.id && row.name === model,
        );
        const spelling = index % 3;
        const common: Partial<SeedResult> & { run_id: string } = {
          run_id: one.id,
          // Ids with and without text, and a display name in place of the slug.
          provider_id: spelling === 0 ? null : (providerRow?.id ?? null),
          model_id: spelling === 0 ? null : (modelRow?.id ?? null),
          provider: spelling === 2 && providerRow ? providerRow.name : provider,
          model: spelling === 1 && modelRow ? null : model,
          created_at: new Date(Date.parse(started) + place * 3_000).toISOString(),
          location,
          // Together was simulated until it got a key; OpenRouter always is, and so is one of Groq's two models.
          simulated:
            (provider === "together" && minutes > 900) ||
            provider === "openrouter" ||
            model === "played/model",
          prompt_version: oldPrompt ? "0123456789ab" : index % 50 === 49 ? null : "ba9876543210",
        };
        if (offline) {
          results.push(failure("network", common));
          return;
        }
        if (random() < 0.25) {
          const kind = kinds[Math.floor(random() * kinds.length)] ?? "timeout";
          // Some failures come after the first token, some name no kind.
          results.push(
            failure(kind, {
              ...common,
              ttft_ms: random() < 0.3 ? Math.round(random() * 3_000) : null,
              ...(random() < 0.2 ? { error_kind: null, status_code: random() < 0.5 ? 404 : 503 } : {}),
            }),
          );
          return;
        }
        const ttft = random() < 0.05 ? null : Math.round(100 + random() * 2_500);
        const source = provider === "groq" ? (["price", "unknown"] as const)[index % 2] : "price";
        results.push(
          result({
            ...common,
            ttft_ms: ttft,
            answer_ttft_ms: ttft === null ? null : ttft + 100,
            tps: random() < 0.1 ? null : 20 + random() * 400,
            total_latency_ms: Math.round(500 + random() * 4_000),
            output_tokens: Math.round(random() * 300),
            cost_source: source,
            cost_usd: source === "unknown" || provider === "stranger" ? 0 : random() / 1_000,
          }),
        );
      });
    }
    // The short prompt was tried out last of all.
    const last = run({ started_at: ago(1), finished_at: ago(1) });
    runs.push(last);
    results.push(
      result({ run_id: last.id, created_at: ago(0.5), prompt_version: "short-ba9876543210", ttft_ms: 1 }),
    );
    return { runs, results };
  }

  for (const window of ["1h", "24h", "7d", "30d"] as const) {
    test.each([undefined, "weur", "enam", "nowhere"])(
      `equal a second computation over the same rows: ${window}, from %s`,
      async (location) => {
        const names = await known();
        const { runs, results } = mixed(names);
        await reset(runs, results);
        const answer = await read(window, location === undefined ? {} : { at_location: location });
        const expected = expectedOverview(results, names, { asOf: AS_OF, window, location });
        expect(answer.location).toBe(expected.location);
        expect(answer.locations).toEqual(expected.locations);
        expect(answer.prompt_version).toBe(expected.promptVersion);
        const measured = answer.endpoints.filter(
          ({ figures }) => figures.attempts + figures.probe_failures > 0,
        );
        expect(measured.map((e) => `${e.provider} ${e.model}`)).toEqual(
          expected.endpoints.map((e) => `${e.provider} ${e.model}`),
        );
        if (location !== "nowhere") expect(expected.endpoints.length).toBeGreaterThan(3);
        expected.endpoints.forEach((endpoint, index) => {
          for (const [name, value] of Object.entries(endpoint))
            close(figureOf(measured[index], name), value, name);
        });
        expect(answer.providers.map((p) => p.provider)).toEqual(expected.providers.map((p) => p.provider));
        expected.providers.forEach((provider, index) => {
          for (const [name, value] of Object.entries(provider))
            close(figureOf(answer.providers[index], name), value, name);
        });
      },
    );
  }
});

function figureOf(entry: unknown, name: string): unknown {
  return (entry as Record<string, unknown> | undefined)?.[name];
}

/** Equal, but for the last digits of a sum taken in another order. */
function close(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === "number") {
    expect(actual, path).toBeTypeOf("number");
    expect(Math.abs(Number(actual) - expected), `${path}: ${actual} against ${expected}`).toBeLessThanOrEqual(
      Math.max(1e-9, Math.abs(expected) * 1e-9),
    );
  } else if (Array.isArray(expected)) {
    expect((actual as unknown[]).length, path).toBe(expected.length);
    for (const [index, value] of expected.entries())
      close((actual as unknown[])[index], value, `${path}[${index}]`);
  } else if (typeof expected === "object" && expected !== null) {
    for (const [name, value] of Object.entries(expected)) {
      close(figureOf(actual, name), value, `${path}.${name}`);
    }
  } else {
    expect(actual, path).toEqual(expected);
  }
}

test("whose failure a result is, the function and the figures judge alike", async () => {
  const one = run({ started_at: ago(30) });
  const kinds = [
    null,
    "network",
    "timeout",
    "server_error",
    "stream_error",
    "stream_truncated",
    "empty_response",
  ]
    .concat([
      "bad_response",
      "rate_limited",
      "no_answer",
      "auth",
      "quota",
      "model_not_found",
      "invalid_request",
    ])
    .concat(["interrupted", "probe_fault"]);
  const cases = kinds.flatMap((error_kind) =>
    [null, 200, 400, 404, 408, 429, 499, 500, 503].map((status_code) => ({
      error_kind,
      status_code,
      success: false,
    })),
  );
  await reset(
    [one],
    cases.map((each, index) =>
      failure("timeout", {
        ...each,
        run_id: one.id,
        created_at: ago(30),
        provider: "blame",
        model: `m${index}`,
      }),
    ),
  );
  const { endpoints } = await read();
  for (const [index, each] of cases.entries()) {
    const { figures } = endpoints.find((e) => e.provider === "blame" && e.model === `m${index}`) ?? {};
    const expected = blame(each);
    expect([figures?.probe_failures, figures?.provider_failures], JSON.stringify(each)).toEqual([
      expected === "probe" ? 1 : 0,
      expected === "provider" ? 1 : 0,
    ]);
    const { rows } = await supabase.sql.query("select internal.owner_of($1, $2, false) as owner", [
      each.error_kind,
      each.status_code,
    ]);
    expect(rows[0].owner, JSON.stringify(each)).toBe(expected);
  }
});

describe("an endpoint at the edge", () => {
  const one = run({ started_at: ago(30) });
  const at = { run_id: one.id, created_at: ago(30), provider: "edge", model: "m" };
  async function endpoint(results: readonly SeedResult[], window = "24h") {
    await reset([one], results);
    const { endpoints } = await read(window);
    return endpoints.find((e) => e.provider === "edge");
  }
  async function figures(results: readonly SeedResult[]) {
    return (await endpoint(results))?.figures;
  }

  test("with one result has medians, and neither variation nor percentiles further out", async () => {
    expect(await figures([result({ ...at, ttft_ms: 321, total_latency_ms: 900 })])).toMatchObject({
      attempts: 1,
      success_rate: 1,
      uptime: 1,
      ttft: { n: 1, p50: 321, p95: null },
      latency: { n: 1, p50: 900, p95: null, p99: null },
      stability: { n: 1, latency_stddev: null, ttft_stddev: null },
    });
  });

  test("with only failures has rates and no speeds, no cost, no value", async () => {
    expect(await figures([failure("server_error", at), failure("auth", at)])).toMatchObject({
      attempts: 2,
      successes: 0,
      success_rate: 0,
      error_rate: 1,
      uptime: 0,
      ttft: { n: 0, p50: null, p95: null },
      tps: { n: 0, p50: null },
      cost: { n: 0, per_request: null, per_million: null },
      value: { n: 0, tps: null, cost: null, tokens: null },
    });
  });

  test("whose every failure was the probe's counts no attempt and has no rate", async () => {
    expect(await figures([failure("interrupted", at)])).toMatchObject({
      attempts: 0,
      probe_failures: 1,
      success_rate: null,
      error_rate: null,
      uptime: null,
    });
  });

  test("without a known price has no cost figure, and a price of nothing is no unknown price", async () => {
    expect((await figures([result({ ...at, cost_usd: 0, cost_source: "unknown" })]))?.cost).toEqual({
      n: 0,
      per_request: null,
      per_million: null,
    });
    expect((await figures([result({ ...at, cost_usd: 0, cost_source: "price" })]))?.cost).toEqual({
      n: 1,
      per_request: 0,
      per_million: 0,
    });
  });

  test("whose answers lack a first token keeps its other figures", async () => {
    expect(await figures([result({ ...at, ttft_ms: null, tps: null })])).toMatchObject({
      successes: 1,
      ttft: { n: 0, p50: null },
      latency: { n: 1 },
      value: { n: 0 },
    });
  });

  test.each([
    [[400], 400],
    [[400, 100], 250],
    [[400, 100, 900], 400],
    [[400, 100, 900, 300], 350],
    [[400, 100, 900, 300, 500], 400],
    [[400, 100, 900, 300, 500, 700], 450],
    // Far apart, as an answer after half a minute is from the others.
    [[0.1, 0.2, 29_999.7, 0.3], 0.25],
  ])("has the median of an hour's answers in its trend, however many: %j", async (values, median) => {
    const answers = values.map((ttft_ms, index) =>
      result({ ...at, created_at: ago(30 + index), ttft_ms, tps: ttft_ms / 10 }),
    );
    const { ttft, tps } = (await endpoint([...answers, failure("timeout", at)]))?.trend ?? {};
    expect(ttft).toEqual([expect.closeTo(median, 9)]);
    expect(tps).toEqual([expect.closeTo(median / 10, 9)]);
  });

  test("shows p95 from 20 results and p99 from 100 on, not one sooner", async () => {
    const many = (count: number) => Array.from({ length: count }, () => result(at));
    expect((await figures(many(19)))?.ttft.p95).toBeNull();
    expect((await figures(many(20)))?.ttft.p95).toBe(400);
    expect((await figures(many(99)))?.latency.p99).toBeNull();
    expect((await figures(many(100)))?.latency.p99).toBe(2_400);
  });

  test("shows no simulated result once it has a real one, however old", async () => {
    const old = run({ started_at: ago(60 * 24 * 300) });
    await reset(
      [one, old],
      [
        result({ ...at, simulated: true }),
        result({ ...at, run_id: old.id, created_at: ago(60 * 24 * 300), location: "weur" }),
      ],
    );
    const { endpoints } = await read();
    expect(endpoints.some((e) => e.provider === "edge")).toBe(false);
  });
});

describe("a run that found no provider", () => {
  const one = run({ started_at: ago(30) });
  const at = { run_id: one.id, created_at: ago(30) };
  const attempts = async () => (await read()).endpoints.reduce((sum, e) => sum + e.figures.attempts, 0);

  test("counts against nobody when there were two and every one was out of reach", async () => {
    await reset([one], [failure("network", at), failure("network", { ...at, provider: "groq", model: "x" })]);
    expect(await attempts()).toBe(0);
  });

  test("counts against a provider asked alone, though with two models", async () => {
    await reset([one], [failure("network", at), failure("network", { ...at, model: "gpt-5" })]);
    expect(await attempts()).toBe(2);
  });

  test("counts when any provider answered at all", async () => {
    await reset([one], [failure("network", at), failure("auth", { ...at, provider: "groq", model: "x" })]);
    expect(await attempts()).toBe(2);
  });
});

describe("what stands beside the figures", () => {
  test("an empty database answers with the models that are measured and with retired ones that have a successor", async () => {
    await reset([], []);
    const answer = await read();
    expect(answer).toMatchObject({ newest_result_at: null, last_run: null, location: null, locations: [] });
    const names = answer.endpoints.map((e) => `${e.provider}/${e.model}`);
    expect(names).toContain("openai/gpt-4o-mini");
    expect(answer.endpoints.find((e) => e.model === "llama-3.1-8b-instant")).toMatchObject({
      active: false,
      successor: "openai/gpt-oss-20b",
      figures: { attempts: 0 },
    });
  });

  test("the last run comes with its results counted, the newest result with its time", async () => {
    const early = run({ started_at: ago(45), finished_at: ago(44), targets: 7 });
    const late = run({ started_at: ago(15), finished_at: null, targets: 7, run_name: "late" });
    await reset([early, late], [result({ run_id: late.id, created_at: ago(14) })]);
    const answer = await read();
    expect(answer.last_run).toMatchObject({ run_name: "late", finished_at: null, targets: 7, results: 1 });
    expect(Date.parse(answer.newest_result_at ?? "")).toBe(Date.parse(ago(14)));
  });

  test("an unknown window is refused with the ones there are", async () => {
    const { error, status } = await supabase.anon.rpc("dashboard_endpoints", { time_window: "2d" });
    expect(status).toBe(400);
    expect(error?.message).toBe("time_window must be 1h, 24h, 7d or 30d");
  });

  test("more endpoints than PostgREST returns rows come back whole", async () => {
    const one = run({ started_at: ago(30) });
    await reset(
      [one],
      Array.from({ length: 1_200 }, (_, index) =>
        result({ run_id: one.id, created_at: ago(30), provider: "many", model: `m${index}` }),
      ),
    );
    const { endpoints } = await read();
    expect(endpoints.filter((e) => e.provider === "many")).toHaveLength(1_200);
  });
});
