/** BENCHMARK_BUDGET_USD where nothing is saved: the quick test and --no-save count into one file. */
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SpentFile } from "../../local/cli/spent-file.ts";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { startEmbeddedSupabase } from "../../local/supabase/index.ts";
import { worstCaseUsd } from "../../workers/benchmark/jobs/budget.ts";
import { defaultTargets } from "../../workers/benchmark/jobs/target.ts";
import { startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, measuredRequests, runOnce } from "../support/engine.ts";
import { freshSupabase } from "../support/supabase.ts";
import { startTerminal } from "../support/terminal.ts";

let simulator: Simulator;
let logs: string;

beforeEach(async () => {
  logs = mkdtempSync(join(tmpdir(), "budget-"));
  simulator = await startSimulator({ speed: 50, failures: false });
});
afterEach(async () => {
  await simulator.stop();
  rmSync(logs, { recursive: true });
});

const DAY_MS = 24 * 3_600_000;
const spent = () => new SpentFile(logs).since(Date.now() - DAY_MS);
const asked = () => measuredRequests(simulator).length;
const run = (args: readonly string[], budget: string) =>
  startTerminal(args, { ...asRealProviders(simulator, ["openai"]), BENCHMARK_BUDGET_USD: budget }, logs)
    .ended;

it.each([["probe"], ["benchmark", "--no-save", "--provider", "openai"]])(
  "sends nothing from %s with a budget of 0",
  async (...args) => {
    const { stdout, stderr } = await run(args, "0");
    expect(asked()).toBe(0);
    expect(spent()).toBe(0);
    expect(stdout + stderr).toMatch(/budget/i);
  },
);

it("counts what is saved nowhere into the budget of the next command, whichever it is", async () => {
  await run(["probe"], "5");
  const once = spent();
  expect(asked()).toBe(1);
  expect(once).toBeGreaterThan(0);
  await run(["benchmark", "--no-save", "--provider", "openai"], "5");
  expect(asked()).toBe(2);
  expect(spent()).toBeGreaterThan(once);

  // One that is spent already.
  await run(["probe"], String(spent()));
  await run(["benchmark", "--no-save", "--provider", "openai"], String(spent()));
  expect(asked()).toBe(2);
});

/** USD of a request to the model that is asked here. */
function worstCaseOfOne(): number {
  const target = defaultTargets().find(({ model }) => model === "gpt-4o-mini");
  if (target === undefined) throw new Error("it is one of the default targets");
  return worstCaseUsd(target, []);
}

it("keeps the worst case of a request whose end nobody saw, and reads on after a line left in half", () => {
  const [A, B, C, D] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const file = new SpentFile(logs);
  const at = Date.now();
  file.write({ id: A, at, usd: 0.5 });
  file.write({ id: A, at, usd: 0.1 });
  file.write({ id: B, at, usd: 0.25 });
  file.write({ id: C, at: at - 2 * DAY_MS, usd: 7 });
  appendFileSync(join(logs, "spent.jsonl"), `{"id":"${randomUUID()}","at":17959`);
  file.write({ id: D, at, usd: 1 });
  expect(file.since(at - DAY_MS)).toBeCloseTo(1.35);
});

it.each([
  ["cannot be read", () => appendFileSync(join(logs, "spent.jsonl"), "no count\n"), /line 1.+move the file/],
  ["is a folder", () => mkdirSync(join(logs, "spent.jsonl")), /spent\.jsonl.+EISDIR/],
])("asks nothing where the count %s, and says so in one line", async (_, spoil, words) => {
  spoil();
  const { code, stderr } = await run(["probe"], "5");
  expect([code, asked()]).toEqual([1, 0]);
  expect(stderr.trim().split("\n").at(-1)).toMatch(words);
});

it("is one for commands at once: what one sets aside the others see before they ask", async () => {
  // Cut off before the usage: its worst case stays.
  simulator.setFault("openai", "truncate");
  const worstCase = worstCaseOfOne();
  const budget = String(1.5 * worstCase);
  const ended = await Promise.all(Array.from({ length: 4 }, () => run(["probe"], budget)));
  expect(asked()).toBeLessThanOrEqual(1);
  expect(spent()).toBeLessThanOrEqual(1.5 * worstCase);
  expect(ended.filter(({ stderr }) => /BENCHMARK_BUDGET_USD is reached/.test(stderr)).length).toBe(
    4 - asked(),
  );
});

