import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { activateOnly, asRealProviders, measuredRequests } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { filesIn, readLines, startTerminal } from "../support/terminal.ts";

let supabase: TestSupabase;
let door: FaultyProxy;
let simulator: Simulator;
let logs: string;

beforeAll(async () => {
  supabase = await freshSupabase();
  await activateOnly(supabase, [
    { provider: "openai", model: "gpt-4o-mini" },
    { provider: "groq", model: "llama-3.1-8b-instant" },
    { provider: "together", model: "openai/gpt-oss-20b" },
  ]);
});
afterAll(() => supabase.stop());
beforeEach(async () => {
  door = await startFaultyProxy(supabase.url);
  simulator = await startSimulator({ speed: 4, failures: false });
  logs = mkdtempSync(join(tmpdir(), "benchmark-engine-logs-"));
});
afterEach(async () => {
  await simulator.stop();
  await door.stop();
  rmSync(logs, { recursive: true, force: true });
  await supabase.sql.query("alter table public.benchmark_results drop constraint if exists refused");
  await supabase.sql.query("truncate public.runs cascade");
});

function settings(url = door.url): Record<string, string> {
  return {
    SUPABASE_URL: url,
    SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
    ...asRealProviders(simulator, ["openai", "groq", "together"]),
  };
}

const start = (env = settings(), ...args: string[]) => startTerminal(["benchmark", ...args], env, logs);
const unsaved = () => filesIn(logs, "unsaved-");
const rejected = () => filesIn(logs, "rejected-");

/** A run whose results do not reach the database. @returns its file's name. */
async function runWithoutDatabase(): Promise<string> {
  const before = measuredRequests(simulator).length;
  const { ended } = start();
  await eventually(async () => measuredRequests(simulator).length > before, "the first request");
  await door.set("refused");
  expect((await ended).code).toBe(1);
  await door.set("up");
  const [name] = unsaved();
  if (name === undefined) throw new Error("Nothing was left unsaved.");
  return name;
}

async function storedRuns() {
  const { data } = await supabase.service
    .from("runs")
    .select("id, finished_at, note, skipped, benchmark_results(id, provider, error_kind)")
    .order("started_at");
  return data ?? [];
}

const refuseGroq = () =>
  supabase.sql.query(
    "alter table public.benchmark_results add constraint refused check (provider <> 'groq') not valid",
  );

describe("a row that the database refuses for good", () => {
  it("is set aside with its reason, holds up nothing, and the run that made it exits 1", async () => {
    await refuseGroq();
    const { code, stdout, stderr } = await start().ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^groq\/.*REFUSED BY THE DATABASE$/m);
    expect(stdout.match(/\| saved$/gm)).toHaveLength(2);
    expect(stderr).toMatch(/1 rows were refused by the database for good; they are kept in .*rejected-/);
    expect(unsaved()).toEqual([]);
    const kept = readLines(logs, rejected()[0] ?? "");
    expect(kept).toMatchObject([{ item: { kind: "result", row: { provider: "groq" } } }]);
    expect(kept[0]?.reason).toMatch(/refused.*23514/);
    const [stored] = await storedRuns();
    expect(stored?.finished_at).not.toBeNull();
    expect(stored?.benchmark_results.map(({ provider }) => provider).sort()).toEqual(["openai", "together"]);
  });

  it("in an earlier run's file holds up neither the rows behind it nor other files", async () => {
    const first = await runWithoutDatabase();
    renameSync(join(logs, first), join(logs, `aside-${first}`));
    await runWithoutDatabase();
    renameSync(join(logs, `aside-${first}`), join(logs, first));
    await refuseGroq();

    const second = await start(settings(), "--provider", "openai").ended;
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/2 rows were refused by the database for good/);
    expect(unsaved()).toEqual([]);
    expect(rejected()).toHaveLength(2);
    for (const name of rejected()) expect(readLines(logs, name)).toHaveLength(1);
    const runs = await storedRuns();
    expect(runs.map((run) => run.finished_at !== null)).toEqual([true, true, true]);
    expect(runs.map((run) => run.benchmark_results.length)).toEqual([2, 2, 1]);

    const third = await start(settings(), "--provider", "openai").ended;
    expect(third.code).toBe(0);
    for (const name of rejected()) expect(readLines(logs, name)).toHaveLength(1);
  });
});

