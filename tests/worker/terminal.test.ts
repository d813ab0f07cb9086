import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { activateOnly, asRealProviders, measuredRequests } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { startTerminal } from "../support/terminal.ts";

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
  // Slow enough that even the quickest answer lasts the 20 ms that a rate needs.
  simulator = await startSimulator({ speed: 4, failures: false });
  logs = mkdtempSync(join(tmpdir(), "benchmark-engine-logs-"));
});
afterEach(async () => {
  await simulator.stop();
  await door.stop();
  rmSync(logs, { recursive: true, force: true });
  await supabase.sql.query("truncate public.runs cascade");
});

function settings(): Record<string, string> {
  return {
    SUPABASE_URL: door.url,
    SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
    ...asRealProviders(simulator, ["openai", "groq", "together"]),
  };
}

const terminal = (args: readonly string[], env: Record<string, string>) => startTerminal(args, env, logs);

/** The output that each printed row allowed its model, in tokens. */
function askedFor(stdout: string): Record<string, number> {
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { model: string; request_params: Record<string, number> });
  return Object.fromEntries(
    rows.map(({ model, request_params: asked }) => [
      model,
      asked.max_completion_tokens ?? asked.max_tokens ?? Number.NaN,
    ]),
  );
}

const run = (args: readonly string[], env = settings()) => terminal(args, env).ended;