describe("with the embedded database that runs", () => {
  let database: Awaited<ReturnType<typeof startEmbeddedSupabase>>;
  let sql: Pool;
  let settings: Record<string, string>;
  beforeAll(async () => {
    const local = mkdtempSync(join(tmpdir(), "budget-local-"));
    database = await startEmbeddedSupabase({
      dataDirectory: join(local, "supabase"),
      port: 0,
      durable: false,
    });
    sql = new Pool({ connectionString: database.databaseUrl, max: 1 });
    await sql.query("update public.models set active = (name = 'gpt-4o-mini')");
    settings = { LOCAL_DIRECTORY: local };
  }, 60_000);
  afterAll(async () => {
    await sql.end();
    await database.stop();
  });
  beforeEach(() => sql.query("truncate public.unsaved_spending; delete from public.benchmark_results"));
  const terminal = (args: readonly string[], budget: number) =>
    startTerminal(
      args,
      { ...asRealProviders(simulator, ["openai"]), ...settings, BENCHMARK_BUDGET_USD: String(budget) },
      logs,
    ).ended;
  const sum = async (column: string, table: string) => {
    const { rows } = await sql.query(`select coalesce(sum(${column}), 0) as usd from public.${table}`);
    return Number(rows[0]?.usd);
  };
  const saved = () => sum("cost_usd", "benchmark_results");
  const unsaved = () => sum("usd", "unsaved_spending");
  const counted = async () => {
    const { rows } = await sql.query("select public.engine_spent_since(now() - interval '1 day') as spent");
    return Number(rows[0]?.spent.usd);
  };

  it("the quick test and --no-save count what saved runs spent, and the database what they spend", async () => {
    expect((await terminal(["benchmark", "--provider", "openai"], 5)).code).toBe(0);
    const once = await saved();
    expect(once).toBeGreaterThan(0);
    // Its rows say it, and what stands beside them is not counted once more.
    expect(await counted()).toBeCloseTo(once, 12);
    for (const args of [["probe"], ["benchmark", "--no-save", "--provider", "openai"]]) {
      expect((await terminal(args, once)).stderr + (await terminal(args, once)).stdout).toMatch(/budget/i);
    }
    expect(asked()).toBe(1);
    for (const args of [["probe"], ["benchmark", "--no-save", "--provider", "openai"]])
      await terminal(args, 5);
    expect(asked()).toBe(3);
    expect(spent()).toBeGreaterThan(0);
    expect(await counted()).toBeCloseTo(once + spent(), 12);
  }, 60_000);

  it("saved runs at once stay within it together", async () => {
    simulator.setFault("openai", "truncate");
    const few = 4.5 * worstCaseOfOne();
    await Promise.all(
      Array.from({ length: 4 }, () => terminal(["benchmark", "--provider", "openai", "--repeat", "5"], few)),
    );
    expect(asked()).toBeGreaterThan(0);
    expect(asked()).toBeLessThanOrEqual(4);
    expect(await counted()).toBeCloseTo(asked() * worstCaseOfOne(), 9);
  }, 60_000);

  it("a run whose rows a later command delivers is counted once", async () => {
    await sql.query(`create function public.refuse() returns trigger language plpgsql as
      'begin raise exception using errcode = ''57014''; end'`);
    await sql.query(
      "create trigger refuse before insert on public.benchmark_results for each row execute function public.refuse()",
    );
    expect((await terminal(["benchmark", "--provider", "openai"], 5)).code).toBe(1);
    const held = await counted();
    expect([held > 0, await saved()]).toEqual([true, 0]);
    await sql.query("drop function public.refuse cascade");
    expect((await terminal(["benchmark", "--provider", "openai"], 5)).code).toBe(0);
    expect(await saved()).toBeGreaterThan(held);
    expect(await counted()).toBeCloseTo(await saved(), 12);
  }, 60_000);

  it("what asking a new server cost is handed over when the command ends", async () => {
    settings = { ...settings, ACME_API_KEY: "another-key-for-tests" };
    const { code, stderr } = await terminal(
      ["providers", "add", "acme", `${simulator.url}/openai`, "--model", "gpt-4o-mini", "--free", "--yes"],
      5,
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(spent()).toBeGreaterThan(0);
    expect(await unsaved()).toBeCloseTo(spent(), 12);
  }, 60_000);
});

it("is one budget: the Worker counts what a terminal spent, saved or not, before and after its own first run", async () => {
  const supabase = await freshSupabase();
  const settings = {
    SUPABASE_URL: supabase.url,
    SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
    ...asRealProviders(simulator, ["openai"]),
  };
  const terminal = (...args: string[]) => startTerminal(args, settings, logs).ended;
  await activateOnly(supabase, [{ provider: "openai", model: "gpt-4o-mini" }]);
  const worker = await startBenchmarkWorker({ settings });
  const costOf = async (where: string) =>
    Number(
      (
        await supabase.sql.query(
          `select coalesce(sum(cost_usd), 0) as usd from public.benchmark_results ${where}`,
        )
      ).rows[0]?.usd,
    );
  const expectCounted = async () => {
    await runOnce(worker, supabase);
    const everything = (await costOf("")) + spent();
    expect(everything).toBeGreaterThan(0);
    expect((await worker.status()).spentLast24hUsd).toBeCloseTo(everything, 9);
  };
  try {
    expect((await terminal("probe")).code).toBe(0);
    expect((await terminal("benchmark", "--provider", "openai")).code).toBe(0);
    await expectCounted();
    const before = spent();
    expect((await terminal("benchmark", "--no-save", "--provider", "openai")).code).toBe(0);
    expect((await terminal("benchmark", "--provider", "openai")).code).toBe(0);
    expect(spent()).toBeGreaterThan(before);
    await expectCounted();
    // Another machine's terminal, with a file of its own, counts it all too.
    const other = mkdtempSync(join(tmpdir(), "budget-"));
    const budget = String((await costOf("")) + spent());
    const { stderr } = await startTerminal(["probe"], { ...settings, BENCHMARK_BUDGET_USD: budget }, other)
      .ended;
    rmSync(other, { recursive: true });
    expect(stderr).toMatch(/BENCHMARK_BUDGET_USD is reached/);
  } finally {
    await worker.stop();
    await supabase.stop();
  }
});
