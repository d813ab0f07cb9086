import { describe, expect, test } from "vitest";
import type { Overview } from "../../../app/data/overview.server.ts";
import { viewOverview } from "../../../app/lib/overview-view.ts";
import { priceSpeedPoints } from "../../../app/lib/price-speed.ts";
import { OVERVIEW_QUERY } from "../../../app/lib/queries.ts";
import { drawSpark } from "../../../app/lib/spark.ts";
import type { Endpoint } from "../../../app/lib/types.ts";
import { endpoint } from "./endpoints.ts";

function overview(endpoints: readonly Endpoint[]): Overview {
  return {
    as_of: "2026-11-23T12:00:00Z",
    read_at: "2026-11-23T12:00:00Z",
    since: "2026-11-22T12:00:00Z",
    step_s: 3600,
    location: "enam",
    locations: [],
    newest_result_at: "2026-11-23T12:00:00Z",
    stale: false,
    last_run: null,
    endpoints: [...endpoints],
    providers: [],
  };
}

const many = Array.from({ length: 60 }, (_, index) =>
  endpoint({
    model: `m${String(index).padStart(2, "0")}`,
    provider: index % 2 === 0 ? "openai" : "groq",
    provider_name: index % 2 === 0 ? "OpenAI" : "Groq",
    kind: index % 3 === 0 ? "proxy" : "direct",
    family: index < 10 ? "gpt-oss" : null,
    ttft: { n: 96, p50: 100 + index, p95: null },
  }),
);

describe("what one address shows", () => {
  test("is a page of the table, in the order asked for, none twice and none lost", () => {
    const pages = [1, 2, 3].map((page) => viewOverview(overview(many), { ...OVERVIEW_QUERY.defaults, page }));
    expect(pages.map(({ rows }) => rows.length)).toEqual([25, 25, 10]);
    expect(pages.flatMap(({ rows }) => rows.map(({ model }) => model))).toEqual(
      many.map(({ model }) => model),
    );
    expect(pages[0]).toMatchObject({ endpoints: 60, attempts: 60 * 96, pages: 3, barsOf: 60 });
  });

  test("is its last page where it has no such page", () => {
    expect(viewOverview(overview(many), { ...OVERVIEW_QUERY.defaults, page: 9 }).page).toBe(3);
    expect(viewOverview(overview([]), { ...OVERVIEW_QUERY.defaults, page: 9 })).toMatchObject({
      page: 1,
      pages: 1,
      rows: [],
    });
  });

  test("is of the provider, the family and the kind asked for, leaders included", () => {
    const view = viewOverview(overview(many), {
      ...OVERVIEW_QUERY.defaults,
      kind: "direct",
      provider: "groq",
      family: "gpt-oss",
    });
    expect(view.rows.map(({ model }) => model)).toEqual(["m01", "m05", "m07"]);
    expect(view.leaders.lowestTtft?.endpoint.model).toBe("m01");
    expect(view.choices.providers.map(({ value }) => value)).toEqual(["groq", "openai"]);
    expect(view.choices.families.map(({ value }) => value)).toEqual(["gpt-oss"]);
  });

  test("ranks nobody by eleven lucky answers: not among the bars, nor on the boards", () => {
    const lucky = endpoint({
      model: "lucky",
      ttft: { n: 11, p50: 1, p95: null },
      stability: { n: 11, latency_stddev: 1, ttft_stddev: 1 },
      value: { n: 11, score: 99_999, free: false },
    });
    const view = viewOverview(overview([lucky, ...many.slice(0, 3)]), OVERVIEW_QUERY.defaults);
    for (const list of [view.bars, view.consistent, view.value]) {
      expect(list.map(({ model, unranked }) => [model, unranked]).at(-1)).toEqual([
        "lucky",
        "too few samples",
      ]);
    }
    const hour = viewOverview(overview([lucky, ...many.slice(0, 3)]), {
      ...OVERVIEW_QUERY.defaults,
      window: "1h",
    });
    expect(hour.bars.map(({ model }) => model)).toEqual(["m01", "lucky", "m00", "m02"]);
  });

  test("keeps a choice that nothing fits in its list", () => {
    const view = viewOverview(overview(many), { ...OVERVIEW_QUERY.defaults, provider: "nobody" });
    expect(view.endpoints).toBe(0);
    expect(view.choices.providers.map(({ value }) => value)).toContain("nobody");
  });

  test("names who failed, most often first, and nobody who did not", () => {
    const failing = (model: string, error_rate: number | null) =>
      endpoint({ model, reliability: { n: 96, uptime: 1, error_rate } });
    const view = viewOverview(
      overview([failing("a", 0.1), failing("b", 0), failing("c", 0.5), failing("d", null)]),
      OVERVIEW_QUERY.defaults,
    );
    expect(view.failing.map(({ model, rate }) => [model, rate])).toEqual([
      ["c", 0.5],
      ["a", 0.1],
    ]);
  });
});

