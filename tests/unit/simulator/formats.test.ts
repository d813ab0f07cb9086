import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Simulator, startSimulator } from "../../../local/simulator/index.ts";
import { ask } from "./ask.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ seed: 7, speed: 50, failures: false });
});
afterAll(() => simulator.stop());

const included = { stream_options: { include_usage: true } };

describe("what the simulator puts on the wire", () => {
  it("OpenAI: a first chunk with nothing but the role, usage after the finish in a chunk without choices", async () => {
    const { chunks, done, headers } = await ask(simulator.url, "openai", "gpt-4o-mini", { body: included });

    expect(chunks[0]?.choices?.[0]?.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(chunks.at(-2)?.choices?.[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(chunks.length - 3);
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks[0]?.model).toBe("gpt-4o-mini-2024-07-18");
    expect(done).toBe(true);
    expect(headers.get("openai-processing-ms")).toMatch(/^\d+$/);
    expect(headers.get("x-request-id")).toMatch(/^req_/);
    expect(headers.get("x-ratelimit-reset-requests")).toBe("6ms");
  });

  it("OpenAI: no usage where nobody asked for it", async () => {
    const { chunks } = await ask(simulator.url, "openai", "gpt-4o-mini");
    expect(chunks.some((chunk) => "usage" in chunk)).toBe(false);
    expect(chunks.at(-1)?.choices?.[0]?.finish_reason).toBe("stop");
  });

  it("OpenAI: hidden thinking is billed, not shown, and such a model refuses max_tokens and temperature", async () => {
    const { chunks, reasoning } = await ask(simulator.url, "openai", "gpt-5-nano", {
      body: { ...included, max_completion_tokens: 2_048 },
    });
    const billed = chunks.at(-1)?.usage?.completion_tokens ?? 0;
    expect(reasoning).toBe("");
    expect(billed).toBeGreaterThanOrEqual(chunks.length - 3 + 64);

    for (const body of [{ max_tokens: 512 }, { temperature: 0 }]) {
      const refused = await ask(simulator.url, "openai", "gpt-5-nano", { body });
      expect(refused.status).toBe(400);
      expect(refused.body).toContain("unsupported_parameter");
    }
  });

  it("Groq: three copies of usage with include_usage, and only the one in x_groq without it", async () => {
    const { chunks } = await ask(simulator.url, "groq", "llama-3.1-8b-instant", { body: included });
    const finish = chunks.at(-2);
    expect(chunks[0]?.x_groq?.id).toMatch(/^req_/);
    expect(finish?.x_groq?.usage).toEqual(finish?.usage);
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage).toEqual(finish?.usage);
    expect(finish?.usage).toHaveProperty("queue_time");

    const bare = await ask(simulator.url, "groq", "llama-3.1-8b-instant");
    expect(bare.chunks.at(-1)?.x_groq?.usage?.completion_tokens).toBe(bare.chunks.length - 2);
    expect(bare.chunks.some(({ usage }) => usage != null)).toBe(false);
    expect(bare.done).toBe(true);
  });

  it("Groq: gpt-oss thinks in delta.reasoning before it answers", async () => {
    const { chunks, reasoning, text } = await ask(simulator.url, "groq", "openai/gpt-oss-20b");
    const firstAnswer = chunks.findIndex(({ choices }) => choices?.[0]?.delta.content);
    const lastThought = chunks.findLastIndex(({ choices }) => choices?.[0]?.delta.reasoning);
    expect(lastThought).toBeLessThan(firstAnswer);
    expect(reasoning.length).toBeGreaterThan(50);
    expect(text).not.toContain(reasoning.slice(0, 20));
    expect(chunks.at(-1)?.x_groq?.usage).toHaveProperty("completion_tokens_details");
  });

  it("Together: a token in the very first chunk, choice.text beside it, usage unasked in the finish chunk", async () => {
    const { chunks, done } = await ask(simulator.url, "together", "mistralai/Mixtral-8x7B-Instruct-v0.1");
    const first = chunks[0]?.choices?.[0];
    expect(first?.delta.content).not.toBe("");
    expect(chunks.every(({ choices }) => choices?.[0]?.text === choices?.[0]?.delta.content)).toBe(true);
    expect(chunks.at(-1)?.choices?.[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(chunks.length - 1);
    expect(done).toBe(true);
  });

  it("OpenRouter: comments first, the role in every delta, the finish twice, what it charged in the last", async () => {
    const { chunks, comments, body } = await ask(simulator.url, "openrouter", "openai/gpt-4o-mini");
    expect(body.startsWith(": OPENROUTER PROCESSING\n\n")).toBe(true);
    expect(comments.every((comment) => comment.trim() === "OPENROUTER PROCESSING")).toBe(true);
    expect(chunks.every(({ choices }) => choices?.[0]?.delta.role === "assistant")).toBe(true);
    expect(chunks.every(({ provider }) => provider === "OpenAI" || provider === "Azure")).toBe(true);
    expect(chunks.slice(-2).map(({ choices }) => choices?.[0]?.finish_reason)).toEqual(["stop", "stop"]);
    const usage = chunks.at(-1)?.usage;
    const tokens = chunks.length - 2;
    expect(usage?.completion_tokens).toBe(tokens);
    expect(usage?.cost).toBeCloseTo(((usage?.prompt_tokens ?? 0) * 0.15 + tokens * 0.6) / 1e6, 12);
  });

  it("OpenRouter: thinking is said twice, in reasoning and in reasoning_details", async () => {
    const { chunks } = await ask(simulator.url, "openrouter", "openai/gpt-oss-20b");
    const thoughts = chunks.flatMap(({ choices }) => choices ?? []).filter(({ delta }) => delta.reasoning);
    expect(thoughts.length).toBeGreaterThan(20);
    expect(thoughts.every(({ delta }) => delta.reasoning_details?.[0]?.text === delta.reasoning)).toBe(true);
  });

  it("Anthropic: named events in their order, a ping, both halves of usage", async () => {
    const { events } = await ask(simulator.url, "anthropic", "claude-haiku-4-5", {
      body: { max_tokens: 512 },
    });
    expect(events.slice(0, 3).map(({ event }) => event)).toEqual([
      "message_start",
      "content_block_start",
      "ping",
    ]);
    expect(events.slice(-3).map(({ event }) => event)).toEqual([
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    const output = z.object({ usage: z.object({ output_tokens: z.number() }) });
    const reported = output.parse(JSON.parse(events.at(-2)?.data ?? "")).usage.output_tokens;
    expect(reported).toBe(events.filter(({ event }) => event === "content_block_delta").length);
  });

  it("plays a provider it has no profile of in OpenAI's form, under any model name", async () => {
    const { chunks, status } = await ask(simulator.url, "some-host", "their/model");
    expect(status).toBe(200);
    expect(chunks[0]?.model).toBe("their/model");
    expect((await ask(simulator.url, "some-host", "unknown-model")).status).toBe(404);
  });
});

describe("the simulator's answers", () => {
  it("have three bullets of 40 to 60 words at every provider", async () => {
    const endpoints = [
      ["openai", "gpt-4o-mini"],
      ["groq", "openai/gpt-oss-20b"],
      ["together", "openai/gpt-oss-20b"],
      ["openrouter", "openai/gpt-4o-mini"],
    ] as const;
    for (const [slug, model] of endpoints) {
      const { text } = await ask(simulator.url, slug, model);
      const lines = text.split("\n");
      expect(lines).toHaveLength(3);
      for (const line of lines) {
        expect(line).toMatch(/^- /);
        const words = line.slice(2).split(" ").length;
        expect(words).toBeGreaterThanOrEqual(40);
        expect(words).toBeLessThanOrEqual(60);
      }
    }
  });

  it("keep to the most tokens that are asked for, and say so", async () => {
    const { chunks } = await ask(simulator.url, "openai", "gpt-4o-mini", {
      body: { ...included, max_tokens: 9 },
    });
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(9);
    expect(chunks.at(-2)?.choices?.[0]?.finish_reason).toBe("length");
  });

  it("are the same for the same seed, whatever other endpoints were asked meanwhile", async () => {
    const [one, two, other] = await Promise.all([
      startSimulator({ seed: 3, speed: 100, failures: false }),
      startSimulator({ seed: 3, speed: 100, failures: false }),
      startSimulator({ seed: 4, speed: 100, failures: false }),
    ]);
    try {
      await ask(two.url, "groq", "openai/gpt-oss-20b");
      const texts = async (url: string) => {
        const first = await ask(url, "openai", "gpt-4o-mini");
        const second = await ask(url, "openai", "gpt-4o-mini");
        return first.text + second.text;
      };
      const [a, b, c] = await Promise.all([texts(one.url), texts(two.url), texts(other.url)]);
      expect(b).toBe(a);
      expect(c).not.toBe(a);
    } finally {
      await Promise.all([one.stop(), two.stop(), other.stop()]);
    }
  });
});

describe("the simulator's models lists", () => {
  const list = async (slug: string, key = "simulated"): Promise<unknown> =>
    (await fetch(`${simulator.url}/${slug}/models`, { headers: { authorization: `Bearer ${key}` } })).json();

  it("are a data array at OpenAI and Groq, and Groq says whether a model is active", async () => {
    const data = z.object({ object: z.literal("list"), data: z.array(z.looseObject({ id: z.string() })) });
    expect(data.parse(await list("openai")).data.map(({ id }) => id)).toContain("gpt-4o-mini");
    const groq = data.parse(await list("groq")).data;
    expect(groq[0]).toMatchObject({ id: "llama-3.1-8b-instant", active: true, context_window: 131_072 });
  });

  it("are a bare array at Together, with prices per million in 32-bit floats", async () => {
    const models = z
      .array(z.looseObject({ id: z.string(), pricing: z.looseObject({ output: z.number() }) }))
      .parse(await list("together"));
    expect(models.find(({ id }) => id === "openai/gpt-oss-20b")?.pricing.output).toBe(0.20000000298023224);
  });

  it("have USD-per-token strings at OpenRouter, -1 for a router, 0 for a free model, and need no key", async () => {
    const response = await fetch(`${simulator.url}/openrouter/models`);
    const { data } = z
      .object({
        data: z.array(z.looseObject({ id: z.string(), pricing: z.looseObject({ prompt: z.string() }) })),
      })
      .parse(await response.json());
    const price = (id: string) => data.find((model) => model.id === id)?.pricing.prompt;
    expect(price("openai/gpt-4o-mini")).toBe("0.00000015");
    expect(price("openrouter/auto")).toBe("-1");
    expect(price("meta-llama/llama-3.3-70b-instruct:free")).toBe("0");
  });

  it("need a key elsewhere", async () => {
    expect((await fetch(`${simulator.url}/openai/models`)).status).toBe(401);
    expect((await fetch(`${simulator.url}/together/models`)).status).toBe(401);
  });
});
