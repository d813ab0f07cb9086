import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { platformLimitIn, retryAfterLimit } from "../../workers/benchmark/platform-limits.ts";
import { startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { bundleForWorkerd } from "../support/bundle.ts";
import { eventually } from "../support/eventually.ts";

it.each([
  ["Exceeded allowed duration in Durable Objects free tier.", true],
  ["Exceeded allowed rows written in Durable Objects free tier.", true],
  ["Too many subrequests by single Worker invocation.", false],
  ["Durable Object exceeded its CPU time limit and was reset.", false],
])("%s is known as a limit of Cloudflare's", (text, daily) => {
  expect(platformLimitIn(text)).toMatchObject({ daily, hint: expect.stringContaining("docs/runs.md") });
});

it("takes no provider's words for a limit of ours", () => {
  for (const text of ["fetch failed: connect ECONNREFUSED", "429 Too many requests"]) {
    expect(platformLimitIn(text)).toBeNull();
  }
});

it("is tried again in the new day where it is one of a day", () => {
  const now = Date.parse("2026-11-28T17:00:00Z");
  expect(retryAfterLimit({ hint: "", daily: true }, now, 30_000)).toBe(Date.parse("2026-11-29T00:01:00Z"));
  expect(retryAfterLimit({ hint: "", daily: false }, now, 30_000)).toBe(now + 30_000);
});

it("is one plain line when a day's rows are used up", async () => {
  const worker = await startBenchmarkWorker({
    bundle: await bundleForWorkerd(fileURLToPath(new URL("../support/metered-worker.ts", import.meta.url))),
    settings: { SUPABASE_URL: "http://127.0.0.1:9", SUPABASE_SERVICE_ROLE: `sb_secret_${"x".repeat(31)}` },
  });
  try {
    await worker.askCoordinator({ method: "POST" });
    await worker.cron().catch(() => undefined);
    await eventually(async () => worker.events.length > 0, "a line in the log");
    expect(worker.events).toMatchObject([
      {
        level: "error",
        event: "platform_limit",
        during: "cron_failed",
        reason: expect.stringContaining("rows written"),
        hint: expect.stringContaining("after 00:00 UTC"),
      },
    ]);
  } finally {
    await worker.stop();
  }
});
