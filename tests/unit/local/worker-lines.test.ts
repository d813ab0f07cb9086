import { describe, expect, it } from "vitest";
import { readWorkerLine } from "../../../local/stack/worker-output.ts";
import { toolEnvironment } from "../../../local/tool-environment.ts";

const event = '{"level":"error","event":"target_measured","request_id":"r"}';

describe("a line of wrangler dev", () => {
  it.each([
    ["as it is", event],
    ["with the mark of console.error", `✘ [ERROR] ${event}`],
    ["with the mark of console.warn", `▲ [WARNING] ${event}`],
    [
      "with the mark in colours",
      `\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m${event}\u001b[0m`,
    ],
  ])("is an event of the Worker's: %s", (_how, line) => {
    expect(readWorkerLine(line)).toMatchObject({ kind: "event", json: event, event: { request_id: "r" } });
  });

  it("is an error where wrangler or workerd says so", () => {
    expect(readWorkerLine("[wrangler:error] ReferenceError: x is not defined")).toEqual({
      kind: "error",
      message: "ReferenceError: x is not defined",
    });
    expect(readWorkerLine('✘ [ERROR] Could not resolve "./gone.ts"')).toMatchObject({ kind: "error" });
  });

  it("is noise otherwise", () => {
    for (const line of [
      "",
      "Using secrets defined in .local/benchmark.env",
      "[wrangler:info] Ready on http://127.0.0.1:8788",
      "[wrangler:info] GET / 200 OK (9ms)",
      "    at Object.fetch (file:///x.js:1:1)",
      "▲ [WARNING] Scheduled Workers are not automatically triggered during local development.",
    ]) {
      expect(readWorkerLine(line), line).toEqual({ kind: "noise" });
    }
  });
});

describe("the environment of tools", () => {
  it("has none of our secrets and keeps wrangler off the network", () => {
    const given = {
      OPENAI_API_KEY: "sk-1",
      SUPABASE_SERVICE_ROLE: "s",
      ADMIN_TOKEN: "t",
      ALERT_SLACK_URL: "https://hooks.example/secret",
      HEARTBEAT_URL: "https://beat.example/secret",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=secret",
      CLOUDFLARE_API_KEY: "c",
      FORCE_COLOR: "1",
    };
    const before = { ...process.env };
    Object.assign(process.env, given);
    try {
      const env = toolEnvironment("/tmp/x", { EXTRA: "1" });
      expect(Object.keys(env).filter((name) => name in given)).toEqual([]);
      expect(env).toMatchObject({
        EXTRA: "1",
        PATH: before.PATH,
        WRANGLER_SEND_METRICS: "false",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        X_LOCAL_EXPLORER: "false",
      });
    } finally {
      for (const name of Object.keys(given)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });
});
