/** BENCHMARK_BUDGET_USD where nothing is saved: the quick test and --no-save count into one file. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SpentFile } from "../../local/cli/spent-file.ts";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
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

it("keeps the worst case of a request whose end nobody saw, and passes over a line left in half", () => {
  const [A, B, C] = [randomUUID(), randomUUID(), randomUUID()];
  const file = new SpentFile(logs);
  const now = Date.now();
  file.write(A, now, 0.5);
  file.write(A, now, 0.1);
  file.write(B, now, 0.25);
  file.write(C, now - 2 * DAY_MS, 7);
  expect(file.since(now - DAY_MS)).toBeCloseTo(0.35);
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
