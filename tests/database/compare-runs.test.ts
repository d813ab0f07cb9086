import { describe, expect, test } from "vitest";
import { readComparison } from "../../app/data/compare.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { COMPARISON_QUERY } from "../../app/lib/queries.ts";
import { history, PROFILES } from "../e2e/support/history.ts";
import { failure, result, type SeedResult } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { A, AS_OF, B, callComparison, mixedMonth, ofA, ofB, reset, store } from "./compared.ts";

const supabase = useSupabase();
const read = (keys?: readonly string[], extra?: Record<string, string>) =>
  callComparison(supabase, keys, extra);

describe("the runs", () => {
  test("equal what plain loops over the rows make of them", async () => {
    const { runs, results } = await mixedMonth(supabase.sql);
    const answer = await read([A, B], { time_window: "7d", at_location: "enam" });
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
    const { at } = answer.runs;
    const [a, b] = answer.runs.endpoints;
    expect(
      at.map((_, index) => ({
        states: `${a?.states[index]}${b?.states[index]}`,
        ttft: [a?.ttft[index], b?.ttft[index]],
        tps: [a?.tps[index], b?.tps[index]],
        latency: [a?.latency[index], b?.latency[index]],
        cost: [a?.cost[index], b?.cost[index]],
      })),
    ).toEqual(expected);
    expect(at).toEqual([...at].sort((x, y) => x - y));
  });

  test("hold several answers of one run as one, their geometric mean", async () => {
    await store(supabase.sql, [
      (run_id, created_at) => [
        result({ run_id, created_at, ...ofA, ttft_ms: 100 }),
        result({ run_id, created_at, ...ofA, ttft_ms: 400 }),
        failure("server_error", { run_id, created_at, ...ofA }),
        result({ run_id, created_at, ...ofB, ttft_ms: 0, total_latency_ms: 0 }),
        result({ run_id, created_at, ...ofB, ttft_ms: 300, total_latency_ms: 900 }),
      ],
    ]);
    const [a, b] = (await read()).runs.endpoints;
    expect([a?.states, b?.states]).toEqual(["s", "s"]);
    expect(a?.ttft[0]).toBeCloseTo(200, 9);
    expect([b?.ttft[0], b?.latency[0]]).toEqual([0, 0]);
  });

  test("in which only one was asked are there, and those of neither are not", async () => {
    await store(supabase.sql, [
      (run_id, created_at) => [result({ run_id, created_at, ...ofA })],
      (run_id, created_at) => [result({ run_id, created_at, provider: "groq", model: "x" })],
      (run_id, created_at) => [failure("timeout", { run_id, created_at, ...ofB })],
    ]);
    const { runs } = await read();
    expect([runs.endpoints[0]?.states, runs.endpoints[1]?.states]).toEqual(["s-", "-f"]);
  });
});

