import { afterEach, describe, expect, test, vi } from "vitest";
import { logEvent, logFailure } from "../../../app/lib/log.ts";

afterEach(() => vi.restoreAllMocks());

function written(level: "error" | "warn", log: () => void): Record<string, unknown> {
  const lines: string[] = [];
  vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
  log();
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

describe("the dashboard's log", () => {
  test("is one JSON line an event, with its level and time", () => {
    const line = written("warn", () => logEvent("warn", "previous_window_timed_out", { window: "7d" }));
    expect(line).toEqual({
      level: "warn",
      event: "previous_window_timed_out",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      window: "7d",
    });
  });

  test("names a failure's path without its query, and cuts its message", () => {
    const request = new Request("https://x.example/models/a?q=private");
    const line = written("error", () => logFailure("loader_failed", request, new TypeError("x".repeat(900))));
    expect(line).toMatchObject({ level: "error", event: "loader_failed", path: "/models/a" });
    expect(line.message).toHaveLength(500);
    expect(String(line.message)).toMatch(/^TypeError: x/);
  });

  test.each([
    "apikey: sb_secret_abcDEF123456",
    "key sb_publishable_abcDEF123456 was refused",
    "Authorization: Bearer abcdefgh12345678",
    "bad token eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl here",
    "https://x.example/rest?apikey=abcdefgh12345678&select=*",
  ])("writes no key: %s", (message) => {
    const line = written("error", () => logEvent("error", "read_failed", { message }));
    expect(line.message).toContain("[redacted]");
    expect(JSON.stringify(line)).not.toMatch(/abcDEF123456|abcdefgh12345678|eyJ|c2lnbmF0dXJl/);
  });
});
