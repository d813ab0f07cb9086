import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Measurement } from "../../../workers/benchmark/probe/types.ts";
import { ask, provider } from "./ask.ts";
import { byteByByte } from "./framing.ts";

/*
 * One stream in each provider's own shape. The texts are written for these tests; the shapes are those that
 * the providers document and send.
 */
interface Shape {
  readonly fixture: string;
  readonly slug: string;
  readonly row: Partial<Measurement>;
  readonly reasoning?: string;
  /** Whole fixtures are read in one arrival; the events before the first token are counted here. */
  readonly firstTokenEvent: number;
}

const ANSWER = "High tide at six.";

const SHAPES: readonly Shape[] = [
  {
    fixture: "openai",
    slug: "openai",
    firstTokenEvent: 1,
    row: { response_text: ANSWER, input_tokens: 31, output_tokens: 5, reasoning_tokens: 0, cached_tokens: 0 },
  },
  {
    fixture: "openai-hidden-thinking",
    slug: "openai",
    firstTokenEvent: 1,
    row: { response_text: ANSWER, output_tokens: 197, reasoning_tokens: 192 },
  },
  {
    fixture: "openai-refusal",
    slug: "openai",
    firstTokenEvent: 1,
    row: { response_text: "I won't help with that.", output_tokens: 6 },
  },
  {
    fixture: "groq-x-groq-only",
    slug: "groq",
    firstTokenEvent: 1,
    row: {
      response_text: ANSWER,
      input_tokens: 31,
      output_tokens: 5,
      provider_timing: { queue_time: 0.021, prompt_time: 0.004, completion_time: 0.009, total_time: 0.013 },
    },
  },
  {
    fixture: "groq-error-event",
    slug: "groq",
    firstTokenEvent: 1,
    reasoning: "Look at the table",
    row: {
      success: false,
      error_kind: "stream_error",
      error_message: "error inside the stream: The harbour closed mid-sentence (generation_failed)",
      response_text: null,
      finish_reason: null,
      tokens_estimated: true,
      output_tokens: 5,
    },
  },
  {
    fixture: "together-think",
    slug: "together",
    firstTokenEvent: 0,
    row: {
      response_text: "<think>\nSix or seven?</think>\n\nSix.",
      output_tokens: 10,
      cached_tokens: 0,
      finish_reason: "eos",
    },
  },
  {
    fixture: "openrouter",
    slug: "openrouter",
    firstTokenEvent: 0,
    reasoning: " Let me see",
    row: {
      response_text: ANSWER,
      output_tokens: 9,
      reasoning_tokens: 4,
      cached_tokens: 4,
      upstream: "Harbour AI",
      cost_usd: 0.0000217,
      cost_source: "provider",
    },
  },
  {
    fixture: "openrouter-own-key",
    slug: "openrouter",
    firstTokenEvent: 0,
    row: { response_text: "Six.", output_tokens: 2, cost_usd: 0.000021, cost_source: "provider" },
  },
  {
    fixture: "anthropic",
    slug: "anthropic",
    firstTokenEvent: 3,
    reasoning: "Look it up",
    row: {
      response_text: ANSWER,
      input_tokens: 31,
      output_tokens: 11,
      cached_tokens: 4,
      finish_reason: "end_turn",
    },
  },
  {
    fixture: "anthropic-overloaded",
    slug: "anthropic",
    firstTokenEvent: 2,
    row: {
      success: false,
      error_kind: "server_error",
      response_text: "High",
      input_tokens: 31,
      // The count of message_start is only a placeholder.
      output_tokens: 1,
      tokens_estimated: true,
      finish_reason: null,
    },
  },
  {
    fixture: "gemini-thinking-outside",
    slug: "gemini",
    firstTokenEvent: 0,
    row: { response_text: ANSWER, output_tokens: 135, reasoning_tokens: 130 },
  },
  {
    fixture: "mistral-parts",
    slug: "mistral",
    firstTokenEvent: 1,
    reasoning: "Look it up",
    row: { response_text: ANSWER, output_tokens: 9, reasoning_tokens: null },
  },
  {
    fixture: "deepseek-keep-alive",
    slug: "deepseek",
    firstTokenEvent: 1,
    reasoning: "Look it up",
    row: { response_text: ANSWER, output_tokens: 9, reasoning_tokens: 4, cached_tokens: 16 },
  },
  {
    fixture: "xai-gap",
    slug: "xai",
    firstTokenEvent: 0,
    row: {
      response_text: ANSWER,
      output_tokens: 133,
      reasoning_tokens: 128,
      cached_tokens: 30,
      cost_usd: 0.00008125,
      cost_source: "provider",
    },
  },
  {
    fixture: "cerebras",
    slug: "cerebras",
    firstTokenEvent: 1,
    reasoning: "Look it up",
    row: {
      response_text: ANSWER,
      output_tokens: 9,
      provider_timing: {
        queue_time: 0.0003,
        prompt_time: 0.0021,
        completion_time: 0.0044,
        total_time: 0.0081,
        created: 1_793_500_000,
      },
    },
  },
  {
    fixture: "fireworks",
    slug: "fireworks",
    firstTokenEvent: 1,
    reasoning: "Look it up",
    row: { response_text: ANSWER, output_tokens: 9 },
  },
  {
    fixture: "deepinfra",
    slug: "deepinfra",
    firstTokenEvent: 1,
    row: { response_text: ANSWER, output_tokens: 5, cost_usd: 0.00000206, cost_source: "provider" },
  },
  {
    fixture: "perplexity-cumulative",
    slug: "perplexity",
    firstTokenEvent: 0,
    row: {
      response_text: ANSWER,
      input_tokens: 31,
      output_tokens: 6,
      cost_usd: 0.005036,
      cost_source: "provider",
    },
  },
];

