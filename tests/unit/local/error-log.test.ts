import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createErrorLog, parseLogEvent } from "../../../local/error-log.ts";

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "error-log-")), "logs");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true }));

const at = (time: string) => () => new Date(time);
const requestId = "0b8e0a3e-6c1a-4bb0-9d0e-0f6b3f2d7a11";
const failure = {
  level: "error",
  event: "target_measured",
  time: "2026-11-23T14:26:39.875Z",
  run_id: "r-1",
  request_id: requestId,
  provider: "groq",
  error_kind: "rate_limited",
  error_message: "HTTP 429: slow down\nand again",
} as const;

describe("the error log", () => {
  it("writes one line an error, with time, request and the whole context", () => {
    const log = createErrorLog(directory, at("2026-11-23T15:00:00Z"));
    log.record(failure);
    log.record({ level: "warn", event: "target_skipped", provider: "xai" });

    const file = join(directory, "benchmark_engine_20261123.log");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(log.file()).toBe(file);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      new RegExp(`^2026-11-23T14:26:39.875Z ERROR target_measured request=${requestId} \\{`),
    );
    expect(JSON.parse(lines[0]?.slice(lines[0].indexOf("{")) ?? "")).toEqual({
      run_id: "r-1",
      provider: "groq",
      error_kind: "rate_limited",
      error_message: "HTTP 429: slow down\nand again",
    });
    expect(lines[1]).toBe('2026-11-23T15:00:00.000Z WARN target_skipped request=- {"provider":"xai"}');
  });

  it("leaves out what is no failure, and makes no file for it", () => {
    const log = createErrorLog(directory);
    log.record({ level: "info", event: "run_started" });
    expect(existsSync(directory)).toBe(false);
  });

  it("keeps a failed measurement at whatever level it was said", () => {
    const log = createErrorLog(directory, at("2026-11-23T15:00:00Z"));
    log.record({ ...failure, level: "info" });
    expect(readFileSync(log.file(), "utf8")).toContain(requestId);
  });

  it("begins a new file each day, in UTC, readable by its owner only", () => {
    let now = new Date("2026-11-23T23:59:59Z");
    const log = createErrorLog(directory, () => now);
    log.record(failure);
    now = new Date("2026-11-24T00:00:01Z");
    log.record(failure);
    expect(readdirSync(directory)).toEqual([
      "benchmark_engine_20261123.log",
      "benchmark_engine_20261124.log",
    ]);
    expect(statSync(log.file()).mode & 0o077).toBe(0);
  });

  it("says once that it cannot write, and lets the work go on", () => {
    writeFileSync(join(directory, "..", "file"), "");
    const said: string[] = [];
    const log = createErrorLog(join(directory, "..", "file"), undefined, (line) => void said.push(line));
    log.record(failure);
    log.record(failure);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("cannot be written");
  });
});

describe("reading a log line", () => {
  it("takes events and nothing else", () => {
    expect(parseLogEvent('{"level":"info","event":"x","n":1}')).toEqual({ level: "info", event: "x", n: 1 });
    for (const line of [
      "",
      "Ready on http://x",
      "{",
      '{"level":"loud","event":"x"}',
      '{"level":"info"}',
      "[1]",
    ])
      expect(parseLogEvent(line)).toBeNull();
  });
});