describe("speed against price", () => {
  const at = (model: string, per_million: number | null, p50: number | null) =>
    endpoint({ model, cost: { n: 1, per_request: 0, per_million }, tps: { n: 1, p50 } });

  test("puts equal ratios at equal distances, everything inside, a free one at the begin", () => {
    const plot = priceSpeedPoints([at("a", 0.1, 10), at("b", 1, 100), at("c", 10, 1_000), at("f", 0, 55)]);
    const [a, b, c, free] = plot?.points ?? [];
    expect((b?.x ?? 0) - (a?.x ?? 0)).toBeCloseTo((c?.x ?? 0) - (b?.x ?? 0), 3);
    expect((b?.y ?? 0) - (a?.y ?? 0)).toBeCloseTo((c?.y ?? 0) - (b?.y ?? 0), 3);
    for (const { x, y } of plot?.points ?? []) {
      expect(Math.min(x, y)).toBeGreaterThan(0);
      expect(Math.max(x, y)).toBeLessThan(1);
    }
    expect(free?.x).toBeLessThan(a?.x ?? 0);
    expect(plot?.priceTicks.length).toBeGreaterThan(1);
  });

  test("draws what has both figures, counts the rest, and nothing where nothing has", () => {
    expect(priceSpeedPoints([at("a", 1, 10), at("b", null, 10), at("c", 1, null)])).toMatchObject({
      points: [{ model: "a" }],
      left: 2,
    });
    expect(priceSpeedPoints([at("b", null, 10)])).toBeNull();
    expect(priceSpeedPoints([])).toBeNull();
  });

  test("has an axis for one point, for free ones alone and for one round value", () => {
    for (const plot of [priceSpeedPoints([at("a", 1, 100)]), priceSpeedPoints([at("a", 0, 100)])]) {
      expect(plot?.points.every(({ x, y }) => x > 0 && x < 1 && y > 0 && y < 1)).toBe(true);
      expect(plot?.speedTicks.length).toBeGreaterThan(1);
    }
  });
});

describe("a small trend", () => {
  const since = "2026-11-22T12:00:00Z";
  const until = "2026-11-23T12:00:00Z";
  const hour = (index: number) => Date.parse(since) + index * 3_600_000;

  test("is broken where a bucket has no answer", () => {
    const spark = drawSpark(
      [
        [hour(0), 100],
        [hour(1), 200],
        [hour(2), null],
        [hour(3), 150],
      ],
      since,
      until,
      3600,
    );
    expect(spark?.path.match(/M/g)).toHaveLength(2);
    expect([spark?.low, spark?.high]).toEqual([100, 200]);
  });

  test("needs two values, and stays in its box where all are the same", () => {
    expect(drawSpark([[hour(0), 1]], since, until, 3600)).toBeNull();
    expect(drawSpark([], since, until, 3600)).toBeNull();
    const flat = drawSpark(
      [
        [hour(0), 5],
        [hour(1), 5],
      ],
      since,
      until,
      3600,
    );
    expect(flat?.end[1]).toBe(12);
  });
});
