/**
 * 20 clients in a closed loop on the dearest addresses for four minutes, under the rate limits of wrangler.toml: what visitors
 * meet meanwhile. Each client has an address of its own; the visitors' pages come from the Worker, not from a cache.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { insert } from "../e2e/support/results.ts";
import { beGreedy, DEAREST } from "../support/greedy.ts";
import { median } from "../support/many.ts";
import { useSupabase } from "../support/supabase.ts";

const CLIENTS = 20;
/** V8 collects all of the heap every minute and a half here: in less time what is left after that cannot be compared. */
const LOOP_MS = 240_000;
const QUIET_MS = 15_000;
/** A page every quarter of a second, each by the next of so many visitors: five seconds for one to read a page. */
const LOOK_EVERY_MS = 250;
const VISITORS = 20;
const PAGES = ["/", "/models/openai/gpt-4o-mini", "/status"];

const supabase = useSupabase();
let dashboard: DashboardServer;

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 7 * 24, simulated: false });
  await insert(supabase.sql, runs, results);
  await supabase.sql.query("analyze");
  dashboard = await startDashboard(
    { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey },
    declaredLimits(),
    { inspected: true },
  );
});
afterAll(() => dashboard?.stop());

/** The limits as wrangler.toml declares them. */
function declaredLimits() {
  const declared = readFileSync("wrangler.toml", "utf8").matchAll(
    /\[\[ratelimits\]\]\nname = "(\w+)"\nnamespace_id = "(\d+)"\nsimple = \{ limit = (\d+), period = 60 \}/g,
  );
  return Object.fromEntries(
    [...declared].map(([, name = "", id = "", most]) => [
      name,
      { namespace_id: id, simple: { limit: Number(most), period: 60 as const } },
    ]),
  );
}

/** What visitors meet for so long: how long each page took, and its status. */
async function look(ms: number): Promise<{ tookMs: number[]; failed: string[] }> {
  const tookMs: number[] = [];
  const failed: string[] = [];
  const until = Date.now() + ms;
  for (let index = 0; Date.now() < until; index++) {
    const path = PAGES[index % PAGES.length] ?? "/";
    const began = performance.now();
    const response = await fetch(dashboard.url + path, {
      headers: { "CF-Connecting-IP": `198.51.100.${(index % VISITORS) + 1}` },
    });
    await response.arrayBuffer();
    tookMs.push(performance.now() - began);
    if (response.status !== 200) failed.push(`${path}: ${response.status}`);
    await sleep(LOOK_EVERY_MS);
  }
  return { tookMs, failed };
}

it("20 greedy clients get no 5xx; how much slower a page is meanwhile, and memory, are printed", async () => {
  expect(Object.keys(declaredLimits()).sort()).toEqual(["PAGE_LIMIT", "PROGRAM_LIMIT", "TABLE_LIMIT"]);
  await look(3_000);
  const quiet = await look(QUIET_MS);
  const heap: number[] = [];
  const sampler = setInterval(async () => heap.push(await dashboard.heapMiB()), 500);
  const greedy = beGreedy(dashboard.url, [...DEAREST.programs, ...DEAREST.pages], {
    clients: CLIENTS,
    ms: LOOP_MS,
    headersOf: (client) => ({ "CF-Connecting-IP": `203.0.113.${client + 1}` }),
  });
  const busy = await look(LOOP_MS);
  const { statuses } = await greedy.finally(() => clearInterval(sampler));

  // What is left after a collection: between two of them the heap rises and falls.
  const third = Math.floor(heap.length / 3);
  const [before, after] = [Math.min(...heap.slice(third, 2 * third)), Math.min(...heap.slice(2 * third))];
  const ratio = median(busy.tookMs) / median(quiet.tookMs);
  console.log(
    [
      `greedy answers: ${[...statuses].map(([status, count]) => `${count} of ${status}`).join(", ")}`,
      `a page: quiet median ${median(quiet.tookMs).toFixed(0)} ms, busy ${median(busy.tookMs).toFixed(0)} ms (${ratio.toFixed(2)} times)`,
      `heap of the isolate: at least ${before.toFixed(0)} MiB in the second third of the time, ${after.toFixed(0)} in the last, at most ${Math.max(...heap).toFixed(0)}`,
    ].join("\n"),
  );
  expect([...statuses.keys()].filter((status) => status !== 200 && status !== 429)).toEqual([]);
  expect([...quiet.failed, ...busy.failed]).toEqual([]);
}, 400_000);
