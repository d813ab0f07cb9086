import { describe, expect, it } from "vitest";
import { readErrorBody } from "../../../workers/benchmark/probe/errors/provider-error.ts";
import { parseRetryAfter, retryAfterMs } from "../../../workers/benchmark/probe/retry-after.ts";
import { ask } from "./ask.ts";

const NOW = new Date("2026-11-01T12:00:00Z");

describe("a Retry-After", () => {
  const values: readonly (readonly [value: string, ms: number | null])[] = [
    ["0", 0],
    ["20", 20_000],
    ["1.5", 1_500],
    [" 7 ", 7_000],
    ["6ms", 6],
    ["1m26s", 86_000],
    ["1m26.4s", 86_400],
    ["2h", 3_600_000],
    ["1h0m0s", 3_600_000],
    ["86400", 3_600_000],
    ["-5", 0],
    ["Sun, 01 Nov 2026 12:00:30 GMT", 30_000],
    ["Sunday, 01-Nov-26 12:00:30 GMT", 30_000],
    ["Sun, 01 Nov 2026 11:59:30 GMT", 0],
    ["2026-11-01T12:02:00Z", 120_000],
    ["1793534460", 60_000],
    ["1793534460000", 60_000],
    ["", null],
    ["soon", null],
    ["12 parsecs", null],
    ["1e3", null],
    ["NaN", null],
    ["Infinity", null],
    ["s", null],
    ["5x", null],
    ["--5", null],
    ["2026", 2_026_000],
    ["Sun, 99 Foo 2026", null],
  ];
  for (const [value, ms] of values) {
    const clamped = ms === null ? null : Math.min(ms, 3_600_000);
    it(`"${value}" means ${clamped === null ? "nothing" : `${clamped} ms`}`, () => {
      expect(parseRetryAfter(value, NOW)).toBe(clamped);
    });
  }

  it("comes before every other header", () => {
    const headers = new Headers({
      "retry-after": "3",
      "retry-after-ms": "0",
      "x-ratelimit-reset-requests": "50s",
    });
    expect(retryAfterMs(headers, NOW)).toBe(3_000);
  });

  it("gives way to what can be read when it is nonsense", () => {
    expect(retryAfterMs(new Headers({ "retry-after": "later", "retry-after-ms": "250" }), NOW)).toBe(250);
  });

  it("is taken from the reset of the limit that is used up", () => {
    const headers = new Headers({
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "6s",
      "x-ratelimit-remaining-tokens": "4000",
      "x-ratelimit-reset-tokens": "50s",
    });
    expect(retryAfterMs(headers, NOW)).toBe(6_000);
  });

  it("is the furthest reset when no limit says that it is used up", () => {
    const headers = new Headers({ "x-ratelimit-reset-requests": "6ms", "x-ratelimit-reset-tokens": "2s" });
    expect(retryAfterMs(headers, NOW)).toBe(2_000);
  });

  it("is unknown when no header says anything", () => {
    expect(retryAfterMs(new Headers(), NOW)).toBeNull();
  });

  it("is handed on from a refusal, and not from an answer that happens to carry it", async () => {
    const headers = { "retry-after": "30" };
    expect((await ask({ reads: [], status: 429, headers })).retryAfterMs).toBe(30_000);
    expect((await ask({ reads: [], status: 503, headers })).retryAfterMs).toBe(30_000);
    const bytes = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n';
    expect((await ask({ reads: [{ atMs: 1, bytes }], headers })).retryAfterMs).toBeNull();
    const limit = 'data: {"error":{"code":429,"message":"slow down"}}\n\n';
    expect((await ask({ reads: [{ atMs: 1, bytes: limit }], headers })).retryAfterMs).toBe(30_000);
  });

  const within = (body: object | string, headers: Record<string, string> = {}) =>
    retryAfterMs(
      new Headers(headers),
      NOW,
      readErrorBody(typeof body === "string" ? body : JSON.stringify(body)),
    );

  it("is found in a body, wherever providers and gateways put it", () => {
    const retryInfo = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "21s" };
    expect(within({ error: { code: 429, message: "slow", details: [{ reason: "x" }, retryInfo] } })).toBe(
      21_000,
    );
    expect(within([{ error: { message: "slow", details: [{ retryDelay: { seconds: 4 } }] } }])).toBe(4_000);
    expect(within({ error: { message: "slow", metadata: { headers: { "Retry-After": "9" } } } })).toBe(9_000);
    expect(
      within({ error: { message: "slow", metadata: { headers: { "X-RateLimit-Reset": "1793534460000" } } } }),
    ).toBe(60_000);
    expect(within({ message: "slow", retry_after: 2.5 })).toBe(2_500);
    expect(within({ error: { message: "slow", retry_after_ms: 150 } })).toBe(150);
    const raw = JSON.stringify({ error: { message: "upstream", retry_after_seconds: 12 } });
    expect(within({ error: { message: "slow", metadata: { raw } } })).toBe(12_000);
    expect(within("RateLimitError: Headers: {'retry-after': '14', 'x-ratelimit-reset-tokens': '3s'}")).toBe(
      14_000,
    );
    expect(within({ error: { message: "Rate limit reached. Please try again in 1m26.4s." } })).toBe(86_400);
    expect(within({ error: { message: "Please retry after 20 seconds." } })).toBe(20_000);
    expect(within({ error: { message: "Try again in 350ms" } })).toBe(350);
    expect(within({ error: { message: "Too many requests, try again later" } })).toBeNull();
  });

  it("is found in the reset headers of each provider and of the standard", () => {
    const headers = (fields: Record<string, string>) => retryAfterMs(new Headers(fields), NOW);
    expect(headers({ "ratelimit-reset": "30" })).toBe(30_000);
    expect(headers({ ratelimit: "limit=100, remaining=0, reset=12" })).toBe(12_000);
    expect(headers({ ratelimit: '"default";r=0;t=7' })).toBe(7_000);
    expect(
      headers({
        "x-ratelimit-remaining-tokens-minute": "0",
        "x-ratelimit-reset-tokens-minute": "31.5",
        "x-ratelimit-remaining-requests-day": "900",
        "x-ratelimit-reset-requests-day": "40000",
      }),
    ).toBe(31_500);
    expect(headers({ "anthropic-ratelimit-tokens-reset": "2026-11-01T12:00:40Z" })).toBe(40_000);
    expect(headers({ "x-ratelimitbysize-reset": "5" })).toBe(5_000);
    expect(headers({ "x-ratelimit-limit-requests": "100", "x-request-id": "9" })).toBeNull();
  });

  it("gives the header the first word, and a body without an end little time", () => {
    expect(within({ error: { message: "slow", retry_after: 50 } }, { "retry-after": "3" })).toBe(3_000);
    const deep = `${'{"error":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const wide = JSON.stringify({
      error: { message: "x", list: Array.from({ length: 20_000 }, () => [[]]) },
    });
    const started = performance.now();
    for (const body of [deep, wide, "retry-after".repeat(6_000), "try again ".repeat(6_000)]) within(body);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
