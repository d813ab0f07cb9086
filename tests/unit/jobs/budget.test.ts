import { describe, expect, it } from "vitest";
import { settledUsd, worstCaseUsd } from "../../../workers/benchmark/jobs/budget.ts";
import type { Target } from "../../../workers/benchmark/jobs/target.ts";
import { ask, ending, probeRequest, provider, wordReads } from "../probe/ask.ts";

const PRICE = { input: 1, output: 1, cachedInput: null };
const RESERVED = 0.0018;
const USAGE = { prompt_tokens: 500, completion_tokens: 100, total_tokens: 600 };
const WORDS = ["The", " sea", " is", " calm"];

const target = (slug: string): Target => ({
  provider: slug,
  model: "some-model",
  providerId: null,
  modelId: null,
  reasoning: false,
  price: PRICE,
});

/** What the ledger counts for a request that was answered in this way. */
async function counted(answer: Parameters<typeof ask>[0], changes: Parameters<typeof ask>[1] = {}) {
  const { row, usageReported } = await ask(answer, { price: PRICE, ...changes });
  return { usd: settledUsd(row, usageReported, RESERVED, [target("openai")]), row };
}

describe("the worst case of a request", () => {
  it("is its tokens at their price, and the fee for a request where the provider takes one", () => {
    expect(worstCaseUsd(target("openai"), [])).toBeCloseTo(1_800 / 1e6, 12);
    const fee = provider("perplexity").requestFeeUsd;
    expect(fee).toBeGreaterThanOrEqual(0.005);
    expect(worstCaseUsd(target("perplexity"), [])).toBeCloseTo(1_800 / 1e6 + fee, 12);
  });
});

describe("what is counted for a finished request", () => {
  it("is its cost when the provider has counted its tokens", async () => {
    const { usd } = await counted({
      reads: [...wordReads(WORDS, 100, 50), { atMs: 400, bytes: ending(USAGE) }],
    });
    expect(usd).toBeCloseTo(600 / 1e6, 12);
  });

  it("is its worst case when it was answered and nobody counted", async () => {
    const { usd, row } = await counted({
      reads: [...wordReads(WORDS, 100, 50), { atMs: 400, bytes: ending(null) }],
    });
    expect(row.success).toBe(true);
    expect(usd).toBe(RESERVED);
  });

  it("is its worst case when a 200 held no answer, or broke off", async () => {
    expect((await counted({ reads: [{ atMs: 10, bytes: "<html>Busy</html>" }] })).usd).toBe(RESERVED);
    expect((await counted({ reads: wordReads(WORDS, 100, 50), breaksOff: true })).usd).toBe(RESERVED);
  });

  it("is more than its worst case when what came is more", async () => {
    const words = Array.from({ length: 3_000 }, () => " word");
    const long = await counted({ reads: wordReads(words, 1, 1) });
    expect(long.row.cost_usd).toBeGreaterThan(RESERVED);
    expect(long.usd).toBe(long.row.cost_usd);
  });

  it("is its worst case when a deadline passed before an answer came", async () => {
    const deadlines = { ...probeRequest().deadlines, headersMs: 20 };
    const { usd, row } = await counted({ reads: [], headersAtMs: 1_000 }, { deadlines });
    expect(row).toMatchObject({ error_kind: "timeout", status_code: null });
    expect(usd).toBe(RESERVED);
  });

  it("is nothing when it was refused or never arrived", async () => {
    for (const status of [302, 400, 408, 429, 500]) {
      expect((await counted({ status, reads: [{ atMs: 10, bytes: "{}" }] })).usd).toBe(0);
    }
    const network = { ...(await ask({ reads: [] })).row, status_code: null, error_kind: "network" };
    expect(settledUsd(network, false, RESERVED, [])).toBe(0);
  });

  it("is nothing when the simulator answered", async () => {
    expect((await counted({ reads: wordReads(WORDS, 100, 50) }, { simulated: true })).usd).toBe(0);
  });

  it("has the fee for a request, unless the provider's own cost holds it", async () => {
    const changes = { provider: provider("perplexity") };
    const fee = changes.provider.requestFeeUsd;
    const reads = (usage: object) => [...wordReads(WORDS, 100, 50), { atMs: 400, bytes: ending(usage) }];
    expect((await counted({ reads: reads(USAGE) }, changes)).usd).toBeCloseTo(600 / 1e6 + fee, 12);
    const charged = { ...USAGE, cost: { total_cost: 0.0061 } };
    expect((await counted({ reads: reads(charged) }, changes)).usd).toBe(0.0061);
  });
});
