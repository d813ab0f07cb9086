import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ErrorKind, Measurement } from "../../../workers/benchmark/probe/types.ts";
import { ask, chunk, ending, event, KEY, provider, type Read } from "./ask.ts";

/*
 * Kinds of odd streams that servers and gateways send, each with several members. Fixtures are written for these
 * tests; one event is one read, 10 ms apart.
 */
const GAP_MS = 10;
const USAGE = { prompt_tokens: 31, completion_tokens: 9, total_tokens: 40 };
const ANSWER = "High tide comes at six.";
const WORDS = ["High", " tide", " comes", " at", " six."];

const reads = (events: readonly string[]): Read[] =>
  events.map((bytes, index) => ({ atMs: 100 + index * GAP_MS, bytes }));
const played = async (events: readonly string[], slug = "openai") =>
  (await ask({ reads: reads(events) }, { provider: provider(slug) })).row;
const words = () => WORDS.map((content) => chunk({ content }));
const at = (index: number) => 100 + index * GAP_MS;

/** Events of a fixture, blank lines kept with the event before them. */
const fixture = (name: string): string[] =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8").split(/(?<=\n\n)/);

describe("a finish reason", () => {
  const proper = [
    "stop",
    "STOP",
    "eos",
    "end_turn",
    "length",
    "MAX_TOKENS",
    "tool_calls",
    "content_filter",
    "COMPLETE",
  ];
  it.each([...proper, "model_context_window_exceeded", "endTurn"])(
    "%s ends a stream without a closing event",
    async (reason) => {
      expect(await played([...words(), chunk({}, reason)])).toMatchObject({
        success: true,
        finish_reason: reason,
      });
    },
  );

  const broken = [
    "abort",
    "error",
    "network_error",
    "insufficient_system_resource",
    "overloaded_error",
    "timeout",
  ];
  it.each([...broken, "cancelled", "engine_error", "ABORTED", "upstreamFailed", "interrupted"])(
    "%s is a failure, also beside a closing event and as a proxy's second word",
    async (reason) => {
      const kinds: ErrorKind[] = ["stream_error", "server_error"];
      for (const last of [
        chunk({}, reason) + ending(USAGE),
        event({ choices: [{ index: 0, delta: {}, finish_reason: "stop", native_finish_reason: reason }] }) +
          ending(USAGE),
      ]) {
        const row = await played([...words(), last]);
        expect(kinds).toContain(row.error_kind);
        expect(row).toMatchObject({ success: false, response_text: ANSWER, output_tokens: 9 });
        expect(row.error_message).toContain(reason);
      }
    },
  );

  it.each(["null", "None", "", "in_progress"])("%j says nothing yet", async (reason) => {
    const cut = await played(WORDS.map((content) => chunk({ content }, reason)));
    expect(cut).toMatchObject({ error_kind: "stream_truncated", finish_reason: null });
  });

  it("that nobody knows is kept, and judged by what else is there", async () => {
    const odd = chunk({}, "tide_is_out");
    expect(await played([...words(), odd, "data: [DONE]\n\n"])).toMatchObject({
      success: true,
      finish_reason: "tide_is_out",
    });
    expect((await played([...words(), odd, event({ choices: [], usage: USAGE })])).success).toBe(true);
    expect((await played([...words(), odd])).error_kind).toBe("stream_truncated");
  });
});