const bytesOf = (fixture: string): Uint8Array =>
  readFileSync(new URL(`fixtures/${fixture}.sse`, import.meta.url));

/** Events that carry data, one a read, so that a time names an event. */
function eventReads(fixture: string) {
  const parts = Buffer.from(bytesOf(fixture))
    .toString()
    .split(/(?<=\r\n\r\n|\n\n)/);
  const events = parts.filter((part) => /^data:/m.test(part));
  return events.map((bytes, index) => ({ atMs: 100 + index * 10, bytes }));
}

const price = { input: 2, output: 4, cachedInput: 1 };

describe("the shape of", () => {
  for (const { fixture, slug, row: wanted, reasoning, firstTokenEvent } of SHAPES) {
    it(`${fixture} is understood whole and byte by byte`, async () => {
      const bytes = bytesOf(fixture);
      for (const parts of [[bytes], byteByByte(bytes)]) {
        const reads = parts.map((part) => ({ atMs: 50, bytes: part }));
        const { row, pieces } = await ask({ reads }, { provider: provider(slug), price });
        const thoughts = pieces.filter((piece) => piece.kind === "reasoning").map((piece) => piece.text);
        expect(row).toMatchObject({
          provider: slug,
          success: true,
          error_kind: null,
          error_message: null,
          tokens_estimated: false,
          skipped_events: 0,
          cost_source: "price",
          ...(wanted.success === false ? { error_message: row.error_message } : {}),
          ...wanted,
        });
        expect(thoughts.join("")).toBe(reasoning ?? "");
      }
    });

    it(`${fixture} starts its TTFT with the first piece that was generated`, async () => {
      const { row } = await ask({ reads: eventReads(fixture) }, { provider: provider(slug) });
      expect(row.ttft_ms).toBe(100 + firstTokenEvent * 10);
      expect(row.chunk_times_ms?.[0]).toBe(row.ttft_ms);
    });
  }

  it("thoughts inside the content moves only the answer's TTFT", async () => {
    const { row } = await ask({ reads: eventReads("together-think") }, { provider: provider("together") });
    // <think>, a line break, four words, </think>, a line break: the answer is the ninth event.
    expect(row).toMatchObject({ ttft_ms: 100, answer_ttft_ms: 180 });
  });

  it("thoughts beside the content moves only the answer's TTFT", async () => {
    const { row } = await ask({ reads: eventReads("openrouter") }, { provider: provider("openrouter") });
    expect(row).toMatchObject({ ttft_ms: 100, answer_ttft_ms: 120 });
  });

  it("cached tokens are charged at their own price", async () => {
    const { row } = await ask(
      { reads: eventReads("deepseek-keep-alive") },
      { provider: provider("deepseek"), price },
    );
    expect(row.cost_usd).toBeCloseTo((15 * 2 + 16 * 1 + 9 * 4) / 1e6, 15);
    expect(row).toMatchObject({ input_price_per_m: 2, output_price_per_m: 4, cached_input_price_per_m: 1 });
  });
});