describe("npm run benchmark", () => {
  it("measures every active model, saves each result and sums up", async () => {
    const { code, stdout, stderr } = await run(["benchmark"]);
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toMatch(
        /^\S+\/\S+ +total \d+ ms \| TTFT \d+ ms \| TPS \d+ tokens\/s \| \d+ in, \d+ out \| \$0\.\d{6} \| ok \(200\) \| saved$/,
      );
    }
    expect(stderr).toMatch(/\[1\/3\] asking .+\n.*\[2\/3\]/s);
    expect(stderr).toMatch(/3 measured in \d+ s: 3 succeeded, 0 failed/);
    const { data } = await supabase.service.from("runs").select();
    expect(data).toMatchObject([
      { run_name: "mvp-validation-run", triggered_by: "system", targets: 3, skipped: [] },
    ]);
    expect(data?.[0]?.finished_at).not.toBeNull();
  });

  it("with --json prints each row exactly as it is stored, and nothing else on stdout", async () => {
    const { code, stdout } = await run([
      "benchmark",
      "--json",
      "--provider",
      "openai",
      "--provider",
      "together",
    ]);
    expect(code).toBe(0);
    const printed = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(printed).toHaveLength(2);
    for (const row of printed) {
      const { data } = await supabase.service
        .from("benchmark_results")
        .select()
        .eq("id", String(row.id))
        .single();
      const { created_at, series_id, failure_owner, cost_known, confirmation, ...stored } = data ?? {};
      const { created_at: printedAt, ...rest } = row;
      expect(rest).toEqual(stored);
      // What the database decides when it stores the row.
      expect({ series_id, failure_owner, cost_known, confirmation }).toEqual({
        series_id: expect.any(Number),
        failure_owner: null,
        cost_known: true,
        confirmation: false,
      });
      expect(Date.parse(String(printedAt))).toBe(Date.parse(String(created_at)));
    }
  });

  it("takes run name, trigger, repeat and a model that nobody knew before", async () => {
    const args =
      "benchmark --provider groq --model openai/gpt-oss-20b --repeat 2 --run-name by-hand --triggered-by me".split(
        " ",
      );
    const { code } = await run(args);
    expect(code).toBe(0);
    const { data } = await supabase.service
      .from("benchmark_results")
      .select("model, provider_id, model_id, runs(run_name, triggered_by)");
    expect(data).toHaveLength(2);
    for (const row of data ?? []) {
      expect(row).toMatchObject({
        model: "openai/gpt-oss-20b",
        runs: { run_name: "by-hand", triggered_by: "me" },
      });
      expect(row.model_id).not.toBeNull();
    }
  });

  it("asks a model that nobody knew as one that reasons, where its name says so, and does not call it offered", async () => {
    const { code, stdout } = await run(
      "benchmark --provider groq --model openai/gpt-oss-12ob --model llama-0-tiny --json".split(" "),
    );
    expect(code).toBe(0);
    expect(askedFor(stdout)).toEqual({ "openai/gpt-oss-12ob": 2_048, "llama-0-tiny": 512 });
    const { data } = await supabase.service
      .from("models")
      .select("name, active, available, reasoning")
      .in("name", ["openai/gpt-oss-12ob", "llama-0-tiny"])
      .order("name");
    expect(data).toEqual([
      { name: "llama-0-tiny", active: false, available: false, reasoning: false },
      { name: "openai/gpt-oss-12ob", active: false, available: false, reasoning: true },
    ]);
    const { data: pages } = await supabase.anon.rpc("model_catalog", { search: "12ob" });
    expect(pages).toMatchObject({ providers: [], retired: [] });
    const { data: retired } = await supabase.anon.rpc("api_models", {
      of_provider: "groq",
      of_state: "retired",
    });
    expect(JSON.stringify(retired)).not.toContain("12ob");
  });

  it("asks it so without a database too", async () => {
    const { stdout } = await run(
      "benchmark --no-save --provider groq --model openai/gpt-oss-12ob --json".split(" "),
    );
    expect(askedFor(stdout)).toEqual({ "openai/gpt-oss-12ob": 2_048 });
  });

  it("exits 0 when providers fail, with readable lines and their context in the error log, and no key anywhere", async () => {
    simulator.setFault("groq", "rate_limit");
    simulator.setFault("together", "server_error");
    const env = {
      ...settings(),
      OPENAI_API_KEY: "wrong-key-nobody-may-see",
      RUN_RATE_LIMIT_PATIENCE_MS: "0",
    };
    const { code, stdout, stderr } = await run(["benchmark"], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/openai\/gpt-4o-mini .*FAILED auth \(401\): \S+.*saved/);
    expect(stdout).toMatch(/groq\/.*FAILED rate_limited \(429\): \S+/);
    expect(stdout).toMatch(/together\/.*FAILED server_error \(5\d\d\): \S+/);
    const file = readdirSync(logs).find((name) => /^benchmark_engine_\d{8}\.log$/.test(name));
    const log = readFileSync(join(logs, file ?? ""), "utf8");
    const { data } = await supabase.service
      .from("benchmark_results")
      .select("id, response_text, error_message");
    for (const row of data ?? []) expect(log).toContain(row.id);
    for (const text of [stdout, stderr, log, JSON.stringify(data)]) {
      expect(text).not.toContain("wrong-key-nobody-may-see");
      expect(text).not.toContain(supabase.serviceRoleKey);
    }
  });

  it.each<[string, Record<string, string>, string[], RegExp]>([
    [
      "a database's key with a line break in it",
      { SUPABASE_SERVICE_ROLE: "sb_secret_nobody-may\nsee-this-one-either" },
      [],
      /^SUPABASE_SERVICE_ROLE contains a space or a character no key has/,
    ],
    [
      "a key where a provider belongs",
      { OPENAI_API_KEY: "plain-key-nobody-may-see" },
      ["--provider", "plain-key-nobody-may-see"],
      /^--provider \[redacted\] is unknown/,
    ],
    [
      "a key in a path, in an error that nobody foresaw",
      { OPENAI_API_KEY: "plain-key-nobody-may-see", LOG_DIRECTORY: "/dev/null/plain-key-nobody-may-see" },
      [],
      /^Unexpected: .*\[redacted\]/,
    ],
  ])("prints no secret in an error: %s", async (_what, env, args, message) => {
    const { code, stdout, stderr } = await run(["benchmark", ...args], { ...settings(), ...env });
    expect(code).toBe(args.length > 0 ? 2 : 1);
    expect(stderr).toMatch(message);
    expect(stdout + stderr).not.toMatch(/nobody-may|see-this/);
  });

  it("skips a provider without a key with one clear line when the database is one's own", async () => {
    const { OPENAI_API_KEY: _, ...env } = settings();
    const { code, stderr, stdout } = await run(["benchmark"], env);
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(2);
    expect(stderr).toContain("Skipped openai/gpt-4o-mini: set OPENAI_API_KEY to measure it.");
    const { data } = await supabase.service.from("runs").select("skipped");
    expect(data?.[0]?.skipped).toEqual([
      { provider: "openai", model: "gpt-4o-mini", reason: "no_key", until: null },
    ]);
  });

  it("keeps what it cannot save in a file, exits 1, and the next start delivers it", async () => {
    const { ended } = terminal(["benchmark"], settings());
    await eventually(async () => measuredRequests(simulator).length > 0, "the first request");
    await door.set("refused");
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/could not be saved; they are in .*unsaved-[0-9a-f-]{36}\.jsonl/);
    expect(readdirSync(logs).some((name) => name.startsWith("unsaved-"))).toBe(true);

    await door.set("up");
    const second = await run(["benchmark", "--provider", "openai"]);
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/Delivered \d+ rows/);
    expect(readdirSync(logs).some((name) => name.startsWith("unsaved-"))).toBe(false);
    const { data } = await supabase.service.from("runs").select("finished_at, benchmark_results(id)");
    expect(data).toHaveLength(2);
    expect(data?.every((row) => row.finished_at !== null)).toBe(true);
    expect(data?.map((row) => row.benchmark_results.length).sort()).toEqual([1, 3]);
  });

  it("loses nothing when it is killed: what was measured is delivered by the next start", async () => {
    const { child, ended } = terminal(["benchmark"], settings());
    await eventually(async () => measuredRequests(simulator).length > 0, "the first request");
    await door.set("refused");
    await eventually(
      async () => measuredRequests(simulator).filter((r) => r.endedMs !== null).length >= 2,
      "two answers",
    );
    child.kill("SIGKILL");
    await ended;
    // The last of them may have been cut off while it was being read.
    const answered = measuredRequests(simulator).filter((request) => request.endedMs !== null);
    await door.set("up");
    const { code } = await run(["benchmark", "--provider", "openai"]);
    expect(code).toBe(0);
    const { data } = await supabase.service.from("benchmark_results").select("id");
    const saved = data?.map((row) => row.id);
    for (const request of answered.slice(0, -1)) expect(saved).toContain(request.requestId);
  });

  it("asks nobody when the database stays away, and says what to do in one line in the end", async () => {
    await door.set("refused");
    const { code, stdout, stderr } = await run(["benchmark"], {
      ...settings(),
      DELIVERY_BACKOFF_MIN_MS: "50",
    });
    expect(code).toBe(1);
    expect(stdout).toBe("");
    const lines = stderr.trim().split("\n");
    expect(lines.filter((line) => line.includes("trying again in"))).toHaveLength(3);
    expect(lines.filter((line) => !line.includes("trying again in"))).toEqual([
      expect.stringMatching(/cannot be used.*Check SUPABASE_URL/),
    ]);
    expect(measuredRequests(simulator)).toEqual([]);
  });

  it("gives no run up for a hiccup of the database's, and does not wait for what will not pass", async () => {
    await door.set("unavailable");
    const { child, ended } = terminal(["benchmark", "--provider", "openai"], settings());
    await new Promise<void>((seen) => {
      child.stderr?.on("data", (text) => String(text).includes("trying again in") && seen());
    });
    await door.set("up");
    expect((await ended).code).toBe(0);

    const refused = await run(["benchmark"], {
      ...settings(),
      SUPABASE_SERVICE_ROLE: `sb_secret_${"x".repeat(31)}`,
    });
    expect(refused.code).toBe(1);
    expect(refused.stderr).not.toContain("trying again in");
  });

  it("needs no database with --no-save", async () => {
    await door.set("refused");
    const { code, stdout } = await run([
      "benchmark",
      "--no-save",
      "--provider",
      "openai",
      "--prompt",
      "short",
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("not saved (--no-save)");
  });

  it.each<[string, Record<string, string>, number, RegExp]>([
    ["--repeat 0", {}, 2, /--repeat/],
    ["--provider nobody", {}, 2, /--provider nobody is unknown; known: openai/],
    ["", { SUPABASE_URL: "not a url" }, 1, /SUPABASE_URL must be an http\(s\) URL/],
    ["", { SUPABASE_SERVICE_ROLE: "" }, 1, /SUPABASE_SERVICE_ROLE is missing/],
    ["", { OPENAI_BASE_URL: "nowhere" }, 1, /OPENAI_BASE_URL must be/],
    ["", { BENCHMARK_BUDGET_USD: "five" }, 1, /BENCHMARK_BUDGET_USD/],
  ])(
    "refuses %j with %j before anything is asked, without a stack trace",
    async (args, env, expected, message) => {
      const { code, stderr } = await run(["benchmark", ...args.split(" ").filter(Boolean)], {
        ...settings(),
        ...env,
      });
      expect(code).toBe(expected);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(measuredRequests(simulator)).toEqual([]);
    },
  );
});

