import { describe, expect, it } from "vitest";
import { classifyStatus, classifyStreamError } from "../../../workers/benchmark/probe/errors/classify.ts";
import { readErrorBody, readProviderError } from "../../../workers/benchmark/probe/errors/provider-error.ts";
import type { ErrorKind } from "../../../workers/benchmark/probe/types.ts";
import { ask, chunk, ending, event } from "./ask.ts";

/** A refusal as providers word it; the texts are written for this test. */
const REFUSALS: readonly (readonly [status: number, body: string, kind: ErrorKind, why: string])[] = [
  [301, "", "bad_response", "a redirect is not followed"],
  [304, "", "bad_response", "nothing was asked conditionally"],
  [
    400,
    '{"error":{"message":"Unsupported parameter: \'max_tokens\' with this model."}}',
    "invalid_request",
    "a parameter",
  ],
  [
    400,
    '{"error":{"message":"temperature is not available for this model"}}',
    "invalid_request",
    "a parameter, though it speaks of the model",
  ],
  [
    400,
    '{"error":{"message":"This model allows at most 8192 tokens of context"}}',
    "invalid_request",
    "too long",
  ],
  [
    400,
    '{"code":"invalid-argument","error":"Incorrect API key provided: xa***7"}',
    "auth",
    "xAI answers 400 to a wrong key",
  ],
  [
    400,
    '[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]',
    "auth",
    "Gemini answers 400 to a wrong key",
  ],
  [
    400,
    '{"error":{"message":"The model `old-7b` has been decommissioned","code":"model_decommissioned"}}',
    "model_not_found",
    "retired",
  ],
  [
    400,
    '{"error":{"message":"Unable to access non-serverless model old-7b.","code":"model_not_available"}}',
    "model_not_found",
    "Together lists models it does not serve",
  ],
  [400, '{"error":{"message":"old-7b is not a valid model ID","code":400}}', "model_not_found", "unknown"],
  [
    400,
    '{"object":"error","message":"Invalid model: old-7b","type":"invalid_model","code":"1500"}',
    "model_not_found",
    "unknown",
  ],
  [
    400,
    '{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API"}}',
    "quota",
    "Anthropic answers 400 to an empty account",
  ],
  [
    400,
    '{"error":{"message":"User location is not supported for the API use."}}',
    "probe_fault",
    "we measure from the wrong place",
  ],
  [401, '{"error":{"message":"whatever"}}', "auth", "the status says it"],
  [402, "", "quota", "the status says it"],
  [403, '{"error":{"message":"Forbidden"}}', "auth", "the status says it"],
  [
    403,
    '{"code":"no-credit","error":"Your team has used all available credits"}',
    "quota",
    "the account is empty",
  ],
  [
    403,
    '{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported"}}',
    "probe_fault",
    "we measure from the wrong place",
  ],
  [404, "<html><title>Not Found</title></html>", "model_not_found", "the status says it"],
  [405, "", "invalid_request", "any other 4xx"],
  [408, "", "timeout", "the status says it"],
  [
    413,
    '{"error":{"message":"Request too large on tokens per minute (TPM): Limit 6000"}}',
    "rate_limited",
    "Groq's word for a limit",
  ],
  [413, "", "invalid_request", "the request is too large indeed"],
  [
    422,
    '{"detail":[{"loc":["body"],"msg":"Extra inputs are not permitted"}]}',
    "invalid_request",
    "any other 4xx",
  ],
  [429, "", "rate_limited", "the status says it"],
  [
    429,
    '{"error":{"message":"Rate limit reached for tokens per min. Add a payment method under settings/billing"}}',
    "rate_limited",
    "billing is only advice",
  ],
  [
    429,
    '{"error":{"message":"You exceeded your current quota, please check your plan","code":"insufficient_quota"}}',
    "quota",
    "the account is empty",
  ],
  [
    429,
    '{"error":{"message":"You exceeded your current quota: 15 requests per minute"}}',
    "rate_limited",
    "Gemini words a rate so",
  ],
  [429, '{"error":{"message":"The engine is currently overloaded"}}', "server_error", "an overload"],
  [
    498,
    '{"error":{"code":"capacity_exceeded","message":"Flex tier capacity exceeded"}}',
    "server_error",
    "no capacity",
  ],
  [500, '{"error":{"message":"Invalid API key"}}', "server_error", "a 5xx stays one"],
  [503, '{"error":{"message":"Rate limit reached"}}', "server_error", "a 5xx stays one"],
  [
    529,
    '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    "server_error",
    "Anthropic's own status",
  ],
];

