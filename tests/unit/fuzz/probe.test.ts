import { afterAll, describe, expect, it } from "vitest";
import { measure } from "../../../workers/benchmark/probe/index.ts";
import type { Measurement, ProbeOutcome } from "../../../workers/benchmark/probe/types.ts";
import { providers } from "../../../workers/benchmark/providers/registry.ts";
import fc, { FUZZ_SEED } from "../../support/fast-check.ts";
import { requestTo } from "../hostile/measure.ts";
import { unstorable } from "../hostile/storable.ts";
import { body, cuts, cutUp, figures, properBody, unit } from "./streams.ts";

console.log(`fuzzing the probe: FUZZ_SEED=${FUZZ_SEED}`);

const LIMIT_MS = 120_000;
let cases = 0;
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
afterAll(() => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = ((user + system) / 1e6).toFixed(1);
  console.log(
    `${cases.toLocaleString("en")} cases in ${seconds} s (${cpu} s of CPU), FUZZ_SEED=${FUZZ_SEED}`,
  );
  expect(cases).toBeGreaterThanOrEqual(100_000);
});

const run = (numRuns: number) => ({ numRuns, endOnFailure: false });

interface Wire {
  readonly respond: () => Response | Promise<Response>;
  /** What the clock advances by at each reading, over and over. */
  readonly steps?: readonly number[];
  readonly provider?: (typeof providers)[number];
  readonly maxBodyBytes?: number;
}

const NO_DEADLINE = 1e9;

/** One measurement against an answer that never touched a network. */
async function ask({
  respond,
  steps = [1],
  provider,
  maxBodyBytes = 4 * 2 ** 20,
}: Wire): Promise<ProbeOutcome> {
  cases += 1;
  let reads = 0;
  let clock = 0;
  let asked = 0;
  const outcome = await measure(
    requestTo("http://fuzz.invalid/v1", {
      ...(provider === undefined ? {} : { provider }),
      warmup: false,
      deadlines: {
        headersMs: NO_DEADLINE,
        firstTokenMs: NO_DEADLINE,
        firstTokenReasoningMs: NO_DEADLINE,
        idleMs: NO_DEADLINE,
        totalMs: NO_DEADLINE,
        maxBodyBytes,
      },
    }),
    {
      fetch: async () => {
        asked += 1;
        return respond();
      },
      now: () => {
        clock += steps[reads++ % steps.length] ?? 0;
        return clock;
      },
      date: () => new Date(1_760_000_000_000),
      colo: null,
    },
  );
  if (asked !== 1) throw new Error(`${asked} requests were sent`);
  return outcome;
}

/** A body that arrives in these pieces and then ends or breaks off. */
function streamOf(pieces: readonly Uint8Array[], breaksOff: boolean): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[next++];
        if (piece !== undefined) controller.enqueue(piece);
        else if (breaksOff) controller.error(new TypeError("terminated"));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

const COLUMNS = JSON.stringify(
  Object.keys((await ask({ respond: () => new Response(null, { status: 500 }) })).measurement).sort(),
);

/** One result that the database takes as it is, whatever came. */
function expectOneStorableResult({ measurement, retryAfterMs }: ProbeOutcome): void {
  const wrong = unstorable(measurement);
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  if (JSON.stringify(Object.keys(measurement).sort()) !== COLUMNS)
    throw new Error("other columns than usual");
  if (measurement.error_kind === "probe_fault")
    throw new Error(`a fault of ours: ${measurement.error_message}`);
  const timedOut = measurement.error_kind === "timeout" && measurement.status_code !== 408;
  if (timedOut) throw new Error("a deadline passed that was never set");
  const wait = retryAfterMs ?? 0;
  if (!Number.isInteger(wait) || wait < 0 || wait > 3_600_000) throw new Error(`come back after ${wait} ms`);
  const { ttft_ms: ttft, answer_ttft_ms: answer, total_latency_ms: total, tps } = measurement;
  if (ttft !== null && ttft > total) throw new Error("the first token came after the end");
  if (answer !== null && (ttft === null || answer < ttft))
    throw new Error("the answer began before the output");
  if (tps !== null && measurement.output_tokens < 2) throw new Error("a rate without tokens");
}

