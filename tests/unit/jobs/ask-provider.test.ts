import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../../workers/benchmark/config.ts";
import { AskError, askProvider, type Findings } from "../../../workers/benchmark/jobs/ask-provider.ts";
import { dialectSchema } from "../../../workers/benchmark/providers/stored.ts";
import { type Strictness, type StrictServer, startStrictServer } from "../../support/strict-server.ts";

let server: StrictServer;
beforeAll(async () => {
  server = await startStrictServer();
});
afterAll(() => server.stop());
let waits: number[] = [];
beforeEach(() => {
  waits = [];
});

interface Asked
  extends Partial<{ apiKey: string; models: readonly string[]; budget: number; baseUrl: string }> {
  readonly dialect?: object;
}

async function ask(
  strictness: Strictness,
  { apiKey = "", models = [], budget = 99, baseUrl = server.url, dialect = {} }: Asked = {},
): Promise<Findings> {
  server.behave(strictness);
  let left = budget;
  return askProvider(
    { description: { slug: "lab", name: "Lab", baseUrl, dialect }, apiKey, models },
    {
      config: readConfig({ PROBE_HEADERS_TIMEOUT_MS: "2000", LIST_TIMEOUT_MS: "2000" }),
      fetch: (input, init) => fetch(input, init),
      now: () => performance.now(),
      date: () => new Date(),
      newId: () => randomUUID(),
      wait: async (ms) => {
        waits.push(ms);
      },
      spend: async () => {
        left -= 1;
        if (left < 0) throw new AskError("the budget is reached");
        return () => undefined;
      },
    },
  );
}

const verdicts = ({ trials }: Findings) =>
  Object.fromEntries(trials.map(({ parameter, verdict }) => [parameter, verdict]));

const ALL_TAKEN = {
  max_tokens: "taken",
  temperature: "taken",
  stream_options: "taken",
  reasoning_effort: "taken",
};
const EFFORT = { models: ".", parameters: { reasoning_effort: "low" } };

