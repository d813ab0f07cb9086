import { describe, expect, test } from "vitest";
import { comparisonSchema, readChoices, readComparison } from "../../app/data/compare.server.ts";
import { overviewSchema } from "../../app/data/overview.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { history, PROFILES } from "../e2e/support/history.ts";
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

const AS_OF = "2026-10-15T12:00:00.000Z";
const A = "openai/gpt-4o-mini";
const B = "openrouter/openai/gpt-4o-mini";
// biome-ignore lint/correctness/useHookAtTopLevel: it has nothing to do with React
const supabase = useSupabase();

async function read(a = A, b = B, extra: Record<string, string> = {}) {
  const { data, error } = await supabase.anon.rpc("compare_endpoints", { a, b, ...extra });
  expect(error).toBeNull();
  return comparisonSchema.parse(data);
}

async function reset(runs: readonly SeedRun[], results: readonly SeedResult[], asOf: string | null = AS_OF) {
  await forgetResults(supabase.sql);
  await insert(supabase.sql, runs, results, asOf);
}

function ago(minutes: number): string {
  return new Date(Date.parse(AS_OF) - minutes * 60_000).toISOString();
}

/** One run each, with what a and b did in it, oldest first. */
async function store(turns: readonly ((run_id: string, created_at: string) => SeedResult[])[]) {
  const runs = turns.map((_, index) => run({ started_at: ago(15 * (turns.length - index)) }));
  await reset(
    runs,
    turns.flatMap((turn, index) => turn(runs[index]?.id ?? "", runs[index]?.started_at ?? "")),
  );
}

const ofA = { provider: "openai", model: "gpt-4o-mini" };
const ofB = { provider: "openrouter", model: "openai/gpt-4o-mini" };

/** Every way in which rows name their endpoint, every kind of failure, two places, two prompts, an offline run. */
async function mixedMonth() {
  const { rows: providers } = await supabase.sql.query("select id, slug, name from public.providers");
  const { rows: models } = await supabase.sql.query("select id, provider_id, name from public.models");
  let state = 77;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const kinds = ["server_error", "rate_limited", "auth", "interrupted", "timeout", "network"];
  const runs: SeedRun[] = [];
  const results: SeedResult[] = [];
  for (let index = 0; index < 700; index += 1) {
    const started = ago(index < 300 ? 3 + index * 11 : 3_300 + (index - 300) * 60);
    const location = index % 7 === 0 ? "weur" : "enam";
    const one = run({ started_at: started, location });
    runs.push(one);
    [ofA, ofB, { provider: "stranger/x", model: "some/model:free" }].forEach(({ provider, model }, place) => {
      if (random() < 0.1) return;
      const known = providers.find((row) => row.slug === provider);
      const modelRow = models.find((row) => row.provider_id === known?.id && row.name === model);
      const spelling = index % 3;
      const common = {
        run_id: one.id,
        provider_id: spelling === 0 ? null : (known?.id ?? null),
        model_id: spelling === 0 ? null : (modelRow?.id ?? null),
        provider: spelling === 2 && known ? known.name : provider,
        model: spelling === 1 && modelRow ? null : model,
        created_at: new Date(Date.parse(started) + place * 3_000).toISOString(),
        location,
        simulated: provider === "openai" && index > 500,
        prompt_version: index % 50 === 49 ? null : index > 650 ? "0123456789ab" : "ba9876543210",
      };
      if (index % 41 === 5) results.push(failure("network", common));
      else if (random() < 0.2) {
        results.push(failure(kinds[Math.floor(random() * kinds.length)] ?? "timeout", common));
      } else {
        const ttft = random() < 0.05 ? null : Math.round(100 + random() * 2_500);
        results.push(
          result({
            ...common,
            ttft_ms: ttft,
            answer_ttft_ms: ttft === null || random() < 0.1 ? null : ttft,
            tps: random() < 0.1 ? null : 20 + random() * 400,
            total_latency_ms: Math.round(500 + random() * 4_000),
            cost_usd: index % 5 === 0 ? 0 : random() / 1_000,
            cost_source: index % 5 === 0 ? "unknown" : "price",
          }),
        );
      }
    });
  }
  await reset(runs, results);
  return { runs, results };
}

const SHARED_FIGURES = [
  "attempts",
  "probe_failures",
  "successes",
  "success_rate",
  "simulated",
  "ttft",
  "tps",
] as const;