describe("an error in a stream", () => {
  const shapes: readonly (readonly [name: string, event: string, kind: ErrorKind])[] = [
    ["raw JSON", '{"error":{"code":503,"message":"the model is overloaded"}}', "server_error"],
    ["raw JSON on several lines", '{\n  "error": {\n    "message": "it broke"\n  }\n}\n', "stream_error"],
    ["an error field", 'error: {"code":400,"message":"it broke"}\n\n', "stream_error"],
    ["a list", 'data: [{"error":{"message":"it broke"}}]\n\n', "stream_error"],
    ["base_resp", event({ base_resp: { status_code: 1008, status_msg: "it broke" } }), "quota"],
    [
      "base_resp beside choices",
      event({ choices: null, base_resp: { status_code: 1013, status_msg: "it broke" } }),
      "stream_error",
    ],
    ["code and message", event({ code: 500, message: "it broke" }), "stream_error"],
    [
      "a code in words",
      event({ code: "InvalidParameter", message: "it broke", request_id: "1" }),
      "stream_error",
    ],
    ["error_code and text", event({ text: "it broke", error_code: 50001 }), "stream_error"],
    ["error_code and error_msg", event({ error_code: 336100, error_msg: "it broke" }), "stream_error"],
    ["a failed success", event({ success: false, message: "it broke" }), "stream_error"],
    ["errors", event({ errors: [{ message: "it broke" }] }), "stream_error"],
    [
      "JSON in JSON",
      `data: ${JSON.stringify(JSON.stringify({ error: { message: "it broke" } }))}\n\n`,
      "stream_error",
    ],
    ["text", "data: Error: it broke\n\n", "stream_error"],
    [
      "an error and the end in one event",
      'data: {"error":{"message":"it broke"}}\ndata: [DONE]\n\n',
      "stream_error",
    ],
  ];
  it.each(shapes)("is heard as %s, also after the finish", async (_name, error, kind) => {
    for (const before of [[], words(), [...words(), chunk({}, "stop")]]) {
      const row = await played([": hello\n\n", ...before, error]);
      expect(row).toMatchObject({ success: false, error_kind: kind });
      expect(row.error_message).toMatch(/it broke|overloaded/);
    }
  });

  const hollow = [
    {},
    { error: {} },
    { error: { message: "", code: 0 } },
    { error: [] },
    { errors: [] },
    { code: 200, message: "ok" },
  ];
  it.each([...hollow, { base_resp: { status_code: 0, status_msg: "success" } }, { error: "" }])(
    "is none where its place is empty: %j",
    async (beside) => {
      const events = WORDS.map((content) => chunk({ content }, null, beside));
      expect(await played([...events, ending(USAGE)])).toMatchObject({
        success: true,
        response_text: ANSWER,
        skipped_events: 0,
      });
    },
  );
});

describe("an answer", () => {
  const index = (n: number | null | undefined, content: string) =>
    event({ choices: [{ index: n, delta: { content } }] });
  const framings: readonly (readonly [name: string, events: readonly string[]])[] = [
    ["with an index that counts up", WORDS.map((word, n) => index(n + 1, word))],
    ["without an index", WORDS.map((word) => index(undefined, word))],
    ["with an index of null", WORDS.map((word) => index(null, word))],
    ["with a blank before its data", words().map((line) => ` ${line}`)],
    ["framed twice", words().map((line) => `data: ${line.trimEnd()}\ndata:\n\n`)],
    ["without blank lines", words().map((line) => `${line.trimEnd()}\n`)],
    [
      "in messages",
      WORDS.map((content) => event({ choices: [{ message: { role: "assistant", content } }] })),
    ],
    [
      "in messages that each repeat what was said",
      WORDS.map((_, n) => event({ choices: [{ message: { content: WORDS.slice(0, n + 1).join("") } }] })),
    ],
    ["in content parts", WORDS.map((text) => chunk({ content: [{ type: "text", text }] }))],
    ["in one content part", WORDS.map((text) => chunk({ content: { type: "text", text } }))],
    ["as JSON in JSON", words().map((line) => `data: ${JSON.stringify(line.slice(6).trim())}\n\n`)],
  ];
  it.each(framings)("is read %s, each piece at its time", async (_name, events) => {
    const row = await played([...events, ending(USAGE)]);
    expect(row).toMatchObject({
      success: true,
      response_text: ANSWER,
      ttft_ms: at(0),
      skipped_events: 0,
      output_tokens: 9,
    });
    expect(row.chunk_times_ms).toEqual(WORDS.map((_, n) => at(n)));
  });

  it("is not appended again by a last message that repeats it", async () => {
    const again = event({ choices: [{ message: { content: ANSWER }, finish_reason: "stop" }], usage: USAGE });
    expect((await played([...words(), again])).response_text).toBe(ANSWER);
  });

  it("keeps its numbers", async () => {
    const pieces = ["Pier ", 7, " at ", 6, ".", 30, true].map((content) => chunk({ content }));
    expect((await played([...pieces, ending(USAGE)])).response_text).toBe("Pier 7 at 6.30true");
  });

  it("that was skipped is counted and never the operator's fault", async () => {
    for (const odd of [chunk({ utterance: "High tide" }), "data: {broken\n\n", event({ choices: ["x"] })]) {
      const row = await played([odd, odd, ending({ ...USAGE, completion_tokens: 40 })]);
      expect(row).toMatchObject({ success: false, error_kind: "bad_response", skipped_events: 2 });
    }
  });
});

