/** What wrangler's own documentation tells people to type, in a fresh clone that has nothing but `.dev.vars`. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { formatEnvFile } from "../../local/env-file.ts";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { findFreePort } from "../../local/stack/ports.ts";
import { toolEnvironment } from "../../local/tool-environment.ts";
import { projectRoot } from "../../local/tools.ts";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { eventually } from "../support/eventually.ts";
import { useSupabase } from "../support/supabase.ts";

/** What no clone brings, beside packages and settings. */
const MADE_HERE = ["build", ".git", ".local", ".wrangler", "logs", "tests/.artifacts"];

let clone: string;
let simulator: Simulator;
let wrangler: ChildProcess | null = null;
let output = "";

/** As `npx` runs it. */
const program = () => join(clone, "node_modules", ".bin", "wrangler");
const environment = () => ({
  ...toolEnvironment(join(dirname(clone), "wrangler")),
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
});

async function dev(args: readonly string[]): Promise<string> {
  const port = String(await findFreePort());
  output = "";
  wrangler = spawn(program(), ["dev", ...args, "--port", port, "--inspector-port", "0"], {
    cwd: clone,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [wrangler.stdout, wrangler.stderr]) {
    stream?.on("data", (piece) => {
      output += piece;
    });
  }
  await eventually(
    async () => {
      if (wrangler?.exitCode !== null) throw new Error(`wrangler dev ended:\n${output}`);
      return /Ready on/.test(output);
    },
    "wrangler dev is ready",
    120_000,
  );
  return `http://127.0.0.1:${port}`;
}

describe("a fresh clone with .dev.vars", () => {
  const supabase = useSupabase();
  beforeAll(async () => {
    clone = join(mkdtempSync(join(tmpdir(), "clone-")), "Größe & Co");
    cpSync(projectRoot, clone, {
      recursive: true,
      filter: (file) => {
        const path = relative(projectRoot, file);
        return !MADE_HERE.includes(path) && !["node_modules", ".dev.vars"].includes(basename(path));
      },
    });
    symlinkSync(join(projectRoot, "node_modules"), join(clone, "node_modules"));
    await promisify(execFile)(process.execPath, ["local/after-install.cjs"], { cwd: clone });
    simulator = await startSimulator();
    const settings = {
      SUPABASE_URL: supabase.url,
      SUPABASE_ANON_KEY: supabase.anonKey,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      OPENAI_API_KEY: "a-key-for-the-simulator",
      OPENAI_BASE_URL: `${simulator.url}/openai`,
      RUN_START_JITTER_S: "0",
    };
    writeFileSync(join(clone, ".dev.vars"), formatEnvFile(settings));
  });
  afterAll(async () => {
    await simulator.stop();
    rmSync(dirname(clone), { recursive: true, force: true });
  });
  afterEach(async () => {
    if (wrangler?.pid === undefined || wrangler.exitCode !== null) return;
    const gone = new Promise((resolve) => wrangler?.once("exit", resolve));
    process.kill(-wrangler.pid, "SIGTERM");
    await gone;
  });

  const pages = () => join(clone, "build", "server", "index.js");

  it("is built and bundled by npx wrangler deploy --dry-run, once", async () => {
    expect(existsSync(pages())).toBe(false);
    const deploy = () =>
      promisify(execFile)(program(), ["deploy", "--dry-run"], { cwd: clone, env: environment() });
    const { stdout } = await deploy();
    expect(stdout).toContain("Building the dashboard");
    expect(stdout).toContain("--dry-run: exiting now.");
    const { mtimeMs } = statSync(pages());
    expect((await deploy()).stdout).not.toContain("Building");
    expect(statSync(pages()).mtimeMs).toBe(mtimeMs);
  }, 180_000);

  it("shows the dashboard with npx wrangler dev", async () => {
    const url = await dev([]);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Benchmark Engine");
    expect((await fetch(`${url}/api/v1/results`)).status).toBe(200);
    expect(output).not.toContain("Building the dashboard");
  }, 180_000);

  it("measures with npx wrangler dev -c workers/benchmark/wrangler.toml --test-scheduled", async () => {
    const url = await dev(["-c", "workers/benchmark/wrangler.toml", "--test-scheduled"]);
    const fired = await fetch(`${url}/__scheduled?cron=${encodeURIComponent(CRONS.benchmark)}`);
    expect(fired.status, output).toBe(200);
    const row = await eventually(
      async () => {
        const { data } = await supabase.service
          .from("benchmark_results")
          .select("provider, simulated")
          .limit(1);
        return data?.[0];
      },
      "a result is stored",
      60_000,
    );
    expect(row).toEqual({ provider: "openai", simulated: false });
  }, 180_000);

  it("is told of in the README, command by command", () => {
    const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
    for (const command of [
      "npx wrangler dev",
      "npx wrangler dev -c workers/benchmark/wrangler.toml --test-scheduled",
      "npx wrangler deploy --dry-run",
    ]) {
      expect(readme).toContain(`\`${command}\``);
    }
  });
});
