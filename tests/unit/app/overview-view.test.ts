import { describe, expect, test } from "vitest";
import type { Overview } from "../../../app/data/overview.server.ts";
import { OVERVIEW_QUERY } from "../../../app/lib/overview-query.ts";
import { type OverviewView, viewOverview } from "../../../app/lib/overview-view.ts";
import { priceSpeedPoints, type ScatterPlot, unpackPoint } from "../../../app/lib/price-speed.ts";
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
    endpoints: endpoints.map((one) => ({ against_usual: null, price: null, ...one })),
    providers: [],
  };
}

const rowsOf = ({ groups }: OverviewView) => groups.flatMap(({ rows }) => rows);
const points = (plot: ScatterPlot | null) => (plot?.points ?? []).map(unpackPoint);

const many = Array.from({ length: 200 }, (_, index) =>
  endpoint({
    model: `m${String(index).padStart(3, "0")}`,
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
    expect(pages.map((page) => rowsOf(page).length)).toEqual([75, 75, 50]);
    expect(pages.flatMap(rowsOf).map(({ model }) => model)).toEqual(many.map(({ model }) => model));
    expect(pages[0]).toMatchObject({ endpoints: 200, attempts: 200 * 96, pages: 3, barsOf: 200 });
  });

  test("is its last page where it has no such page", () => {
    expect(viewOverview(overview(many), { ...OVERVIEW_QUERY.defaults, page: 9 }).page).toBe(3);
    expect(viewOverview(overview([]), { ...OVERVIEW_QUERY.defaults, page: 9 })).toMatchObject({
      page: 1,
      pages: 1,
      groups: [],
    });
  });

  test("is of the provider, the model and the kind asked for, leaders included", () => {
    const view = viewOverview(overview(many), {
      ...OVERVIEW_QUERY.defaults,
      kind: "direct",
      provider: "groq",
      model: "gpt-oss",
    });
    expect(rowsOf(view).map(({ model }) => model)).toEqual(["m001", "m005", "m007"]);
    expect(view.leaders[0]?.endpoint.model).toBe("m001");
    expect(view.choices.providers.map(({ value }) => value)).toEqual(["groq", "openai"]);
    expect(view.choices.models).toContain("gpt-oss");
  });

  test("is limited, searched, grouped and turned round", () => {
    const view = (change: Partial<typeof OVERVIEW_QUERY.defaults>) =>
      viewOverview(overview(many), { ...OVERVIEW_QUERY.defaults, ...change });
    expect(rowsOf(view({ limits: "ttft<103,success>=99" })).map(({ model }) => model)).toEqual([
      "m000",
      "m001",
      "m002",
    ]);
    expect(view({ limits: "cost<=1" }).endpoints).toBe(0);
    expect(rowsOf(view({ search: "GROQ m00" })).map(({ model }) => model)).toEqual([
      "m001",
      "m003",
      "m005",
      "m007",
      "m009",
    ]);
    expect(rowsOf(view({ order: "worst" }))[0]?.model).toBe("m199");
    const grouped = view({ by: "provider" });
    expect(grouped.groups.map(({ title, rows }) => [title, rows.length])).toEqual([["OpenAI", 75]]);
    expect(view({ by: "provider", page: 2 }).groups.map(({ title, rows }) => [title, rows.length])).toEqual([
      ["OpenAI", 25],
      ["Groq", 50],
    ]);
  });

  test("has what a thousand requests cost at the mix of tokens, and who is cheapest by how much", () => {
    const priced = (model: string, input: number, output: number) => ({
      ...endpoint({ model }),
      price: { input, output },
    });
    const view = viewOverview(overview([priced("a", 1, 2), priced("b", 0.5, 4), endpoint({ model: "c" })]), {
      ...OVERVIEW_QUERY.defaults,
      mix: "1000:100",
    });
    expect(rowsOf(view).map(({ cells }) => cells[5])).toEqual(["$1.20", "$0.90", "n/a"]);
    expect(view.leaders[2]).toMatchObject({
      figure: "$0.90",
      second: { figure: "$1.20", distance: "33% more expensive" },
    });
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
    expect(hour.bars.map(({ model }) => model)).toEqual(["m001", "lucky", "m000", "m002"]);
  });

  test("sorts by uptime and by success rate each for itself", () => {
    // Our own lost connections are failures, and nobody's downtime.
    const offline = endpoint({
      model: "offline",
      success_rate: 0.5,
      reliability: { n: 96, uptime: 1, error_rate: 0 },
    });
    const failing = endpoint({
      model: "failing",
      success_rate: 0.9,
      reliability: { n: 96, uptime: 0.9, error_rate: 0.1 },
    });
    const first = (sort: "uptime" | "success") =>
      rowsOf(viewOverview(overview([failing, offline]), { ...OVERVIEW_QUERY.defaults, sort }))[0]?.model;
    expect([first("uptime"), first("success")]).toEqual(["offline", "failing"]);
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
    const [a, b, c, free] = points(plot);
    expect((b?.x ?? 0) - (a?.x ?? 0)).toBeCloseTo((c?.x ?? 0) - (b?.x ?? 0), 3);
    expect((b?.y ?? 0) - (a?.y ?? 0)).toBeCloseTo((c?.y ?? 0) - (b?.y ?? 0), 3);
    for (const { x, y } of points(plot)) {
      expect(Math.min(x, y)).toBeGreaterThan(0);
      expect(Math.max(x, y)).toBeLessThan(1);
    }
    expect(free?.x).toBeLessThan(a?.x ?? 0);
    expect(plot?.priceTicks.length).toBeGreaterThan(1);
  });

  test("draws what has both figures, counts the rest, and nothing where nothing has", () => {
    const plot = priceSpeedPoints([at("a", 1, 10), at("b", null, 10), at("c", 1, null)]);
    expect([points(plot).map(({ model }) => model), plot?.left]).toEqual([["a"], 2]);
    expect(priceSpeedPoints([at("b", null, 10)])).toBeNull();
    expect(priceSpeedPoints([])).toBeNull();
  });

  test("draws the frontier through what nothing beats, and names only where names fit", () => {
    const plot = priceSpeedPoints([
      at("cheap", 0.1, 50),
      at("beaten", 0.2, 40),
      at("middle", 0.5, 200),
      at("dear|and fast", 5, 900),
    ]);
    const best = points(plot).filter(({ x, y }) => plot?.frontier.some(([fx, fy]) => fx === x && fy === y));
    expect(best.map(({ model }) => model)).toEqual(["cheap", "middle", "dear|and fast"]);
    expect(plot?.labels).toHaveLength(4);
    const crowd = priceSpeedPoints(
      Array.from({ length: 40 }, (_, index) => at(`m${index}`, 1 + index / 1_000, 100 + index / 50)),
    );
    expect(crowd?.labels.length).toBeLessThan(6);
  });

  test("has an axis for one point, for free ones alone and for one round value", () => {
    for (const plot of [priceSpeedPoints([at("a", 1, 100)]), priceSpeedPoints([at("a", 0, 100)])]) {
      expect(points(plot).every(({ x, y }) => x > 0 && x < 1 && y > 0 && y < 1)).toBe(true);
      expect(plot?.speedTicks.length).toBeGreaterThan(1);
    }
  });
});

describe("a small trend", () => {
  const since = "2026-11-22T12:00:00Z";
  const until = "2026-11-23T12:00:00Z";
  const spark = (...ttft: (number | null)[]) =>
    drawSpark({ from: Date.parse(since) / 1_000, step: 3_600, ttft }, since, until);

  test("is broken where a bucket has no answer", () => {
    const drawn = spark(100, 200, null, 150);
    expect(drawn?.path).toBe("M4 21l4-18M15 12");
    expect([drawn?.low, drawn?.high]).toEqual([100, 200]);
  });

  test("needs two values, and stays in its box where all are the same", () => {
    expect(spark(1)).toBeNull();
    expect(spark(1, null)).toBeNull();
    expect(drawSpark(null, since, until)).toBeNull();
    expect(spark(5, 5)?.path).toMatch(/^M\d+ 12l\d+ 0$/);
  });
});