describe("a terminal run that is killed in the middle of a request", () => {
  it("is closed by the next start, its cut request as one interrupted row, and nothing twice", async () => {
    simulator.setFault("groq", "stall");
    simulator.setFault("together", "stall");
    const { child, ended } = start(settings(), "--prompt", "short");
    const stuck = await eventually(
      async () =>
        measuredRequests(simulator).find((one) => one.provider !== "openai" && one.requestId !== null),
      "a request that gets no full answer",
    );
    const answered = measuredRequests(simulator).filter(({ endedMs }) => endedMs !== null).length;
    child.kill("SIGKILL");
    await ended;
    const [open] = await storedRuns();
    expect(open?.finished_at).toBeNull();
    expect(open?.benchmark_results).toHaveLength(answered);

    simulator.setFault("groq", null);
    simulator.setFault("together", null);
    const next = await start(settings(), "--provider", "openai").ended;
    expect(next.code).toBe(0);
    expect(next.stderr).toContain(`Closed run ${open?.id}, which was cut off.`);
    const [closed] = await storedRuns();
    expect(closed?.finished_at).not.toBeNull();
    expect(closed?.note).toMatch(/^Cut off/);
    const cut = closed?.benchmark_results.filter((row) => row.error_kind === "interrupted");
    expect(cut).toEqual([expect.objectContaining({ id: stuck.requestId, provider: stuck.provider })]);
    expect(closed?.benchmark_results).toHaveLength(answered + 1);
    // Three were to be asked: those that it never came to are named.
    expect(closed?.skipped).toHaveLength(3 - answered - 1);
    const asked = closed?.benchmark_results.map(({ provider }) => provider);
    const neverAsked = ["groq", "openai", "together"].filter((provider) => !asked?.includes(provider));
    expect(closed?.skipped).toEqual(
      expect.arrayContaining(
        neverAsked.map((provider) => expect.objectContaining({ provider, reason: "stopped" })),
      ),
    );
    const { data } = await supabase.service
      .from("benchmark_results")
      .select("prompt_version, simulated, location, request_params")
      .eq("run_id", closed?.id ?? "");
    expect(new Set(data?.map((row) => row.prompt_version)).size).toBe(1);

    const again = await start(settings(), "--provider", "openai").ended;
    expect(again.stderr).not.toContain("Closed run");
    const [unchanged] = await storedRuns();
    expect(unchanged).toEqual(closed);
    expect(unsaved()).toEqual([]);
  });

  it("is closed too when the database was away, with each answered request as it was measured", async () => {
    simulator.setFault("together", "stall");
    const { child, ended } = start();
    await eventually(async () => measuredRequests(simulator).length > 0, "the first request");
    await door.set("refused");
    await eventually(
      async () =>
        measuredRequests(simulator).some((one) => one.provider === "together" && one.requestId !== null),
      "a request that gets no full answer",
    );
    child.kill("SIGKILL");
    await ended;
    await door.set("up");
    simulator.setFault("together", null);
    expect((await start(settings(), "--provider", "openai").ended).code).toBe(0);
    const [closed] = await storedRuns();
    expect(closed?.finished_at).not.toBeNull();
    const asked = measuredRequests(simulator).slice(0, -1);
    expect(closed?.benchmark_results.map(({ id }) => id).sort()).toEqual(
      asked.map(({ requestId }) => requestId).sort(),
    );
    expect(closed?.benchmark_results.filter((row) => row.error_kind !== null)).toEqual([
      expect.objectContaining({ provider: "together", error_kind: "interrupted" }),
    ]);
  });
});

describe("the file of a run that goes on", () => {
  it("is left alone by a second start, and taken over by one after its process was killed", async () => {
    simulator.setFault("groq", "stall");
    const running = start(settings(), "--provider", "groq");
    await eventually(
      async () => measuredRequests(simulator).length > 0,
      "a request that gets no full answer",
    );
    const [held = ""] = unsaved();
    expect(held).toContain(`.held-${running.child.pid}-`);

    const second = await start(settings(), "--provider", "openai").ended;
    expect(second.code).toBe(0);
    expect(second.stderr).not.toContain("Closed run");
    expect(unsaved()).toEqual([held]);
    expect((await storedRuns())[0]?.finished_at).toBeNull();

    running.child.kill("SIGKILL");
    await running.ended;
    const third = await start(settings(), "--provider", "openai").ended;
    expect(third.stderr).toContain("Closed run");
    expect(unsaved()).toEqual([]);
  });
});

describe("rows that were measured for another database", () => {
  it("wait for it, and one line says so", async () => {
    const name = await runWithoutDatabase();
    const elsewhere = await start(settings(supabase.url), "--provider", "openai").ended;
    expect(elsewhere.code).toBe(0);
    const lines = elsewhere.stderr.split("\n").filter((line) => line.includes(name));
    expect(lines).toEqual([expect.stringContaining(`wait: ${join(logs, name)} (${new URL(door.url).host})`)]);
    expect(unsaved()).toEqual([name]);
    expect(await storedRuns()).toHaveLength(2);
    expect((await storedRuns())[0]?.finished_at).toBeNull();

    const back = await start(settings(), "--provider", "openai").ended;
    expect(back.stderr).toMatch(/Delivered \d+ rows/);
    expect(unsaved()).toEqual([]);
    expect((await storedRuns())[0]?.finished_at).not.toBeNull();
  });
});
