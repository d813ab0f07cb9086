import { describe, expect, it } from "vitest";
import { nextStep, type QueueItem } from "../../../workers/benchmark/jobs/queue.ts";

const item = (position: number, provider: string, state: QueueItem["state"] = "pending"): QueueItem => ({
  position,
  state,
  target: { provider, model: `m${position}`, providerId: null, modelId: null, reasoning: false, price: null },
});

const within = (ms: number) => () => ms;

describe("what a run does next", () => {
  it("asks the first pending target", () => {
    const step = nextStep([item(0, "a", "done"), item(1, "b"), item(2, "a")], new Map(), 1_000, within(500));
    expect(step).toMatchObject({ do: "measure", item: { position: 1 } });
  });

  it("passes over a provider on hold, so that its targets come last", () => {
    const queue = [item(0, "a"), item(1, "b")];
    expect(nextStep(queue, new Map([["a", 2_000]]), 1_000, within(5_000))).toMatchObject({
      do: "measure",
      item: { position: 1 },
    });
  });

  it("waits for a hold that ends within its patience when nothing else is left", () => {
    const holds = new Map([
      ["a", 3_000],
      ["b", 2_000],
    ]);
    expect(nextStep([item(0, "a"), item(1, "b")], holds, 1_000, within(5_000))).toEqual({
      do: "wait",
      until: 2_000,
    });
  });

  it("skips what is held beyond its patience and keeps the rest", () => {
    const holds = new Map([
      ["a", 60_000],
      ["b", 2_000],
    ]);
    const step = nextStep([item(0, "a"), item(1, "b"), item(2, "a")], holds, 1_000, within(5_000));
    expect(step.do === "skip" && step.items.map((i) => i.position)).toEqual([0, 2]);
  });

  it("asks again as soon as the hold is over", () => {
    expect(nextStep([item(0, "a")], new Map([["a", 1_000]]), 1_000, within(0))).toMatchObject({
      do: "measure",
    });
  });

  it("ends when nothing is pending", () => {
    expect(nextStep([item(0, "a", "done"), item(1, "a", "skipped")], new Map(), 0, within(0))).toEqual({
      do: "end",
    });
    expect(nextStep([], new Map(), 0, within(0))).toEqual({ do: "end" });
  });
});
