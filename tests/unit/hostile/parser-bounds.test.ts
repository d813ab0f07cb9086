import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/* Each body at its size limit, read within 200 ms and 32 MB: what a hostile provider can cost the coordinator. */

const CHILD = fileURLToPath(new URL("parsers-child.ts", import.meta.url));
const LIMIT_MS = 200;
const LIMIT_MB = 32;

async function readApart(body: string, heapMb?: number): Promise<{ tookMs: number; usedMb: number }> {
  // A small young generation: garbage is collected as it comes, and the old one holds what is in use.
  const bound = heapMb ? ["--max-semi-space-size=1", `--max-old-space-size=${Math.ceil(heapMb)}`] : [];
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", ...bound, CHILD, body]);
  return JSON.parse(stdout) as { tookMs: number; usedMb: number };
}

it("reads every body at its limit within 200 ms and 32 MB of heap", async () => {
  const { usedMb } = await readApart("nothing");
  const bodies = [
    "error page",
    "queue_time",
    "list of empty objects",
    "list of nested lists",
    "list of large models",
    "list of long names",
    "list of escapes",
    "feed of empty providers",
    "stream of brackets",
    "stream of braces",
    "stream of closed braces",
    "stream of quotes",
    "stream of quoted braces",
    "stream of words",
    "stream of errors",
    "stream of named words",
    "stream of bare braces",
  ];
  const took: Record<string, number> = {};
  for (const body of bodies) {
    took[body] = Math.round((await readApart(body)).tookMs);
    // Where it is not enough, node ends and the test fails with what it says.
    await readApart(body, usedMb + LIMIT_MB);
  }
  console.log(took);
  expect(Object.entries(took).filter(([, ms]) => ms > LIMIT_MS)).toEqual([]);
}, 120_000);
