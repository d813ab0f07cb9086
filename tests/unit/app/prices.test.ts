import { describe, expect, it } from "vitest";
import type { PricedEndpoint } from "../../../app/data/prices.server.ts";
import { monthlyCost, searchEndpoints, sortPrices } from "../../../app/lib/prices.ts";
import { PRICES_QUERY, type PriceSort, parseTokens, pricesHref } from "../../../app/lib/prices-query.ts";
import { changeWords, factorWords, sourceWords } from "../../../app/lib/prices-words.ts";

it.each([
  ["10000000", 10_000_000],
  ["10,000,000", 10_000_000],
  ["10 000", 10_000],
  ["1_000", 1_000],
  ["10M", 10_000_000],
  [" 1.5k ", 1_500],
  ["0", 0],
  ["1T", 1e12],
  ["2T", null],
  ["-1", null],
  ["1e9", null],
  ["1,00", null],
  ["", null],
  ["ten", null],
  ["9".repeat(400), null],
])("%j tokens are %j", (text, tokens) => {
  expect(parseTokens(text)).toBe(tokens);
});

it("a month costs its tokens at their prices, cached ones at theirs where there is one", () => {
  const usage = { input: 3_000_000, output: 1_000_000, cachedPercent: 50 };
  expect(monthlyCost({ input: 2, output: 10, cached: 0.5 }, usage)).toBeCloseTo(1.5 * 2 + 1.5 * 0.5 + 10, 12);
  expect(monthlyCost({ input: 2, output: 10, cached: null }, usage)).toBeCloseTo(16, 12);
  expect(monthlyCost({ input: 0, output: 0, cached: 0 }, usage)).toBe(0);
});

describe("the list", () => {
  const endpoint = (model: string, input: number | null): PricedEndpoint => ({
    provider: "p",
    provider_name: "Provider",
    kind: "direct",
    model,
    active: true,
    available: true,
    retired_at: null,
    successor: null,
    prices: 1,
    held: null,
    history: input === null ? [] : [{ input, output: 0, cached: null, since: "", source: "" }],
  });

  it("is cheapest first, free before all, unknown last and by name", () => {
    const list = [
      endpoint("dear", 9),
      endpoint("b-unknown", null),
      endpoint("free", 0),
      endpoint("a-unknown", null),
    ];
    const usage = { input: 1_000_000, output: 0, cachedPercent: 0 };
    const costed = list.map((one, index) => ({
      ...one,
      monthly: one.history[0] === undefined ? null : monthlyCost(one.history[0], usage),
      speed: { ttft: 100 * (index + 1), tps: index === 0 ? null : 10 * index },
    }));
    const order = (...by: readonly [PriceSort, "best" | "worst"]) =>
      sortPrices(costed, ...by).map(({ model }) => model);
    expect(order("monthly", "best")).toEqual(["free", "dear", "a-unknown", "b-unknown"]);
    expect(order("monthly", "worst")).toEqual(["dear", "free", "a-unknown", "b-unknown"]);
    expect(order("ttft", "best")).toEqual(["dear", "b-unknown", "free", "a-unknown"]);
    expect(order("tps", "best")).toEqual(["a-unknown", "free", "b-unknown", "dear"]);
    expect(order("name", "worst")).toEqual(["free", "dear", "b-unknown", "a-unknown"]);
  });

  it("is searched by every word of provider and model", () => {
    const list = [endpoint("openai/gpt-oss", 1), endpoint("gpt-4o", 1)];
    expect(searchEndpoints(list, " PROVIDER oss").map(({ model }) => model)).toEqual(["openai/gpt-oss"]);
    expect(searchEndpoints(list, "").length).toBe(2);
  });
});

it("the address has one form, and keeps what could not be read with the line that says so", () => {
  const read = (text: string) => PRICES_QUERY.parse(new URLSearchParams(text));
  expect(pricesHref(read("out=2,000,000&in=10M&q=&page=1&cached=0"))).toBe("/prices");
  expect(pricesHref(read("page=2&q=a&show=all&out=5&in=7&cached=12.5%25"))).toBe(
    "/prices?in=7&out=5&cached=12.5&show=all&q=a&page=2",
  );
  const broken = read("in=lots&cached=101");
  expect([broken.in, broken.out, broken.cached].map(({ problem }) => problem !== null)).toEqual([
    true,
    false,
    true,
  ]);
  expect(pricesHref(broken)).toBe("/prices?in=lots&cached=101");
});

it("changes, jumps and sources have words", () => {
  expect([
    changeWords(0.2),
    changeWords(-1 / 3),
    changeWords(null),
    changeWords(0),
    changeWords(0.0001),
  ]).toEqual(["+20%", "-33.3%", "from free", "no change", "under +0.1%"]);
  expect([factorWords(12), factorWords(1 / 15), factorWords(0), factorWords(null)]).toEqual([
    "12 times as much",
    "1/15 as much",
    "now free",
    "previously free",
  ]);
  expect([sourceWords("https://www.a.example/x?y"), sourceWords("manual"), sourceWords("a feed")]).toEqual([
    "a.example",
    "manual entry",
    "a feed",
  ]);
});
