import { describe, expect, it } from "vitest";
import { createLog, describeError, formatEvent } from "../../../workers/benchmark/log.ts";

function captured(secrets: readonly string[]) {
  const lines: string[] = [];
  return { log: createLog((line) => lines.push(line), secrets), lines };
}

describe("the log", () => {
  it("writes one JSON line an event, with level, event, time and fields", () => {
    const { log, lines } = captured([]);
    log.warn("target_skipped", { run_id: "r", provider: "groq", nested: { n: [1, null] } });
    expect(lines).toHaveLength(1);
    const event = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    expect(event).toMatchObject({
      level: "warn",
      event: "target_skipped",
      run_id: "r",
      nested: { n: [1, null] },
    });
    expect(Date.parse(String(event.time))).toBeLessThanOrEqual(Date.now());
  });

  it("lets no secret through, wherever in an event it stands", () => {
    const secret = "s3cret-Value-1234567890";
    const { log, lines } = captured([secret]);
    log.error("failed", {
      model: `echo ${secret}`,
      error_message: `Incorrect API key provided: ${secret}`,
      deep: { list: [{ again: `x${secret}y` }] },
      cause: new Error("outer", { cause: new Error(secret) }),
      key: "Bearer sk-proj-abcdefghijklmnop",
    });
    expect(lines[0]).not.toContain(secret);
    expect(lines[0]).not.toContain("abcdefghijklmnop");
  });

  it("keeps ids and model names as they are", () => {
    const { log, lines } = captured(["unrelated-secret"]);
    const ids = {
      run_id: crypto.randomUUID(),
      request_id: crypto.randomUUID(),
      model: "user_org-proj_sk-like/model",
    };
    log.info("target_measured", ids);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject(ids);
  });

  it("survives what is no plain data", () => {
    const { log, lines } = captured([]);
    const circular: Record<string, unknown> = { n: 1n };
    circular.self = circular;
    log.info("odd", { circular, nothing: undefined, nan: Number.NaN });
    expect(() => JSON.parse(lines[0] ?? "")).not.toThrow();
  });
});

describe("a log line for a person", () => {
  it("names endpoint, latency, TTFT, TPS, tokens, cost and status of a result", () => {
    const line = JSON.stringify({
      level: "info",
      event: "target_measured",
      time: "2026-11-01T12:34:56.789Z",
      provider: "groq",
      model: "m",
      success: true,
      status_code: 200,
      total_latency_ms: 812.4,
      ttft_ms: 151.6,
      tps: null,
      input_tokens: 500,
      output_tokens: 200,
      cost_usd: 0.00012,
      cost_source: "price",
      simulated: true,
    });
    expect(formatEvent(line)).toMatch(
      /^12:34:56 .*groq\/m +total 812 ms \| TTFT 152 ms \| TPS n\/a \| 500 in, 200 out \| \$0\.000120 \| ok \(200\) \| SIMULATED$/,
    );
  });

  it("is nothing for lines that are none of ours", () => {
    for (const line of ["", "Ready on http://127.0.0.1", '{"a":1}', '{"level":"info",'])
      expect(formatEvent(line)).toBeNull();
  });
});

describe("an error in one line", () => {
  it("has its cause and no stack", () => {
    const error = new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    expect(describeError(error)).toBe("fetch failed (connect ECONNREFUSED)");
    expect(describeError("text")).toBe("text");
  });
});

describe("what a terminal obeys, or turns text round, in others' data", () => {
  const hostile = "model\u001b[2Jx\u009b31m\u202e\u2066\u2028\rend";
  const obeyed = /[\p{Cc}\p{Bidi_Control}\u2028]/u;

  it("reaches no log line, which says the same all the same", () => {
    const lines: string[] = [];
    createLog((line) => lines.push(line), []).error("target_measured", {
      model: hostile,
      error_message: hostile,
    });
    expect(lines[0]).not.toMatch(obeyed);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ model: hostile });
    const shown = formatEvent(lines[0] ?? "") ?? "";
    expect(shown).toContain("\\u001b[2Jx");
    expect(shown).not.toMatch(obeyed);
  });
});