const provider = fc.constantFrom(...providers);
const steps = fc.constantFrom([0], [1], [25], [0, 0, 30], [0.1, 3.7], [17, 0, 0, 1], [1e6]);

describe("whatever a stream holds", () => {
  it("ends in one storable result", { timeout: LIMIT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(
        body,
        cuts,
        fc.boolean(),
        provider,
        steps,
        async (bytes, places, broken, who, ticks) => {
          const respond = () => new Response(streamOf(cutUp(bytes, places), broken), { status: 200 });
          expectOneStorableResult(await ask({ respond, steps: ticks, provider: who }));
        },
      ),
      run(47_100),
    );
  });

  it("means the same however its bytes are cut", { timeout: LIMIT_MS }, async () => {
    const told = ({ measurement: m }: ProbeOutcome): Partial<Measurement> => ({
      response_text: m.response_text,
      input_tokens: m.input_tokens,
      output_tokens: m.output_tokens,
      reasoning_tokens: m.reasoning_tokens,
      cached_tokens: m.cached_tokens,
      cost_usd: m.cost_usd,
      finish_reason: m.finish_reason,
      error_kind: m.error_kind,
      error_message: m.error_message,
      skipped_events: m.skipped_events,
      upstream: m.upstream,
    });
    await fc.assert(
      fc.asyncProperty(properBody, cuts, provider, async (bytes, places, who) => {
        const whole = await ask({ respond: () => new Response(streamOf([bytes], false)), provider: who });
        const parts = cutUp(bytes, places);
        const cut = await ask({ respond: () => new Response(streamOf(parts, false)), provider: who });
        expectOneStorableResult(whole);
        expectOneStorableResult(cut);
        const [one, other] = [JSON.stringify(told(whole)), JSON.stringify(told(cut))];
        // A message may quote how the body began, and that is the first delivery.
        if (one !== other && whole.measurement.error_kind !== "bad_response") expect(other).toBe(one);
      }),
      run(12_000),
    );
  });

  it("is read no further than the cap", { timeout: LIMIT_MS }, async () => {
    const cap = 3_000;
    await fc.assert(
      fc.asyncProperty(body, provider, async (bytes, who) => {
        const piece = bytes.length === 0 ? Uint8Array.of(0x3a, 0x0a) : bytes;
        let pulled = 0;
        let cancelled = false;
        const endless = new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              pulled += piece.length;
              controller.enqueue(piece);
            },
            cancel() {
              cancelled = true;
            },
          },
          { highWaterMark: 0 },
        );
        const outcome = await ask({ respond: () => new Response(endless), provider: who, maxBodyBytes: cap });
        expectOneStorableResult(outcome);
        if (!cancelled) throw new Error("the body was left open");
        // Bodies that are no stream have a limit of their own, which lies beyond this cap.
        if (pulled > cap + 2 * piece.length) throw new Error(`${pulled} bytes of ${cap} were read`);
      }),
      run(3_000),
    );
  });
});

