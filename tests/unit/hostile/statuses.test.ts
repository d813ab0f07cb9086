import { describe, expect, it } from "vitest";
import type { ErrorKind } from "../../../workers/benchmark/probe/types.ts";
import { expectKind, measureAgainst } from "./measure.ts";

const error = (message: string, extra: object = {}): string =>
  JSON.stringify({ error: { message, ...extra } });

/** Status, body, and what it must be called: the forms that providers give their refusals. */
const refusals: readonly [number, string, ErrorKind][] = [
  [400, error("max_tokens is too large", { type: "invalid_request_error" }), "invalid_request"],
  [400, error("Unsupported parameter: 'max_tokens' is not supported with this model."), "invalid_request"],
  [400, error("Incorrect API key provided: sk-ab**yz", { code: "invalid_api_key" }), "auth"],
  [
    400,
    '{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***"}',
    "auth",
  ],
  [400, '[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}]', "auth"],
  [
    400,
    error("The model `old` has been decommissioned", { code: "model_decommissioned" }),
    "model_not_found",
  ],
  [400, error("Unable to access non-serverless model x", { code: "model_not_available" }), "model_not_found"],
  [400, error("Your credit balance is too low to access the API"), "quota"],
  [400, "", "invalid_request"],
  [400, "<html><title>400 Bad Request</title></html>", "invalid_request"],
  [401, error("Missing bearer authentication"), "auth"],
  [401, "", "auth"],
  [402, error("Insufficient credits"), "quota"],
  [402, "no JSON at all", "quota"],
  [403, error("Your key has no access to this"), "auth"],
  [
    403,
    error("Your account has no credit left: insufficient_quota", { code: "insufficient_quota" }),
    "quota",
  ],
  [
    403,
    error("Country, region, or territory not supported", { code: "unsupported_country_region_territory" }),
    "probe_fault",
  ],
  [404, error("The model `x` does not exist", { code: "model_not_found" }), "model_not_found"],
  [404, "<html><title>404 Not Found</title></html>", "model_not_found"],
  [405, '{"detail":"Method Not Allowed"}', "invalid_request"],
  [408, error("Request timed out"), "timeout"],
  [413, error("Request too large for model on tokens per minute (TPM): Limit 6000"), "rate_limited"],
  [413, error("Payload too large"), "invalid_request"],
  [
    422,
    '{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}',
    "invalid_request",
  ],
  [429, error("Rate limit reached for requests"), "rate_limited"],
  [
    429,
    error("You exceeded your current quota, please check your plan", { code: "insufficient_quota" }),
    "quota",
  ],
  [429, "", "rate_limited"],
  [500, error("The server had an error"), "server_error"],
  [502, "<html><title>502 Bad Gateway</title></html>", "server_error"],
  [503, error("No capacity available"), "server_error"],
  [504, "", "server_error"],
  [520, "<html><title>Web server is returning an unknown error</title></html>", "server_error"],
  [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "server_error"],
];

describe("a refusal", () => {
  it.each(refusals)("%i %s is %s", async (status, body, kind) => {
    await measureAgainst(
      (peer) => peer.respond(status, body),
      ({ measurement }) => {
        expectKind(measurement, kind);
        expect(measurement).toMatchObject({
          status_code: status,
          ttft_ms: null,
          tps: null,
          input_tokens: 0,
          output_tokens: 0,
          cost_usd: 0,
        });
        expect(measurement.ttfb_ms).not.toBeNull();
      },
    );
  });

  it.each([
    ["7", 7_000],
    ["0.5", 500],
    ["6ms", 6],
    ["1m26s", 86_000],
    ["-3", 0],
    ["999999", 3_600_000],
    ["soon", null],
    ["", null],
  ])("says when to come back: Retry-After '%s' is %s ms", async (value, expected) => {
    await measureAgainst(
      (peer) => peer.respond(429, error("Rate limit reached"), { "retry-after": value }),
      ({ outcome }) => expect(outcome.retryAfterMs).toBe(expected),
    );
  });

  it("says when to come back as a date", async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    await measureAgainst(
      (peer) => peer.respond(429, "", { "retry-after": inAMinute }),
      ({ outcome }) => {
        expect(outcome.retryAfterMs).toBeGreaterThan(57_000);
        expect(outcome.retryAfterMs).toBeLessThanOrEqual(60_000);
      },
    );
  });
});
