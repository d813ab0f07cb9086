import { describe, expect, it } from "vitest";
import { drawPlan } from "../../../local/simulator/plan.ts";
import { type ModelProfile, modelProfile, providerProfile } from "../../../local/simulator/profiles.ts";
import { createRandom } from "../../../local/simulator/random.ts";

function profile(slug: string, model: string): ModelProfile {
  const found = modelProfile(providerProfile(slug), model);
  if (found === undefined) throw new Error(`no profile of ${slug} ${model}`);
  return found;
}

function draw(slug: string, model: string, load = 1) {
  const random = createRandom(99);
  const { failureRate } = providerProfile(slug);
  return Array.from({ length: 4_000 }, () => drawPlan(random, profile(slug, model), failureRate, load));
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

describe("the simulator's draws", () => {
  it.each([
    ["openai", "gpt-4o-mini", 450, 72],
    ["groq", "llama-3.1-8b-instant", 150, 740],
    ["together", "mistralai/Mixtral-8x7B-Instruct-v0.1", 350, 128],
    ["openrouter", "openai/gpt-4o-mini", 650, 69],
  ])("%s %s: around %d ms to the first token and %d tokens a second", (slug, model, ttft, tps) => {
    const plans = draw(slug, model);
    expect(median(plans.map((plan) => plan.ttftMs)) / ttft).toBeCloseTo(1, 1);
    expect(median(plans.map((plan) => plan.tps)) / tps).toBeCloseTo(1, 1);
  });

  it("fail about once in a hundred requests, in every way there is", () => {
    const failed = draw("groq", "llama-3.1-8b-instant").filter(({ outcome }) => outcome !== "ok");
    expect(failed.length / 4_000).toBeGreaterThan(0.006);
    expect(failed.length / 4_000).toBeLessThan(0.02);
    expect(new Set(failed.map(({ outcome }) => outcome))).toEqual(
      new Set(["server_error", "rate_limit", "truncate", "stream_error"]),
    );
  });

  it("have slow outliers, and are slower under load", () => {
    const ttft = draw("openai", "gpt-4o-mini").map((plan) => plan.ttftMs);
    expect(Math.max(...ttft)).toBeGreaterThan(1_500);
    expect(median(draw("openai", "gpt-4o-mini", 2).map((plan) => plan.ttftMs))).toBeGreaterThan(
      1.8 * median(ttft),
    );
  });

  it("never put the first token before the headers", () => {
    expect(draw("openrouter", "openai/gpt-oss-20b").every(({ ttfbMs, ttftMs }) => ttfbMs <= ttftMs)).toBe(
      true,
    );
  });
});