describe("the figures side by side", () => {
  test.each(["1h", "24h", "7d", "30d"] as const)("are those of the overview: %s", async (time_window) => {
    await mixedMonth();
    for (const at_location of ["enam", "weur", "nowhere"]) {
      const { data } = await supabase.anon.rpc("dashboard_endpoints", {
        time_window,
        at_location,
      });
      const overview = overviewSchema.parse(data);
      for (const [a, b] of [
        [A, B],
        [B, "stranger/x/some/model:free"],
      ] as const) {
        const answer = await read(a, b, { time_window, at_location });
        expect(answer.prompt_version).toBe(overview.prompt_version);
        for (const [side, key] of [
          [answer.a, a],
          [answer.b, b],
        ] as const) {
          const there = overview.endpoints.find(({ provider, model }) => `${provider}/${model}` === key);
          if (there === undefined) {
            expect(side).toMatchObject({ attempts: 0, probe_failures: 0, success_rate: null });
            continue;
          }
          for (const name of SHARED_FIGURES) expect(side[name], `${key} ${name}`).toEqual(there[name]);
          expect(side.answer_ttft).toMatchObject(there.answer_ttft);
          expect(side.latency).toEqual({
            n: there.latency.n,
            p50: there.latency.p50,
            p95: there.latency.p95,
          });
          expect(side.cost.n).toBe(there.cost.n);
          expect(side.cost.per_request ?? 0).toBeCloseTo(there.cost.per_request ?? 0, 12);
          if (at_location === "enam") expect(side.attempts).toBeGreaterThan(0);
        }
      }
    }
  });
});

describe("the runs", () => {
  test("equal what plain loops over the rows make of them", async () => {
    const { runs, results } = await mixedMonth();
    const answer = await read(A, B, { time_window: "7d", at_location: "enam" });
    const offline = new Set(
      runs
        .filter(({ id }) => {
          const rows = results.filter((row) => row.run_id === id);
          return (
            rows.every((row) => row.error_kind === "network") &&
            new Set(rows.map((row) => row.provider_id ?? row.provider)).size >= 2
          );
        })
        .map(({ id }) => id),
    );
    const isOf = (row: SeedResult, slug: string, name: string, model: string) =>
      [slug, name].includes(row.provider ?? "") && (row.model ?? model) === model;
    const expected = [...runs]
      .sort((x, y) => Date.parse(x.started_at) - Date.parse(y.started_at))
      .flatMap(({ id, location }) => {
        if (location !== "enam") return [];
        const pick = (slug: string, name: string, model: string) =>
          results.find(
            (row) =>
              row.run_id === id &&
              isOf(row, slug, name, model) &&
              !row.simulated &&
              Date.parse(row.created_at) > Date.parse(AS_OF) - 7 * 86_400_000 &&
              row.prompt_version !== "0123456789ab",
          );
        const letter = (row: SeedResult | undefined) => {
          if (row === undefined) return "-";
          if (row.success) return "s";
          return offline.has(id) || row.error_kind === "interrupted" ? "p" : "f";
        };
        const [a, b] = [
          pick("openai", "OpenAI", "gpt-4o-mini"),
          pick("openrouter", "OpenRouter", "openai/gpt-4o-mini"),
        ];
        if (a === undefined && b === undefined) return [];
        const ok = (row: SeedResult | undefined) => (row?.success ? row : undefined);
        const price = (row: SeedResult | undefined) =>
          row?.success && (row.cost_source !== "unknown" || row.cost_usd > 0) ? row.cost_usd : null;
        return [
          {
            states: letter(a) + letter(b),
            ttft: [ok(a)?.ttft_ms ?? null, ok(b)?.ttft_ms ?? null],
            tps: [ok(a)?.tps ?? null, ok(b)?.tps ?? null],
            latency: [ok(a)?.total_latency_ms ?? null, ok(b)?.total_latency_ms ?? null],
            cost: [price(a), price(b)],
          },
        ];
      });
    expect(expected.length).toBeGreaterThan(200);
    expect(new Set(expected.map(({ states }) => states)).size).toBeGreaterThan(6);
    const { a, b, at } = answer.runs;
    expect(
      at.map((_, index) => ({
        states: `${a.states[index]}${b.states[index]}`,
        ttft: [a.ttft[index], b.ttft[index]],
        tps: [a.tps[index], b.tps[index]],
        latency: [a.latency[index], b.latency[index]],
        cost: [a.cost[index], b.cost[index]],
      })),
    ).toEqual(expected);
    expect(at).toEqual([...at].sort((x, y) => x - y));
  });

  test("hold several answers of one run as one, their geometric mean", async () => {
    await store([
      (run_id, created_at) => [
        result({ run_id, created_at, ...ofA, ttft_ms: 100 }),
        result({ run_id, created_at, ...ofA, ttft_ms: 400 }),
        failure("server_error", { run_id, created_at, ...ofA }),
        result({ run_id, created_at, ...ofB, ttft_ms: 0, total_latency_ms: 0 }),
        result({ run_id, created_at, ...ofB, ttft_ms: 300, total_latency_ms: 900 }),
      ],
    ]);
    const { a, b } = (await read()).runs;
    expect([a.states, b.states]).toEqual(["s", "s"]);
    expect(a.ttft[0]).toBeCloseTo(200, 9);
    expect([b.ttft[0], b.latency[0]]).toEqual([0, 0]);
  });

  test("in which only one was asked are there, and those of neither are not", async () => {
    await store([
      (run_id, created_at) => [result({ run_id, created_at, ...ofA })],
      (run_id, created_at) => [result({ run_id, created_at, provider: "groq", model: "x" })],
      (run_id, created_at) => [failure("timeout", { run_id, created_at, ...ofB })],
    ]);
    const { runs } = await read();
    expect([runs.a.states, runs.b.states]).toEqual(["s-", "-f"]);
  });
});