describe("asking a server", () => {
  it("finds one that takes everything, with four requests", async () => {
    const found = await ask({});
    expect(verdicts(found)).toEqual(ALL_TAKEN);
    expect(found.dialect).toEqual({ includeUsage: true, lowEffort: EFFORT });
    expect(found).toMatchObject({
      requests: 4,
      list: "1 listed, 1 for chat",
      usage: "reported when asked for",
      thoughts: "none seen",
      models: [{ name: "lab-model", reasoning: false, problem: null }],
    });
  });

  it.each<[string, object]>([
    ["max_tokens", { maxTokensAs: "max_completion_tokens", includeUsage: true, lowEffort: EFFORT }],
    ["temperature", { noTemperature: { models: "." }, includeUsage: true, lowEffort: EFFORT }],
    ["stream_options", { lowEffort: EFFORT }],
    ["reasoning_effort", { includeUsage: true }],
  ])("finds one that refuses %s, however it says so", async (refused, dialect) => {
    for (const how of [{}, { status: 422, says: "Extra inputs are not permitted" }, { status: 500 }]) {
      const found = await ask({ refuses: [refused], ...how });
      expect(verdicts(found)[refused]).toBe("refused");
      expect(Object.values(verdicts(found)).filter((verdict) => verdict === "refused")).toHaveLength(1);
      expect(found.dialect).toEqual(dialect);
      // What is stored is what a row may hold.
      expect(dialectSchema.parse(found.dialect)).toEqual(dialect);
    }
  });

  it("finds one that refuses all of it", async () => {
    const refuses = [
      "max_tokens",
      "max_completion_tokens",
      "temperature",
      "stream_options",
      "reasoning_effort",
    ];
    const found = await ask({ refuses });
    expect(found.dialect).toEqual({ maxTokensAs: null, noTemperature: { models: "." } });
    expect(found.usage).toMatch(/^not reported/);
    expect(found.requests).toBe(6);
  });

  it("takes the limit that is kept to, where another is taken and not kept to", async () => {
    const found = await ask({ ignores: ["max_tokens"], usage: "always" });
    expect(verdicts(found)).toMatchObject({ max_tokens: "ignored", max_completion_tokens: "taken" });
    expect(found.dialect.maxTokensAs).toBe("max_completion_tokens");
    const neither = await ask({ ignores: ["max_tokens", "max_completion_tokens"], usage: "always" });
    expect(verdicts(neither)).toMatchObject({ max_tokens: "ignored", max_completion_tokens: "ignored" });
    expect(neither.dialect.maxTokensAs).toBeUndefined();
  });

  it("takes no estimate for a count: an answer that ends at its length is within the limit", async () => {
    expect(verdicts(await ask({ usage: "never" })).max_tokens).toBe("taken");
    expect(verdicts(await ask({ usage: "never", ignores: ["max_tokens"] })).max_tokens).toBe("ignored");
  });

  it("does not ask for usage that comes unasked", async () => {
    const found = await ask({ usage: "always" });
    expect(found.usage).toBe("reported unasked");
    expect(found.dialect.includeUsage).toBeUndefined();
  });

  it.each<["streamed" | "counted", string]>([
    ["streamed", "streamed apart from the answer"],
    ["counted", "counted in the usage, not streamed"],
  ])("sees thoughts that are %s", async (thoughts, words) => {
    const found = await ask({ thoughts });
    expect(found.thoughts).toBe(words);
    expect(found.models).toEqual([{ name: "lab-model", reasoning: true, problem: null }]);
  });

  it("sends the key as the dialect says, and names its lack", async () => {
    await expect(ask({ key: "secret-key-0123" })).rejects.toMatchObject({ wantsKey: true });
    await expect(ask({ key: "secret-key-0123" }, { models: ["lab-model"] })).rejects.toMatchObject({
      wantsKey: true,
    });
    const dialect = { auth: "api-key", headers: { "x-team": "search" } };
    const found = await ask(
      { key: "secret-key-0123", keyHeader: "api-key" },
      { apiKey: "secret-key-0123", dialect },
    );
    expect(found.dialect).toMatchObject(dialect);
    expect(server.headers.at(-1)).toMatchObject({ "api-key": "secret-key-0123", "x-team": "search" });
    expect(server.headers.at(-1)?.authorization).toBeUndefined();
  });

  it("asks for the names of models where its list has none, or several", async () => {
    await expect(ask({ models: null })).rejects.toThrow(/name a model with --model/);
    await expect(ask({ models: ["a", "b"] })).rejects.toThrow(/2 chat models; name .*: a, b$/);
    const found = await ask({ models: null }, { models: ["lab-model"] });
    expect(found.dialect.modelsList).toBeNull();
    expect(found.list).toBe("none: nothing is there (HTTP 404)");
  });

  it("asks further models once, as they will be measured, and says which do not answer", async () => {
    const found = await ask({ models: ["a", "b"] }, { models: ["a", "b", "gone"] });
    expect(found.requests).toBe(6);
    expect(found.models.map(({ name, problem }) => [name, problem === null])).toEqual([
      ["a", true],
      ["b", true],
      ["gone", false],
    ]);
    expect(server.asked.at(-1)).toMatchObject({ model: "gone", max_tokens: 64, temperature: 0 });
  });

  it("tries again once where it may pass, and learns nothing from what does not", async () => {
    const found = await ask({ first: { count: 1, status: 429 } });
    expect(verdicts(found)).toEqual(ALL_TAKEN);
    expect(waits).toHaveLength(1);
    await expect(ask({ first: { count: 2, status: 503 } })).rejects.toThrow(/HTTP 503/);
    await expect(ask({}, { models: ["nobody"] })).rejects.toThrow(/nobody.*does not exist/);
  });

  it("stops where the budget does", async () => {
    await expect(ask({}, { budget: 2 })).rejects.toThrow("the budget is reached");
  });

  it("says in one line that nobody answers", async () => {
    await expect(ask({}, { baseUrl: "http://127.0.0.1:9/v1" })).rejects.toThrow(
      /^127\.0\.0\.1:9 cannot be reached/,
    );
  });
});
