/** BENCHMARK_BUDGET_USD where nothing is saved: the quick test and --no-save count into one file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SpentFile } from "../../local/cli/spent-file.ts";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { asRealProviders, measuredRequests } from "../support/engine.ts";
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
  const file = new SpentFile(logs);
  const now = Date.now();
  file.write("a", now, 0.5);
  file.write("a", now, 0.1);
  file.write("b", now, 0.25);
  file.write("c", now - 2 * DAY_MS, 7);
  expect(file.since(now - DAY_MS)).toBeCloseTo(0.35);
});