describe("a command that cannot begin", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      "a folder for .dev.vars",
      { DEV_VARS_FILE: resolve("tests") },
      /^tests cannot be read \(it is a folder\): .+\n$/,
    ],
    [
      "a LOCAL_DIRECTORY below a file",
      { LOCAL_DIRECTORY: resolve("package.json/local") },
      /cannot be made, .+LOCAL_DIRECTORY.+\n$/,
    ],
  ])("because of %s says so in one line and ends with 1", async (_what, env, line) => {
    const { code, stderr } = await run(["benchmark"], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain("Unexpected");
  });
});

describe("npm run probe", () => {
  it("asks each provider that has a key once with the short prompt, and saves nothing", async () => {
    const env = asRealProviders(simulator, ["openai", "groq"]);
    const { code, stdout } = await run(["probe", "--json"], env);
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map((row) => row.provider)).toEqual(["openai", "groq"]);
    for (const row of rows) expect(row).toMatchObject({ success: true, simulated: false });
    const { count } = await supabase.service
      .from("benchmark_results")
      .select("*", { count: "exact", head: true });
    expect(count).toBe(0);
  });

  it("asks a provider's first priced model as one that reasons, where its name says so", async () => {
    const { stdout } = await run(["probe", "--provider", "cerebras", "--json"], {});
    expect(JSON.parse(stdout)).toMatchObject({
      model: "gpt-oss-120b",
      request_params: { reasoning_effort: "low" },
    });
  });

  it("says on every line that a provider is simulated", async () => {
    // One answer in eighty is a failure, as a provider's are: it has no figures.
    const answer = await eventually(async () => {
      const { code, stdout } = await run(["probe", "--provider", "groq"], {});
      expect(code).toBe(0);
      expect(stdout).toMatch(/SIMULATED\n$/);
      return stdout.includes("| ok (200)") ? stdout : null;
    }, "an answer that is no failure");
    expect(answer).toMatch(/TTFT \d+ ms.*TPS \d+ tokens\/s.*SIMULATED/);
  });
});