describe("a refused request", () => {
  for (const [status, body, kind, why] of REFUSALS) {
    it(`with ${status} ${body.slice(0, 60)} is ${kind}: ${why}`, () => {
      expect(classifyStatus(status, readErrorBody(body))).toBe(kind);
    });
  }

  it("never goes without a kind, whatever the status", () => {
    for (let status = 300; status < 600; status += 1) {
      expect(classifyStatus(status, readErrorBody("")), String(status)).toBeTruthy();
    }
  });
});

const INSIDE: readonly (readonly [value: object, kind: ErrorKind])[] = [
  [{ error: { message: "Generation stopped", code: 400 } }, "stream_error"],
  [{ error: { message: "Upstream broke", code: 502 } }, "stream_error"],
  [{ error: { message: "slow down", code: 429 } }, "rate_limited"],
  [{ error: { message: "slow down", type: "rate_limit_error" } }, "rate_limited"],
  [{ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "server_error"],
  [{ error: { message: "There is no capacity for this model" } }, "server_error"],
  [{ error: { message: "no money", code: "insufficient_quota" } }, "quota"],
];

describe("an error inside a 200", () => {
  for (const [value, kind] of INSIDE) {
    it(`${JSON.stringify(value)} is ${kind}`, () => {
      const error = readProviderError(value);
      expect(error && classifyStreamError(error)).toBe(kind);
    });
  }

  it("is found in each shape that providers give it", async () => {
    const shapes = [
      event({ error: { message: "it broke" } }),
      event({ error: "it broke" }),
      event({ object: "error", message: "it broke" }),
      event({ choices: [], x_groq: { error: "it broke" } }),
      event({ choices: [{ index: 0, error: { code: 502, message: "it broke" } }] }),
      'event: error\ndata: {"message":"it broke"}\n\n',
      "event: error\ndata: it broke\n\n",
    ];
    for (const shape of shapes) {
      const { row } = await ask({ reads: [{ atMs: 9, bytes: chunk({ content: "partly" }) + shape }] });
      expect(row).toMatchObject({ error_kind: "stream_error", success: false, response_text: "partly" });
      expect(row.error_message).toContain("it broke");
    }
  });

  it("is no error where the field is only empty", async () => {
    const bytes = chunk({ content: "fine" }, null, { error: null }) + ending(null);
    expect((await ask({ reads: [{ atMs: 9, bytes }] })).row.success).toBe(true);
  });

  it("counts from the moment it arrived, and the usage after it is read", async () => {
    const { row } = await ask({
      reads: [
        { atMs: 40, bytes: chunk({ content: "partly" }) },
        { atMs: 70, bytes: event({ error: { message: "it broke" } }) },
        { atMs: 90, bytes: event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } }) },
        { atMs: 95, bytes: "data: [DONE]\n\n" },
      ],
    });
    expect(row).toMatchObject({ error_kind: "stream_error", total_latency_ms: 70, output_tokens: 3 });
  });
});

describe("where several failures hold", () => {
  const broken = event({ error: { message: "it broke" } });
  const reads = (...bytes: string[]) => bytes.map((part, index) => ({ atMs: 10 + index, bytes: part }));

  it("an error inside the stream comes before a lost connection", async () => {
    const { row } = await ask({ reads: reads(chunk({ content: "a" }), broken), breaksOff: true });
    expect(row.error_kind).toBe("stream_error");
  });

  it("an error comes before a proper end", async () => {
    const { row } = await ask({ reads: reads(chunk({ content: "a" }), chunk({}, "stop"), broken) });
    expect(row).toMatchObject({ error_kind: "stream_error", finish_reason: "stop" });
  });

  it("a lost connection comes before thoughts without an answer", async () => {
    const { row } = await ask({ reads: reads(chunk({ reasoning: "hm" })), breaksOff: true });
    expect(row.error_kind).toBe("stream_truncated");
  });

  it("a passed deadline comes before thoughts without an answer", async () => {
    const { row } = await ask({
      reads: [
        { atMs: 10, bytes: chunk({ reasoning: "hm" }) },
        { atMs: 60_000, bytes: ": still here\n\n" },
      ],
    });
    expect(row.error_kind).toBe("timeout");
  });

  it("a body that breaks off comes before one without an answer", async () => {
    const { row } = await ask({ reads: reads(chunk({ role: "assistant", content: "" })) });
    expect(row.error_kind).toBe("stream_truncated");
  });

  it("a connection lost after the finish_reason is no failure, and none before its thoughts", async () => {
    const done = await ask({ reads: reads(chunk({ content: "a" }), chunk({}, "stop")), breaksOff: true });
    expect(done.row).toMatchObject({ success: true, error_message: null });
    const thought = await ask({
      reads: reads(chunk({ reasoning: "a" }), chunk({}, "length")),
      breaksOff: true,
    });
    expect(thought.row.error_kind).toBe("no_answer");
  });
});

