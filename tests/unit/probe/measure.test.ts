import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { interrupted, measure } from "../../../workers/benchmark/probe/index.ts";
import { ask, chunk, ending, event, probeRequest, provider, wordReads } from "./ask.ts";

const USAGE = { prompt_tokens: 500, completion_tokens: 4, total_tokens: 504 };
const WORDS = ["The", " sea", " is", " calm"];

describe("a measurement", () => {
  it("fills every field from one stream", async () => {
    const { row } = await ask(
      {
        headersAtMs: 120,
        reads: [
          { atMs: 130, bytes: `: hello\n\n${chunk({ role: "assistant", content: "" })}` },
          ...wordReads(WORDS, 400, 50),
          { atMs: 900, bytes: ending(USAGE) },
        ],
        headers: { "openai-processing-ms": "88", "x-request-id": "req_0a1b", "set-cookie": "a=b" },
      },
      { price: { input: 0.15, output: 0.6, cachedInput: 0.075 }, location: "weur", model: "gpt-4o-mini" },
    );
    expect(row).toEqual({
      id: row.id,
      created_at: "2026-11-01T12:00:00.000Z",
      provider: "openai",
      model: "gpt-4o-mini",
      input_tokens: 500,
      output_tokens: 4,
      total_latency_ms: 900,
      ttfb_ms: 120,
      ttft_ms: 400,
      answer_ttft_ms: 400,
      tps: 20,
      status_code: 200,
      success: true,
      error_kind: null,
      error_message: null,
      response_text: "The sea is calm",
      cost_usd: 0.0000774,
      cost_source: "price",
      input_price_per_m: 0.15,
      output_price_per_m: 0.6,
      cached_input_price_per_m: 0.075,
      warmup_ms: null,
      finish_reason: "stop",
      reasoning_tokens: null,
      cached_tokens: null,
      tokens_estimated: false,
      answer_ok: false,
      chunk_times_ms: [400, 450, 500, 550],
      truncated: false,
      skipped_events: 0,
      endpoint_host: "provider.invalid",
      upstream: null,
      upstream_pinned: false,
      served_model: null,
      system_fingerprint: null,
      service_tier: null,
      provider_request_id: "req_0a1b",
      gap_p99_ms: 50,
      longest_gap_ms: 50,
      usage_implausible: false,
      provider_timing: { "openai-processing-ms": 88, "x-request-id": "req_0a1b" },
      colo: "FRA",
      simulated: false,
      location: "weur",
      prompt_version: row.prompt_version,
      request_params: {
        stream: true,
        max_completion_tokens: 512,
        temperature: 0,
        stream_options: { include_usage: true },
      },
      probe_version: "2",
    });
    expect(row.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(row.prompt_version).toMatch(/^[0-9a-f]{12}$/);
  });

  it("has no field without its meaning in docs/metrics.md", async () => {
    const { row } = await ask({ reads: [{ atMs: 1, bytes: ending(null) }] });
    const page = readFileSync("docs/metrics.md", "utf8");
    expect(Object.keys(row).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("sends one request, with the id first in the prompt, and follows nothing", async () => {
    const request = probeRequest();
    const { sent } = await ask({ reads: [{ atMs: 1, bytes: ending(null) }] }, { id: request.id });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe("http://provider.invalid/v1/chat/completions");
    expect(sent[0]?.init.redirect).toBe("manual");
    const body = JSON.parse(String(sent[0]?.init.body));
    expect(body).toMatchObject({ model: "some-model", stream: true });
    expect(body.messages).toHaveLength(1);
    expect(body.messages[0].role).toBe("user");
    expect(body.messages[0].content.startsWith(request.id)).toBe(true);
  });

  it("ends its rate at the last token, though usage comes much later", async () => {
    const reads = [...wordReads(WORDS, 400, 50), { atMs: 1_400, bytes: ending(USAGE) }];
    expect((await ask({ reads })).row).toMatchObject({ tps: 20, total_latency_ms: 1_400 });
  });

  it("ends at [DONE], cancels what follows and ignores it", async () => {
    const reads = [
      ...wordReads(WORDS, 400, 50),
      { atMs: 600, bytes: `${ending(USAGE)}${event({ error: { message: "too late" } })}` },
      { atMs: 700, bytes: chunk({ content: " more" }) },
    ];
    const { row, cancelled } = await ask({ reads });
    expect(row).toMatchObject({ success: true, response_text: "The sea is calm", total_latency_ms: 600 });
    expect(cancelled).toBe(true);
  });

  it("does not count the wait for a close that never comes after the answer is over", async () => {
    const reads = [...wordReads(WORDS, 400, 50), { atMs: 560, bytes: chunk({}, "stop") }];
    const { row } = await ask({ reads: [...reads, { atMs: 30_000, bytes: ": ping\n\n" }] });
    expect(row).toMatchObject({ success: true, finish_reason: "stop" });
    expect(row.total_latency_ms).toBe(560);
  });

  it("does not count comments, pings and empty events between the answer's end and a deadline", async () => {
    const idle = [": ping\n\n", event({ choices: [] }), "data: {}\n\n", event({ type: "ping" })];
    const held = idle.map((bytes, index) => ({ atMs: 700 + index * 300, bytes }));
    for (const over of [{ atMs: 8_000, bytes: ": ping\n\n" }, null]) {
      const reads = [
        ...wordReads(WORDS, 400, 50),
        { atMs: 560, bytes: chunk({}, "stop") },
        { atMs: 600, bytes: event({ choices: [], usage: USAGE }) },
        ...held,
      ];
      const { row } = await ask({ reads: over ? [...reads, over] : reads, breaksOff: true, endsAtMs: 1_900 });
      expect(row).toMatchObject({ success: true, total_latency_ms: 600 });
    }
    const events = [
      { type: "message_start", message: { usage: { input_tokens: 500, output_tokens: 1 } } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "calm" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } },
      { type: "ping" },
    ];
    const reads = events.map((value, index) => ({ atMs: 100 * (index + 1), bytes: event(value) }));
    const anthropic = await ask(
      { reads: [...reads, { atMs: 30_000, bytes: event({ type: "ping" }) }] },
      { provider: provider("anthropic") },
    );
    expect(anthropic.row).toMatchObject({ success: true, total_latency_ms: 300 });
  });

  it("counts up to the end of the body when that comes, though the answer was over before", async () => {
    const reads = [...wordReads(WORDS, 400, 50), { atMs: 560, bytes: chunk({}, "stop") }];
    const { row } = await ask({ reads: [...reads, { atMs: 700, bytes: ": ping\n\n" }], endsAtMs: 900 });
    expect(row).toMatchObject({ success: true, total_latency_ms: 900 });
  });

  it("keeps a count that a later report lacks or has as zero", async () => {
    const none = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cost: 0 };
    for (const later of [none, {}, { total_tokens: 504 }, { prompt_tokens: 500, completion_tokens: 4 }]) {
      const end = event({ choices: [], usage: { ...USAGE, cost: 0.01 } }) + ending(later);
      const { row } = await ask({ reads: [...wordReads(WORDS, 400, 50), { atMs: 900, bytes: end }] });
      expect(row, JSON.stringify(later)).toMatchObject({
        input_tokens: 500,
        output_tokens: 4,
        reasoning_tokens: null,
        tokens_estimated: false,
        cost_usd: 0.01,
      });
    }
  });

  it("takes a total for the total of its own report only", async () => {
    const report = (prompt: number, completion: number, total?: number) =>
      event({
        choices: [],
        usage: {
          prompt_tokens: prompt,
          completion_tokens: completion,
          ...(total === undefined ? {} : { total_tokens: total }),
        },
      });
    const counts = async (...reports: string[]) => {
      const end = chunk({}, "stop") + reports.join("");
      const { row } = await ask({ reads: [...wordReads(WORDS, 400, 50), { atMs: 900, bytes: end }] });
      return { output: row.output_tokens, reasoning: row.reasoning_tokens };
    };
    expect(await counts(report(400, 100, 500), report(400, 50))).toEqual({ output: 50, reasoning: null });
    expect(await counts(report(10, 20, 30), report(0, 0, 500))).toEqual({ output: 20, reasoning: null });
    // The gap of a report stays while its counts do.
    expect(await counts(report(100, 2, 231), report(100, 2))).toEqual({ output: 131, reasoning: 129 });
    expect(await counts(report(100, 1, 101), report(100, 2, 231))).toEqual({ output: 131, reasoning: 129 });
  });

  it("skips bad events, counts them and keeps reading", async () => {
    const bad = [
      "{",
      "7",
      "null",
      '"text"',
      "[]",
      '{"hello":1}',
      '{"choices":[null]}',
      '{"choices":[{"index":0}]}',
    ];
    const reads = bad.map((data, index) => ({ atMs: index, bytes: `data: ${data}\n\n` }));
    const { row } = await ask({
      reads: [...reads, ...wordReads(WORDS, 400, 50), { atMs: 900, bytes: ending(USAGE) }],
    });
    expect(row).toMatchObject({
      success: true,
      skipped_events: bad.length,
      response_text: "The sea is calm",
    });
  });

  it("treats a usage that cannot be true as not reported", async () => {
    const absurd = ["-1", "1.5", "3e9", '"12"', "null", "[]", "{}", "1e400"];
    for (const value of absurd) {
      const cost = value === "1.5" ? "-0.1" : value;
      const usage = `{"prompt_tokens":${value},"completion_tokens":${value},"total_tokens":${value},"cost":${cost}}`;
      const end = `data: {"choices":[],"usage":${usage}}\n\n${ending(null)}`;
      const { row } = await ask({ reads: [...wordReads(WORDS, 400, 50), { atMs: 900, bytes: end }] });
      expect(row, value).toMatchObject({
        tokens_estimated: true,
        output_tokens: 4,
        cost_usd: 0,
        cost_source: "unknown",
      });
    }
  });

  it("reads nothing of a second choice", async () => {
    const both = event({
      choices: [
        { index: 1, delta: { content: "other" }, finish_reason: "length" },
        { index: 0, delta: { role: "assistant" }, finish_reason: null },
      ],
    });
    const reads = [
      { atMs: 9, bytes: both },
      ...wordReads(WORDS, 400, 50),
      { atMs: 900, bytes: ending(USAGE) },
    ];
    expect((await ask({ reads })).row).toMatchObject({
      ttft_ms: 400,
      response_text: "The sea is calm",
      skipped_events: 0,
    });
  });

  it("takes a tool call for an answer without a text", async () => {
    const call = { tool_calls: [{ index: 0, function: { name: "tide", arguments: "" } }] };
    const { row } = await ask({ reads: [{ atMs: 70, bytes: chunk(call) + ending(USAGE, "tool_calls") }] });
    expect(row).toMatchObject({ success: true, response_text: null, ttft_ms: 70, answer_ttft_ms: 70 });
  });

  it("keeps at most 256 KiB of text and 20,000 times, and says so", async () => {
    const long = await ask({
      reads: [{ atMs: 1, bytes: chunk({ content: "ü🌊".repeat(80_000) }) + ending(null) }],
    });
    expect(long.row.truncated).toBe(true);
    expect(new TextEncoder().encode(long.row.response_text ?? "").byteLength).toBeLessThanOrEqual(262_144);
    expect(long.row.response_text).not.toMatch(/\p{Surrogate}/u);
    const many = wordReads(Array(20_001).fill("a"), 1, 0);
    const flood = await ask({ reads: [...many, { atMs: 2, bytes: ending(null) }] });
    expect(flood.row.chunk_times_ms).toHaveLength(20_000);
    expect(flood.row).toMatchObject({ truncated: true, success: true });
  });

  it("is storable as it is printed, whatever the provider sent", async () => {
    const text = `nul \u0000 lone \uD83C end`;
    const bytes =
      chunk({ content: text }, "sto\u0000p", { provider: "up\uDC00" }) +
      event({ choices: [], usage: { cost: 1e308, time: "\u0000" } }) +
      "data: [DONE]\n\n";
    const { row } = await ask({ reads: [{ atMs: 1, bytes }] }, { provider: provider("openrouter") });
    expect(JSON.stringify(row)).not.toMatch(/\\u0000|\\ud83c|\\udc00/i);
    expect(row).toMatchObject({
      response_text: "nul \uFFFD lone \uFFFD end",
      finish_reason: "sto\uFFFDp",
      cost_usd: 0,
    });
  });

  it("knows whether the standard prompt was answered in full", async () => {
    const bullet = `- ${"word ".repeat(45).trim()}.`;
    const answers: readonly (readonly [text: string, finish: string, ok: boolean])[] = [
      [`${bullet}\n${bullet}\n${bullet}`, "stop", true],
      [
        `Here you are:\n\n${bullet.replace("-", "1.")}\n\n${bullet.replace("-", "2.")}\n\n${bullet.replace("-", "3.")}`,
        "eos",
        true,
      ],
      [`<think>- a\n- b</think>\n${bullet}\n${bullet}\n${bullet}`, "stop", true],
      [`${bullet}\n${bullet}\n${bullet}`, "length", false],
      [`${bullet}\n${bullet}`, "stop", false],
      [`${bullet}\n${bullet}\n${bullet}\n${bullet}`, "stop", false],
      ["- one\n- two\n- three", "stop", false],
      ["I would rather not.", "stop", false],
    ];
    for (const [text, finish, ok] of answers) {
      const { row } = await ask({
        reads: [{ atMs: 1, bytes: chunk({ content: text }) + ending(null, finish) }],
      });
      expect(row.answer_ok, text.slice(0, 40)).toBe(ok);
    }
    const short = await ask(
      { reads: [{ atMs: 1, bytes: chunk({ content: "one" }) + ending(null) }] },
      { prompt: "short" },
    );
    expect(short.row.answer_ok).toBeNull();
    expect((await ask({ reads: [], status: 500 })).row.answer_ok).toBeNull();
  });

  it("never rejects: the probe's own mistakes are results too", async () => {
    const environment = { now: () => 0, date: () => new Date(0), colo: null };
    const unusable = await measure(probeRequest({ baseUrl: "not a url" }), { ...environment, fetch });
    expect(unusable.measurement).toMatchObject({
      error_kind: "probe_fault",
      success: false,
      status_code: null,
    });
    const broken = { ...provider("openai"), parameters: () => JSON.parse("oops") };
    const thrown = await measure(probeRequest({ provider: broken }), { ...environment, fetch });
    expect(thrown.measurement.error_kind).toBe("probe_fault");
    expect(thrown.measurement.error_message).toMatch(/^the probe failed: /);
    const throwing: typeof fetch = () => {
      throw new TypeError("synchronous");
    };
    const sync = await measure(probeRequest(), { ...environment, fetch: throwing });
    expect(sync.measurement.success).toBe(false);
  });

  it("that a restart cut off says so and nothing else", async () => {
    const askedAt = new Date("2026-11-01T10:00:00Z");
    const cutOff = {
      id: crypto.randomUUID(),
      provider: "openai",
      model: "gpt-4o-mini",
      reasoning: false,
      simulated: true,
      location: "weur",
      prompt: "standard",
      host: "provider.invalid",
      askedAt,
    } as const;
    const row = await interrupted(cutOff, provider("openai"));
    expect(row).toMatchObject({
      id: cutOff.id,
      provider: "openai",
      model: "gpt-4o-mini",
      simulated: true,
      location: "weur",
      endpoint_host: "provider.invalid",
      request_params: { stream: true, max_completion_tokens: 512 },
      error_kind: "interrupted",
      success: false,
      created_at: askedAt.toISOString(),
      ttft_ms: null,
      cost_usd: 0,
      cost_source: "unknown",
    });
    // Of a provider that this version has no file for, what was sent cannot be told any more.
    expect(await interrupted(cutOff, undefined)).toEqual({ ...row, request_params: null });
  });

  it("carries the upstream it was pinned to, whatever came back", async () => {
    const pinned = { provider: provider("openrouter"), upstream: "deepinfra/fp4" };
    const answer = chunk({ content: "hi" }, null, { provider: "DeepInfra" }) + ending(null);
    const done = await ask({ reads: [{ atMs: 9, bytes: answer }] }, pinned);
    expect(done.row).toMatchObject({ success: true, upstream: "deepinfra/fp4", upstream_pinned: true });
    expect(JSON.parse(String(done.sent[0]?.init.body))).toMatchObject({
      provider: { only: ["deepinfra/fp4"], allow_fallbacks: false },
    });
    const refused = await ask({ reads: [], status: 404 }, pinned);
    expect(refused.row).toMatchObject({ upstream: "deepinfra/fp4", upstream_pinned: true });
    const routed = await ask({ reads: [{ atMs: 9, bytes: answer }] }, { provider: provider("openrouter") });
    expect(routed.row).toMatchObject({ upstream: "DeepInfra", upstream_pinned: false });
  });
});