describe("six endpoints", () => {
  test("stand in the order they are asked for, each run by run as in a comparison of two", async () => {
    await mixedMonth(supabase.sql);
    const strange = "stranger/x/some/model:free";
    const all = await read([B, strange, A], { time_window: "7d", at_location: "enam" });
    const two = await read([A, B], { time_window: "7d", at_location: "enam" });
    expect(all.endpoints.map(({ provider }) => provider)).toEqual(["openrouter", "stranger/x", "openai"]);
    expect([all.endpoints[2], all.endpoints[0]]).toEqual(two.endpoints);
    // Without the runs that asked the third alone, nothing else is there.
    const [b, , a] = all.runs.endpoints;
    const kept = all.runs.at.flatMap((_, index) =>
      a?.states[index] === "-" && b?.states[index] === "-" ? [] : [index],
    );
    expect(kept.length).toBeLessThan(all.runs.at.length);
    for (const [here, there] of [
      [a, two.runs.endpoints[0]],
      [b, two.runs.endpoints[1]],
    ]) {
      for (const name of ["states", "ttft", "latency", "tps", "cost"] as const) {
        expect(
          kept.map((index) => here?.[name][index]),
          name,
        ).toEqual([...(there?.[name] ?? [])]);
      }
    }
    const six = await read([A, B, strange, "groq/openai/gpt-oss-20b", "x/y", "openai/none"]);
    expect(six.endpoints.map(({ known }) => known)).toEqual([true, true, true, true, false, false]);
    expect(new Set(six.runs.endpoints.map(({ states }) => states.length)).size).toBe(1);
  });

  test("over a span stand as over the window of the same time", async () => {
    await mixedMonth(supabase.sql);
    const day = await read([A, B], { at_location: "enam" });
    const span = await read([A, B], {
      at_location: "enam",
      from_at: "2026-10-14T12:00:01Z",
      to_at: "2026-10-15T12:00:01Z",
    });
    const figures = ({ endpoints, runs }: typeof day) => ({
      runs,
      endpoints: endpoints.map(({ trend: _, ...one }) => one),
    });
    expect(day.runs.at.length).toBeGreaterThan(50);
    expect(figures(span)).toEqual(figures(day));
  });

  test("are the most, and one is the least", async () => {
    for (const keys of [[], Array.from({ length: 7 }, (_, index) => `p/${index}`), { a: A }]) {
      const { error, status } = await supabase.anon.rpc("compare_endpoints", {
        endpoints: JSON.stringify(keys),
      });
      expect([status, error?.message]).toEqual([400, "endpoints must be a list of one to six names"]);
    }
  });

  test("have their week's medians beside the window's", async () => {
    await mixedMonth(supabase.sql);
    const [hour, week] = [await read([A], { time_window: "1h" }), await read([A], { time_window: "7d" })];
    const { ttft, answer_ttft } = week.endpoints[0]?.figures ?? {};
    expect(ttft?.n).toBeGreaterThan(0);
    expect(hour.endpoints[0]?.usual).toMatchObject({
      ttft: { n: ttft?.n, p50: ttft?.p50 },
      answer_ttft: { n: answer_ttft?.n, p50: answer_ttft?.p50 },
    });
    expect((await read(["openai/none"])).endpoints[0]?.usual).toBeNull();
  });
});

describe("the comparison of a whole day", () => {
  const query = { ...COMPARISON_QUERY.defaults, with: [A, B] };
  const compare = async (locked: readonly "ttft"[] = []) => {
    const answer = await readComparison(createReader(supabase.url, supabase.anonKey), query, new Set(locked));
    if (!answer.found) throw new Error("both are in the catalogue");
    return answer.comparison;
  };
  const profiles = PROFILES.filter(({ model }) => model.endsWith("gpt-4o-mini"));

  test("names the faster one with an interval that holds the true ratio", async () => {
    const { runs, results } = history({ until: new Date(), hours: 24, simulated: false, profiles });
    await reset(supabase.sql, runs, results, null);
    const { pairs, endpoints, thinks } = await compare();
    const first = pairs[0]?.metrics.find(({ metric }) => metric === "first");
    expect(first?.winner).toBe(0);
    expect(first?.estimate?.low).toBeLessThan(430 / 620);
    expect(first?.estimate?.high).toBeGreaterThan(430 / 620);
    expect(thinks).toBe(false);
    const failures = results.filter((row) => !row.success).length;
    const lost = [...(pairs[0]?.runs ?? "").matchAll(/(\d+) lost because (both)?/g)].map(
      ([, count, both]) => Number(count) * (both === undefined ? 1 : 2),
    );
    expect(lost.reduce((sum, count) => sum + count, 0)).toBe(failures);
    expect(endpoints.map(({ simulated }) => simulated)).toEqual([false, false]);
  });

  test("draws no difference between real and simulated", async () => {
    const { runs, results } = history({ until: new Date(), hours: 24, simulated: false, profiles });
    await reset(
      supabase.sql,
      runs,
      results.map((row) => ({ ...row, simulated: row.provider === "openrouter" })),
      null,
    );
    const { pairs, endpoints, headline } = await compare();
    expect([pairs[0]?.metrics, headline]).toEqual([[], null]);
    expect(endpoints.map(({ simulated }) => simulated)).toEqual([false, true]);
    expect(endpoints[1]?.first?.n).toBeGreaterThan(50);
  });

  test("holds nothing of a locked metric", async () => {
    const { runs, results } = history({ until: new Date(), hours: 24, simulated: false, profiles });
    await reset(supabase.sql, runs, results, null);
    const { pairs, endpoints, plots, standings } = await compare(["ttft"]);
    expect(pairs[0]?.metrics.map(({ metric }) => metric)).toEqual(["latency", "tps", "cost"]);
    expect(endpoints.map(({ first, recent }) => [first, recent])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect([Object.keys(plots), standings.map(({ metric }) => metric)]).toEqual([
      ["latency", "tps", "cost"],
      ["latency", "tps", "cost"],
    ]);
  });
});