describe("thoughts", () => {
  const said = (delta: object) => [
    chunk({ role: "assistant" }),
    chunk(delta),
    chunk(delta),
    ...words(),
    ending(USAGE),
  ];
  const places: readonly object[] = [
    { reasoning: "hm" },
    { reasoning_content: "hm" },
    { reasoning_text: "hm" },
    { thinking: "hm" },
    { reasoning_content: { text: "hm" } },
    { reasoning: { content: "hm" } },
    { reasoning: [{ text: "hm" }] },
    { reasoning_details: [{ type: "reasoning.summary", summary: "hm" }] },
    { thinking_blocks: [{ type: "thinking", thinking: "hm" }] },
    { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] },
    { content: [{ type: "reasoning", text: "hm" }] },
    { content_blocks: [{ index: 0, delta: { thinking: "hm" } }] },
    { content: "hm", extra_content: { google: { thought: true } } },
    { reasoning: "hm", reasoning_content: "hm", reasoning_details: [{ text: "hm" }] },
  ];
  for (const slug of ["openai", "deepseek", "groq", "anthropic"]) {
    it.each(places)(`are heard at ${slug} in %j`, async (delta) => {
      const { row, pieces } = await ask({ reads: reads(said(delta)) }, { provider: provider(slug) });
      expect(row).toMatchObject({
        success: true,
        response_text: ANSWER,
        ttft_ms: at(1),
        answer_ttft_ms: at(3),
      });
      expect(pieces.filter(({ kind }) => kind === "reasoning").map(({ text }) => text)).toEqual(["hm", "hm"]);
    });
  }

  const marks: readonly (readonly [open: string, close: string])[] = [
    ["<think>", "</think>"],
    ["<thinking>", "</thinking>"],
    ["<thought>", "</thought>"],
    ["<reasoning>", "</reasoning>"],
    ["[THINK]", "[/THINK]"],
    ["◁think▷", "◁/think▷"],
    ["<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"],
    [
      "<|start|>assistant<|channel|>analysis<|message|>",
      "<|end|><|start|>assistant<|channel|>final<|message|>",
    ],
    ["", "</think>"],
    ["", "[/THINK]"],
    ["analysis", "assistantfinal"],
  ];
  it.each(marks)("between %s and %s in the content move only the answer's TTFT", async (open, close) => {
    for (const cut of [1, 2, 3, 1_000]) {
      const before = `${open}We look it up.${close}`;
      const parts = before.match(new RegExp(`[^]{1,${cut}}`, "gu")) ?? [];
      const events = [...parts, "\n\n", ...WORDS].map((content) => chunk({ content }));
      const row = await played([...events, ending({ ...USAGE, completion_tokens: 40 })]);
      expect(row).toMatchObject({ success: true, ttft_ms: at(0), answer_ttft_ms: at(parts.length + 1) });
    }
  });

  it("are none where an answer speaks of their marks", async () => {
    for (const text of ["Write <think>this</think> tag.", "Use [THINK] and [/THINK] so."]) {
      const row = await played([...text.split(/(?= )/).map((content) => chunk({ content })), ending(USAGE)]);
      expect(row.answer_ttft_ms).toBe(row.ttft_ms);
    }
  });
});

describe("a usage", () => {
  const places: readonly (readonly [name: string, event: string])[] = [
    ["in the choice", event({ choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: USAGE }] })],
    ["as input and output tokens", event({ choices: [], usage: { input_tokens: 31, output_tokens: 9 } })],
    [
      "in llama.cpp's timings",
      event({ choices: [], timings: { cache_n: 20, prompt_n: 11, predicted_n: 9, predicted_ms: 81.5 } }),
    ],
    [
      "in Google's words",
      event({ choices: [], usageMetadata: { promptTokenCount: 31, candidatesTokenCount: 9 } }),
    ],
    ["in Groq's own field", event({ choices: [], x_groq: { usage: USAGE } })],
    [
      "in Amazon's",
      event({
        choices: [],
        "amazon-bedrock-invocationMetrics": { inputTokenCount: 31, outputTokenCount: 9 },
      }),
    ],
    [
      "before statistics",
      event({ choices: [], usage: USAGE }) + event({ choices: [], timings: { prompt_n: 1, predicted_n: 2 } }),
    ],
  ];
  it.each(places)("is found %s", async (_name, last) => {
    const row = await played([...words(), chunk({}, "stop"), last, "data: [DONE]\n\n"]);
    expect(row).toMatchObject({
      input_tokens: 31,
      output_tokens: 9,
      tokens_estimated: false,
      usage_implausible: false,
    });
  });

  it("that is impossible is left aside: flagged, estimated, without a speed, and not believed by the budget", async () => {
    for (const usage of [
      { ...USAGE, completion_tokens: 90_000 },
      { ...USAGE, cost: 400 },
      { ...USAGE, prompt_tokens: 9_000_000 },
    ]) {
      const { row, usageReported } = await ask({ reads: reads([...words(), ending(usage)]) });
      expect(row).toMatchObject({ success: true, usage_implausible: true, tps: null });
      expect(row.cost_usd).toBe(0);
      expect(row.output_tokens).toBeLessThan(20);
      expect(usageReported).toBe(false);
    }
  });
});

