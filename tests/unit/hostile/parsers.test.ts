import { describe, expect, it } from "vitest";
import { ask, chunk, ending, event } from "../probe/ask.ts";

const PAGE = 64 * 1024;
const LIMIT_MS = 1_000;

const repeated = (unit: string, size = PAGE): string =>
  unit.repeat(Math.ceil(size / unit.length)).slice(0, size);

/** Texts that make patterns and walkers work: each was quadratic in some reader of this kind. */
const UNITS = [
  ...["<title", "<", "<a ", "model ", "models are ", "account is ", "key: ", "retry-after", "try again in 1"],
  ...[
    "a@",
    "arn:aws:iam::1",
    "0123abcd-",
    "quota exceeded per ",
    "https://",
    "Bearer ",
    "[[",
    '{"error":',
    "\\u0000",
  ],
  ...[
    "余额",
    "sk-",
    "data:",
    "data: data:",
    ": ",
    "\n",
    "\r",
    "\r\n",
    "event: error\n",
    '"message":"',
    "<think>",
    "[THINK",
  ],
];

/** The best of three: what the machine does beside is not the reader's. */
async function quickest(run: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3; turn += 1) {
    const started = performance.now();
    await run();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

describe("what reads a hostile body", () => {
  for (const unit of UNITS) {
    it(`is linear in ${JSON.stringify(unit)}`, async () => {
      const page = repeated(unit);
      const inStream = chunk({ content: "a" }) + event({ error: { message: page } });
      for (const [status, bytes] of [
        [429, page],
        [400, JSON.stringify({ error: { message: page, code: page } })],
        [200, inStream],
        [200, `: x\n\n${page}`],
        [200, chunk({ content: page }) + chunk({}, page) + ending(null)],
      ] as const) {
        const took = await quickest(() => ask({ reads: [{ atMs: 5, bytes }], status }));
        expect(took, `${status} ${bytes.slice(0, 40)}`).toBeLessThan(LIMIT_MS);
      }
    });
  }

  it("is bounded for megabytes where a server puts its own times", async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 3, queue_time: repeated("12 sk-", 3_000_000) };
    const bytes = chunk({ content: "fine" }) + ending(usage);
    let kept = "";
    const took = await quickest(async () => {
      const { row } = await ask({ reads: [{ atMs: 5, bytes }] });
      kept = JSON.stringify(row.provider_timing);
    });
    expect(took).toBeLessThan(LIMIT_MS);
    expect(kept.length).toBeLessThan(1_000);
  });

  it("is linear in how a stream is cut and in the lines of one event", async () => {
    const lines = `data: {"a":\n${"data: 1,\n".repeat(60_000)}\n`;
    const pieces = Array.from({ length: 40_000 }, () => ({ atMs: 5, bytes: "data" }));
    for (const reads of [[{ atMs: 5, bytes: lines }], pieces]) {
      expect(await quickest(() => ask({ reads }))).toBeLessThan(LIMIT_MS * 2);
    }
  });
});