describe("where nothing was asked for", () => {
  test("the place is that with most results of all, as on the overview", async () => {
    const other = { provider: "groq", model: "x" };
    await store([
      (run_id, created_at) =>
        [ofA, ofA, ofB, ofB].map((of) => result({ run_id, created_at, ...of, location: "weur" })),
      (run_id, created_at) =>
        [ofA, other, other, other, other].map((of) =>
          result({ run_id, created_at, ...of, location: "enam" }),
        ),
      (run_id, created_at) =>
        Array.from({ length: 9 }, () =>
          result({ run_id, created_at, ...other, location: "apac", prompt_version: "short-1" }),
        ),
    ]);
    const answer = await read();
    const { data } = await supabase.anon.rpc("dashboard_endpoints");
    expect(answer.location).toBe(overviewSchema.parse(data).location);
    expect([answer.location, answer.usual_location]).toEqual(["enam", "enam"]);
    expect(answer.locations).toEqual([
      { location: "enam", results: 1 },
      { location: "weur", results: 4 },
    ]);
    expect(await read(A, B, { at_location: "weur" })).toMatchObject({
      location: "weur",
      usual_location: "enam",
    });
  });
});

describe("an endpoint", () => {
  test("of the catalogue is known without a result, one of neither catalogue nor results is not", async () => {
    await reset([], []);
    const answer = await read(A, "nobody/nothing");
    expect(answer.a).toMatchObject({ known: true, provider_name: "OpenAI", attempts: 0, kind: "direct" });
    expect(answer.b).toMatchObject({ known: false });
    expect(answer.runs.at).toEqual([]);
    for (const key of ["", "/", "openai", "openai/", "/gpt-4o-mini", "%", "a".repeat(2_000)]) {
      expect((await read(A, key)).b.known, key).toBe(false);
    }
  });

  test("of an unknown provider is found by its text, whatever stands in it", async () => {
    const odd = { provider: "<b>x</b>/y", model: "m/1:free' or 1=1 --" };
    await store([
      (run_id, created_at) => [
        result({ run_id, created_at, ...ofA }),
        result({ run_id, created_at, ...odd }),
      ],
    ]);
    const answer = await read(A, `${odd.provider}/${odd.model}`);
    expect(answer.b).toMatchObject({ known: true, ...odd, kind: null, attempts: 1 });
    expect([answer.runs.a.states, answer.runs.b.states]).toEqual(["s", "s"]);
  });

  test("shows no simulated result once it has a real one, however old", async () => {
    const [now, old] = [run({ started_at: ago(30) }), run({ started_at: ago(60 * 24 * 200) })];
    await reset(
      [now, old],
      [
        result({ run_id: now.id, created_at: ago(30), ...ofA, simulated: true }),
        result({ run_id: now.id, created_at: ago(30), ...ofB, simulated: true }),
        result({ run_id: old.id, created_at: ago(60 * 24 * 200), ...ofA }),
      ],
    );
    const answer = await read();
    expect([answer.a.attempts, answer.b.attempts, answer.b.simulated]).toEqual([0, 1, true]);
    expect([answer.runs.a.states, answer.runs.b.states]).toEqual(["-", "s"]);
  });

  test("thinks where its answers come after its first tokens", async () => {
    await store([
      (run_id, created_at) => [
        result({ run_id, created_at, ...ofA, ttft_ms: 300, answer_ttft_ms: 2_000 }),
        result({ run_id, created_at, ...ofB }),
      ],
    ]);
    const answer = await read();
    expect([answer.a.thinks_aloud, answer.b.thinks_aloud]).toEqual([true, false]);
  });
});

