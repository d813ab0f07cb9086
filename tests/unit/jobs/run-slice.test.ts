import { describe, expect, it } from "vitest";
import { FileJournal } from "../../../local/cli/file-journal.ts";
import { readConfig } from "../../../workers/benchmark/config.ts";
import { interruptedRow } from "../../../workers/benchmark/jobs/measure-target.ts";
import { runSlice } from "../../../workers/benchmark/jobs/run-slice.ts";
import type { Target } from "../../../workers/benchmark/jobs/target.ts";
import { createLog } from "../../../workers/benchmark/log.ts";
import { ask, ending } from "../probe/ask.ts";

const GAP_MS = 60_000;
const PATIENCE_MS = 1_000;

const route = { simulated: false, host: "provider.invalid" };

const target = (provider: string, model: string): Target => ({
  provider,
  model,
  providerId: null,
  modelId: null,
  reasoning: false,
  price: null,
});

/** A run over these targets under a clock of its own; `status` is what every provider answers. */
async function run(
  targets: readonly Target[],
  status: number,
  answer: (provider: string) => string = () => ending(null),
) {
  const cutOff = { requestId: "", askedAt: 0, route };
  const requests = await Promise.all(
    targets.map(async (target) => ({
      target,
      ifCutOff: await interruptedRow(target, cutOff, "run", readConfig({ PROBE_LOCATION: "local" })),
    })),
  );
  const counted = new Map<string, number>();
  const spent = () => [...counted.values()].reduce((sum, usd) => sum + usd, 0);
  const spending = {
    setAside: async (id: string, usd: number) => {
      const before = spent();
      counted.set(id, usd);
      return before;
    },
    settle: (id: string, usd: number) => void counted.set(id, usd),
  };
  const journal = new FileJournal("run", null, requests, [], spending);
  const asked: { readonly model: string; readonly atMs: number }[] = [];
  let clock = 1_000_000;
  const settings = { ...readConfig({}).run, rateLimitPatienceMs: PATIENCE_MS };
  return {
    journal,
    spent,
    asked,
    at: (ms: number) => {
      clock = ms;
    },
    slice: () =>
      runSlice(
        journal,
        settings,
        5,
        {
          route: () => route,
          measure: async ({ provider, model }) => {
            asked.push({ model, atMs: clock });
            return ask({ status, reads: [{ atMs: 1, bytes: answer(provider) }] });
          },
          deliver: async () => 1,
          minimumGapMs: (provider) => (provider === "slow" ? GAP_MS : 0),
          now: () => clock,
          newId: () => crypto.randomUUID(),
          log: createLog(() => undefined, []),
        },
        0,
      ),
  };
}

describe("a provider that wants its requests far apart", () => {
  const targets = [target("slow", "a"), target("slow", "b"), target("other", "c")];

  it("is waited for beyond the patience with a refusal, and asked no sooner", async () => {
    const { slice, at, asked, journal } = await run(targets, 200);
    const first = await slice();
    expect(asked.map(({ model }) => model)).toEqual(["a", "c"]);
    expect(first).toMatchObject({ state: "paused", resumeAt: 1_000_000 + GAP_MS });
    at(1_000_000 + GAP_MS - 1);
    expect(await slice()).toMatchObject({ state: "paused" });
    at(1_000_000 + GAP_MS);
    expect(await slice()).toMatchObject({ state: "finished" });
    expect(asked.at(-1)).toEqual({ model: "b", atMs: 1_000_000 + GAP_MS });
    expect(journal.skipped()).toEqual([]);
  });

  it("is one that a refusal's long pause skips, with the true reason", async () => {
    const refused = [target("other", "a"), target("other", "b")];
    const { slice, asked, journal } = await run(refused, 429);
    expect(await slice()).toMatchObject({ state: "finished" });
    expect(asked).toHaveLength(1);
    expect(journal.skipped()).toMatchObject([{ model: "b", reason: "rate_limited" }]);
  });
});

describe("a provider that says it charged what no request can cost", () => {
  it("is asked no more in the run, and the others are", async () => {
    const targets = [target("odd", "a"), target("odd", "b"), target("other", "c")];
    const charged = ending({ prompt_tokens: 500, completion_tokens: 9, cost: 700 });
    const { slice, asked, journal, spent } = await run(targets, 200, (provider) =>
      provider === "odd" ? charged : ending(null),
    );
    expect(await slice()).toMatchObject({ state: "finished" });
    expect(asked.map(({ model }) => model)).toEqual(["a", "c"]);
    expect(journal.skipped()).toMatchObject([{ model: "b", reason: "budget" }]);
    expect(spent()).toBeLessThan(1);
  });
});

describe("a slice", () => {
  it("counts its subrequests and starts no target that may pass their limit", async () => {
    const targets = Array.from({ length: 40 }, (_, i) => target("other", `m${i}`));
    const { slice, asked } = await run(targets, 200);
    const end = await slice();
    // Two for a target and one for its delivery; the last one begins where four could still be delivered.
    expect(asked).toHaveLength(13);
    expect(end).toMatchObject({ state: "paused", subrequests: 39 });
  });
});
