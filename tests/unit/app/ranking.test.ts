import { describe, expect, test } from "vitest";
import { findWinner, rankEndpoints, sortEndpoints } from "../../../app/lib/ranking.ts";
import { endpoint } from "./endpoints.ts";

const slow = endpoint({ model: "slow", ttft: { n: 96, p50: 900, p95: null } });
const fast = endpoint({ model: "fast", ttft: { n: 96, p50: 100, p95: null } });

describe("a title", () => {
  test("goes to the best figure, with the results it rests on", () => {
    expect(findWinner("lowestTtft", [slow, fast], "24h")).toMatchObject({ value: 100, n: 96, tied: 0 });
    expect(
      findWinner(
        "mostConsistent",
        [slow, endpoint({ stability: { n: 12, latency_stddev: 1, ttft_stddev: 1 } })],
        "24h",
      )?.value,
    ).toBe(1);
    expect(
      findWinner("value", [slow, endpoint({ value: { n: 96, score: 999, free: false } })], "24h")?.value,
    ).toBe(999);
    expect(
      findWinner(
        "reliable",
        [endpoint({ reliability: { n: 96, uptime: 0.5, error_rate: 0.5 } }), slow],
        "24h",
      )?.endpoint,
    ).toBe(slow);
  });

  test("needs twelve results, not eleven", () => {
    expect(findWinner("lowestTtft", [endpoint({ ttft: { n: 11, p50: 1, p95: null } })], "24h")).toBeNull();
    expect(findWinner("lowestTtft", [endpoint({ ttft: { n: 12, p50: 1, p95: null } })], "24h")?.value).toBe(
      1,
    );
  });

  test("needs nine successes in ten", () => {
    const answered = (successes: number) => endpoint({ attempts: 1_000, successes });
    expect(findWinner("lowestTtft", [answered(899)], "24h")).toBeNull();
    expect(findWinner("lowestTtft", [answered(900)], "24h")).not.toBeNull();
  });

  test("does not hang on a success rate that is locked", () => {
    const locked = { success_rate: null, reliability: null };
    expect(findWinner("lowestTtft", [endpoint(locked)], "24h")).not.toBeNull();
    expect(
      findWinner("lowestTtft", [endpoint({ ...locked, attempts: 100, successes: 80 })], "24h"),
    ).toBeNull();
  });

  test("is not given in a window of one hour", () => {
    expect(findWinner("lowestTtft", [fast], "1h")).toBeNull();
    expect(findWinner("lowestTtft", [fast], "30d")).not.toBeNull();
  });

  test("is not given for a figure that is missing or locked", () => {
    expect(findWinner("lowestTtft", [endpoint({ ttft: { n: 96, p50: null, p95: null } })], "24h")).toBeNull();
    expect(findWinner("lowestTtft", [endpoint({ ttft: null })], "24h")).toBeNull();
    expect(findWinner("value", [endpoint({ value: null })], "24h")).toBeNull();
    expect(findWinner("reliable", [], "24h")).toBeNull();
  });

  test("goes to no retired endpoint, however fast it still answers", () => {
    const retired = { ...fast, retired_at: "2026-08-16T00:00:00Z" };
    expect(findWinner("lowestTtft", [slow, retired], "24h")?.endpoint).toBe(slow);
    expect(findWinner("lowestTtft", [retired], "24h")).toBeNull();
  });

  test("goes to no simulated endpoint while there is a real one, even one too thin to win", () => {
    const played = { ...fast, simulated: true };
    expect(findWinner("lowestTtft", [slow, played], "24h")?.endpoint).toBe(slow);
    expect(
      findWinner("lowestTtft", [{ ...slow, ttft: { n: 3, p50: 900, p95: null } }, played], "24h"),
    ).toBeNull();
    expect(findWinner("lowestTtft", [played], "24h")?.endpoint).toBe(played);
  });

  test("says how many others share the figure, and prefers the one with more results", () => {
    const equal = { ...fast, model: "equal", ttft: { n: 400, p50: 100, p95: null } };
    expect(findWinner("lowestTtft", [fast, slow, equal], "24h")).toMatchObject({ n: 400, tied: 1 });
  });
});

describe("a board", () => {
  const lucky = endpoint({ model: "lucky", ttft: { n: 11, p50: 1, p95: null } });
  const flaky = endpoint({ model: "flaky", ttft: { n: 96, p50: 2, p95: null }, successes: 48 });
  const gone = endpoint({ model: "gone", retired_at: "2026-08-16T00:00:00Z" });
  const played = endpoint({ model: "a-played", simulated: true });
  const all = [lucky, played, slow, gone, flaky, fast];
  const board = (window: "1h" | "24h", endpoints = all) =>
    rankEndpoints("lowestTtft", endpoints, window).map(({ endpoint: { model }, unranked }) => [
      model,
      unranked,
    ]);

  test("ranks what may be ranked, and after it names the rest and why", () => {
    expect(board("24h")).toEqual([
      ["fast", null],
      ["slow", null],
      ["a-played", "simulated"],
      ["flaky", "too many failures"],
      ["gone", "retired"],
      ["lucky", "too few samples"],
    ]);
  });

  test("has no order but that of the names in the last hour", () => {
    expect(board("1h").map(([model]) => model)).toEqual([
      "a-played",
      "fast",
      "flaky",
      "gone",
      "lucky",
      "slow",
    ]);
    expect(board("1h").every(([, unranked]) => unranked === null)).toBe(true);
  });

  test("begins with the winner of its title", () => {
    for (const title of ["lowestTtft", "mostConsistent", "value", "reliable"] as const) {
      expect(findWinner(title, all, "24h")?.endpoint).toBe(rankEndpoints(title, all, "24h")[0]?.endpoint);
    }
  });

  test("ranks simulated endpoints where there is no real one, and an unknown figure last", () => {
    const silent = endpoint({ model: "a-silent", simulated: true, ttft: { n: 96, p50: null, p95: null } });
    expect(board("24h", [silent, played])).toEqual([
      ["a-played", null],
      ["a-silent", null],
    ]);
  });
});

describe("sorting", () => {
  test("puts the best first and what has no figure last, by name", () => {
    const none = endpoint({ model: "none", ttft: { n: 0, p50: null, p95: null } });
    const locked = endpoint({ model: "locked", ttft: null });
    expect(sortEndpoints([none, slow, locked, fast], "ttft").map(({ model }) => model)).toEqual([
      "fast",
      "slow",
      "locked",
      "none",
    ]);
  });

  test("takes high as best where high is good", () => {
    const quick = endpoint({ model: "quick", tps: { n: 96, p50: 500 } });
    expect(sortEndpoints([slow, quick], "tps")[0]).toBe(quick);
    expect(sortEndpoints([endpoint({ model: "a", success_rate: 0.2 }), slow], "success")[0]).toBe(slow);
  });
});