describe("what was served", () => {
  it("is stored with the result, and how evenly its tokens came", async () => {
    const beside = {
      id: "chatcmpl-7",
      model: "tide-7b-0901",
      system_fingerprint: "fp_1",
      service_tier: "default",
    };
    const gaps = [0, 10, 20, 30, 250];
    const events = WORDS.map(
      (content, n): Read => ({ atMs: 100 + (gaps[n] ?? 0), bytes: chunk({ content }, null, beside) }),
    );
    const { row } = await ask({ reads: [...events, { atMs: 400, bytes: ending(USAGE) }] });
    expect(row).toMatchObject({
      served_model: "tide-7b-0901",
      system_fingerprint: "fp_1",
      service_tier: "default",
      provider_request_id: "chatcmpl-7",
      longest_gap_ms: 220,
    });
    expect(row.gap_p99_ms).toBeCloseTo(213.7, 6);
    const named = await ask({
      reads: reads([...words(), ending(USAGE)]),
      headers: { "x-request-id": "req_9" },
    });
    expect(named.row).toMatchObject({ served_model: null, provider_request_id: "req_9" });
  });

  it("is read from Anthropic's stream too", async () => {
    const row = await played(fixture("anthropic.sse"), "anthropic");
    expect(row).toMatchObject({
      served_model: expect.stringMatching(/./),
      provider_request_id: expect.stringMatching(/./),
    });
  });
});

describe("a refusal", () => {
  const refused = async (status: number, body: object): Promise<Measurement> =>
    (await ask({ reads: [{ atMs: 5, bytes: JSON.stringify(body) }], status })).row;

  const empty: readonly (readonly [status: number, body: object])[] = [
    [401, { error: { message: "You are out.", code: "insufficient_quota" } }],
    [429, { error: { message: "Your account is not active.", code: "billing_not_active" } }],
    [429, { error: { code: "1113", message: "请充值" } }],
    [429, { type: "error", error: { type: "rate_limit_error", code: 1113, message: "no package" } }],
    [400, { error: { message: "You have reached your specified API usage limits." } }],
    [403, { error: { message: "Key limit exceeded (total limit)", code: 403 } }],
    [403, { code: "Arrearage", message: "Access denied, overdue payment." }],
    [
      412,
      { error: { message: "Account tide is suspended, possibly for reaching the monthly spending limit" } },
    ],
    [429, { error: { message: "You have exceeded your monthly included credits" } }],
    [400, { statusCode: 400, message: "Insufficient balance", error: "Bad Request" }],
  ];
  it.each(empty)("with %i of an empty account is quota: %j", async (status, body) => {
    expect((await refused(status, body)).error_kind).toBe("quota");
  });

  it.each([
    [
      429,
      {
        error: {
          message: "Rate limit reached for requests per min. Add a payment method.",
          code: "rate_limit_exceeded",
        },
      },
    ],
    [429, { error: { message: "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock more." } }],
    [429, { error: { type: "FreeUsageLimitError", message: "Rate limit exceeded. Try again later." } }],
  ])("with %i of a rate limit stays one: %j", async (status, body) => {
    expect((await refused(status, body)).error_kind).toBe("rate_limited");
  });

  it("gives the message that explains it", async () => {
    const row = await refused(400, {
      statusCode: 400,
      message: ["tide-7b not found", "x is missing"],
      error: "Bad Request",
    });
    expect(row.error_message).toContain("tide-7b not found; x is missing");
  });

  it("shows no piece of the key in any spelling", async () => {
    const bytes = Buffer.from(KEY.slice(4, 18));
    const spellings = [
      bytes.toString(),
      bytes.toString("hex"),
      bytes.toString("base64"),
      Buffer.concat([Buffer.from("me:"), bytes]).toString("base64"),
      Array.from(bytes, (byte) => `%${byte.toString(16)}`).join(""),
    ];
    for (const spelling of spellings) {
      const row = await refused(401, { error: { message: `refused: ${spelling} it was` } });
      expect(row.error_message).toContain("[redacted]");
      expect(row.error_message).not.toContain(spelling.slice(4, 16));
    }
  });
});