describe("an answer that is none", () => {
  const whole = (bytes: string, rest = {}) => ask({ reads: [{ atMs: 5, bytes }], ...rest });

  it("is empty_response when it ends properly without a token", async () => {
    expect((await whole(ending(null))).row.error_kind).toBe("empty_response");
    expect((await whole("data: [DONE]\n\n")).row.error_kind).toBe("empty_response");
    const filtered = ending({ prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }, "content_filter");
    expect((await whole(filtered)).row.error_kind).toBe("empty_response");
    expect((await ask({ reads: [], status: 204 })).row).toMatchObject({
      error_kind: "empty_response",
      status_code: 204,
    });
  });

  it("is empty_response when nothing was streamed and nobody counts a thought", async () => {
    const none = {
      prompt_tokens: 500,
      completion_tokens: 40,
      completion_tokens_details: { reasoning_tokens: 0 },
    };
    expect((await whole(ending(none))).row.error_kind).toBe("empty_response");
    // The one token is the end of the answer itself.
    expect((await whole(ending({ prompt_tokens: 500, completion_tokens: 1 }))).row.error_kind).toBe(
      "empty_response",
    );
    expect((await whole(ending({ prompt_tokens: 500, completion_tokens: 2 }))).row.error_kind).toBe(
      "no_answer",
    );
  });

  it("is no_answer when all tokens were thoughts, seen or not", async () => {
    const seen = chunk({ reasoning_content: "let me see" }) + ending(null, "length");
    expect((await whole(seen)).row).toMatchObject({
      error_kind: "no_answer",
      answer_ttft_ms: null,
      ttft_ms: 5,
    });
    const hidden = {
      prompt_tokens: 9,
      completion_tokens: 512,
      completion_tokens_details: { reasoning_tokens: 512 },
    };
    expect((await whole(ending(hidden, "length"))).row.error_kind).toBe("no_answer");
    const inline = chunk({ content: "<think>let me" }) + chunk({ content: " see" }) + ending(null, "length");
    expect((await whole(inline)).row.error_kind).toBe("no_answer");
  });

  it("is bad_response when it is no stream", async () => {
    const bodies = [
      "<!doctype html><title>Sign in</title>",
      '{"choices":[{"message":{"content":"all at once"}}]}',
      "[]",
      "Welcome to this server",
      ": only a comment\n\n",
      "data: {not json}\n\ndata: 7\n\n",
      'data: {"shape":"unknown"}\n\n',
      "",
    ];
    for (const body of bodies) expect((await whole(body)).row.error_kind, body).toBe("bad_response");
  });

  it("is stream_error when a JSON body reports an error with status 200", async () => {
    const { row } = await whole('\n {"error":{"message":"it broke"}}', {
      headers: { "content-type": "application/json" },
    });
    expect(row).toMatchObject({ error_kind: "stream_error", status_code: 200 });
  });

  it("is read all the same when a stream is labelled as something else", async () => {
    const { row } = await whole(chunk({ content: "hi" }) + ending(null), {
      headers: { "content-type": "application/json" },
    });
    expect(row).toMatchObject({ success: true, response_text: "hi" });
  });

  it("is bad_response beyond the cap of the body, and the rest is cancelled", async () => {
    const deadlines = {
      headersMs: 9e3,
      firstTokenMs: 9e3,
      firstTokenReasoningMs: 9e3,
      idleMs: 9e3,
      totalMs: 9e3,
    };
    const reads = Array.from({ length: 100 }, () => ({
      atMs: 5,
      bytes: chunk({ content: "x".repeat(900) }),
    }));
    const { row, cancelled } = await ask({ reads }, { deadlines: { ...deadlines, maxBodyBytes: 50_000 } });
    expect(row.error_kind).toBe("bad_response");
    expect(row.response_text?.length).toBeGreaterThan(40_000);
    expect(cancelled).toBe(true);
  });
});