describe("whatever figures a stream holds", () => {
  /** The most that the short prompt's request was allowed, and the margin for thoughts that are not held to it. */
  const ALLOWED = 512;
  const WITH_THOUGHTS = ALLOWED * 8 + 64;

  it("no success has a speed or a cost that rests on an impossible one", { timeout: LIMIT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(figures, fc.integer({ min: 1, max: 60 }), async (pieces, gapMs) => {
        const { measurement: row, usageReported } = await ask({
          respond: () => new Response(streamOf(pieces, false)),
          steps: [gapMs],
        });
        const chars = row.response_text?.length ?? 0;
        const believed = row.output_tokens - (row.reasoning_tokens ?? 0);
        if (row.usage_implausible) {
          if (row.tps !== null) throw new Error("a speed from a flagged usage");
          if (usageReported) throw new Error("the budget believes a flagged usage");
        }
        if (row.output_tokens > WITH_THOUGHTS) throw new Error(`${row.output_tokens} tokens are believed`);
        if (believed > ALLOWED * 2 + 64) throw new Error(`${believed} tokens of an answer are believed`);
        if (row.cost_usd > 1) throw new Error(`a cost of ${row.cost_usd} USD is believed`);
        if (row.tps !== null) {
          // So many tokens as the speed says cannot have been in the text that came in its window.
          const windowMs = (row.chunk_times_ms?.at(-1) ?? 0) - (row.chunk_times_ms?.[0] ?? 0);
          const streamed = (row.tps * windowMs) / 1_000;
          const text = chars + 8 * pieces.length;
          if (streamed > text + 64) throw new Error(`${streamed} tokens in ${text} characters`);
        }
      }),
      run(4_000),
    );
  });
});

describe("whatever a refusal holds", () => {
  const status = fc.constantFrom(
    ...[300, 302, 304, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529, 599],
  );
  const headers = fc.record(
    {
      "retry-after": fc.constantFrom(
        "",
        "7",
        "-1",
        "1e999",
        "NaN",
        "6ms",
        "1m26s",
        "99999999999999999999",
        "soon",
      ),
      "x-ratelimit-reset-requests": fc.constantFrom(
        "6ms",
        "",
        "∞".normalize("NFKD").replace("∞", "inf"),
        "1d",
      ),
      "content-type": fc.constantFrom(
        "",
        "text/html",
        "application/json",
        "text/event-stream; charset=utf-7",
      ),
      location: fc.constantFrom("/", "javascript:alert(1)", "https://evil.example/\u00e9"),
      "x-request-id": fc.constantFrom("", "a".repeat(5_000), "sk-live-0123456789abcdef"),
    },
    { requiredKeys: [] },
  );

  it("ends in one storable result", { timeout: LIMIT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(status, headers, body, cuts, provider, async (code, fields, bytes, places, who) => {
        const empty = code === 304;
        const respond = () =>
          new Response(empty ? null : streamOf(cutUp(bytes, places), false), {
            status: code,
            headers: { ...fields },
          });
        const outcome = await ask({ respond, provider: who });
        expectOneStorableResult(outcome);
        if (outcome.measurement.success) throw new Error("a refusal was a success");
      }),
      run(8_000),
    );
  });

  it("ends in one storable result as any JSON whatever", { timeout: LIMIT_MS }, async () => {
    const value = fc.jsonValue({ maxDepth: 3, stringUnit: unit });
    const wrapped = fc.oneof(
      value,
      value.map((error) => ({ error })),
      value.map((message) => ({ error: { message } })),
    );
    await fc.assert(
      fc.asyncProperty(status, wrapped, provider, async (code, answer, who) => {
        const respond = () =>
          new Response(code === 304 ? null : JSON.stringify(answer), { status: code === 304 ? 200 : code });
        expectOneStorableResult(await ask({ respond, provider: who }));
      }),
      run(12_000),
    );
  });
});

describe("whatever fetch throws", () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      0,
      "",
      "\0",
      "\ud800",
      Symbol("x"),
      [],
      {},
      Object.create(null),
    ),
    fc.string({ unit }).map((message) => new Error(message)),
    fc.string({ unit }).map((message) => new TypeError("fetch failed", { cause: new Error(message) })),
    fc.constant(new AggregateError([], "")),
    fc.constant(new DOMException("The operation was aborted", "AbortError")),
  );

  it("ends in one storable result", { timeout: LIMIT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(odd, fc.boolean(), async (thrown, later) => {
        const respond = (): Response => {
          if (!later) throw thrown;
          return new Response(
            new ReadableStream({
              pull(controller) {
                controller.error(thrown);
              },
            }),
          );
        };
        const outcome = await ask({ respond });
        expectOneStorableResult(outcome);
        if (outcome.measurement.success) throw new Error("a failure was a success");
      }),
      run(6_000),
    );
  });
});