test("an unknown window is refused with the ones there are", async () => {
  const { error, status } = await supabase.anon.rpc("compare_endpoints", { a: A, b: B, time_window: "2d" });
  expect([status, error?.message]).toEqual([400, "time_window must be 1h, 24h, 7d or 30d"]);
});

describe("what there is to choose from", () => {
  const reader = () => createReader(supabase.url, supabase.anonKey);

  test("is what is measured, and what was in the last 30 days, once each", async () => {
    await reset([], []);
    const before = await readChoices(reader());
    expect(before.find(({ model }) => model === "gpt-4o-mini")).toMatchObject({
      provider: "openai",
      identity: "gpt-4o-mini",
      active: true,
      newest_at: null,
    });
    expect(before.some(({ model }) => model === "llama-3.1-8b-instant")).toBe(false);
    const now = new Date().toISOString();
    const { rows } = await supabase.sql.query(
      "select m.id, m.provider_id from public.models m where m.name = 'llama-3.1-8b-instant'",
    );
    const one = run({ started_at: now });
    await reset(
      [one],
      [
        result({ run_id: one.id, created_at: now, provider_id: rows[0].provider_id, model_id: rows[0].id }),
        result({ run_id: one.id, created_at: now, ...ofA }),
        result({
          run_id: one.id,
          created_at: now,
          provider: "OpenAI",
          model: "gpt-4o-mini",
          simulated: true,
        }),
        result({ run_id: one.id, created_at: now, provider: "stranger", model: "m" }),
      ],
      null,
    );
    const after = await readChoices(reader());
    expect(after.filter(({ model }) => model === "gpt-4o-mini")).toHaveLength(1);
    expect(after.find(({ model }) => model === "gpt-4o-mini")).toMatchObject({ simulated: false });
    expect(after.find(({ model }) => model === "llama-3.1-8b-instant")).toMatchObject({ active: false });
    expect(after.find(({ provider }) => provider === "stranger")).toMatchObject({
      kind: null,
      identity: null,
    });
    expect(after.length).toBe(before.length + 2);
  });
});

describe("the comparison of a whole day", () => {
  const query = { a: A, b: B, window: "24h", location: null } as const;
  const compare = async (locked: readonly "ttft"[] = []) => {
    const answer = await readComparison(createReader(supabase.url, supabase.anonKey), query, new Set(locked));
    if (!answer.found) throw new Error("both are in the catalogue");
    return answer.comparison;
  };
  const profiles = PROFILES.filter(({ model }) => model.endsWith("gpt-4o-mini"));

  test("names the faster one with an interval that holds the true ratio", async () => {
    const { runs, results } = history({ until: new Date(), hours: 24, simulated: false, profiles });
    await reset(runs, results, null);
    const { differences, a, b, thinks } = await compare();
    const first = differences?.metrics.find(({ metric }) => metric === "first");
    expect(first?.verdict).toBe("a");
    expect(first?.estimate?.low).toBeLessThan(430 / 620);
    expect(first?.estimate?.high).toBeGreaterThan(430 / 620);
    expect(thinks).toBe(false);
    const failures = results.filter((row) => !row.success).length;
    const runsBoth = differences?.runs;
    expect((runsBoth?.lostToA ?? 0) + (runsBoth?.lostToB ?? 0) + 2 * (runsBoth?.lostToBoth ?? 0)).toBe(
      failures,
    );
    expect([a.simulated, b.simulated]).toEqual([false, false]);
  });

  test("draws no difference between real and simulated", async () => {
    const { runs, results } = history({ until: new Date(), hours: 24, simulated: false, profiles });
    await reset(
      runs,
      results.map((row) => ({ ...row, simulated: row.provider === "openrouter" })),
      null,
    );
    const { differences, a, b } = await compare();
    expect(differences).toBeNull();
    expect([a.simulated, b.simulated]).toEqual([false, true]);
    expect(b.first?.n).toBeGreaterThan(50);
  });

  test("holds nothing of a locked metric", async () => {
    const { runs, results } = history({ until: new Date(), hours: 24, simulated: false, profiles });
    await reset(runs, results, null);
    const { differences, a, b } = await compare(["ttft"]);
    expect(differences?.metrics.map(({ metric }) => metric)).toEqual(["latency", "tps", "cost"]);
    expect([a.first, b.first]).toEqual([null, null]);
  });
});
