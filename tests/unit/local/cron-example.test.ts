import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot } from "../../../local/tools.ts";

let folder: string;
let script: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cron-"));
  script = join(folder, "cron_example.sh");
  copyFileSync(join(projectRoot, "cron_example.sh"), script);
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a stand-in for npm on the PATH. */
function npm(body: string): void {
  const file = join(folder, "bin", "npm");
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

const env = () => ({ HOME: folder, PATH: `${join(folder, "bin")}:/usr/bin:/bin` });

function run(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile("/bin/sh", [script, ...args], { env: env(), cwd: "/" }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}

const log = () => readFileSync(join(folder, "logs", "cron.log"), "utf8");
const lock = () => join(folder, ".local", "cron.lock");

describe("cron_example.sh", () => {
  it("runs the benchmark from the project's folder, logs what it said and says nothing itself", async () => {
    npm('echo "in $PWD: npm $*"; echo "to stderr" >&2');
    expect(await run("--provider", "groq")).toEqual({ code: 0, output: "" });
    expect(log()).toContain(
      `in ${folder}: npm run --silent benchmark -- --run-name scheduled-run --triggered-by cron-job --provider groq\n`,
    );
    expect(log()).toContain("to stderr\n");
    expect(log()).toMatch(/Z started\n[\s\S]*Z ended with code 0\n$/);
    expect(existsSync(lock())).toBe(false);
  });

  it("hands on the benchmark's exit code and frees its lock", async () => {
    npm("exit 2");
    expect((await run()).code).toBe(2);
    expect(log()).toContain("ended with code 2");
    expect(existsSync(lock())).toBe(false);
  });

  it("leaves a run alone that still goes on", async () => {
    npm(`touch "${folder}/running"; while [ ! -e "${folder}/finish" ]; do sleep 0.05; done`);
    const first = run();
    await expect.poll(() => existsSync(join(folder, "running"))).toBe(true);
    expect((await run()).code).toBe(75);
    expect(log()).toMatch(/still goes on \(process \d+\); skipped/);
    writeFileSync(join(folder, "finish"), "");
    expect((await first).code).toBe(0);
  });

  it("takes over the lock of a process that is gone", async () => {
    npm("exit 0");
    const dead = spawn("true");
    await new Promise((resolve) => dead.once("exit", resolve));
    mkdirSync(lock(), { recursive: true });
    writeFileSync(join(lock(), "pid"), `${dead.pid}\n`);
    expect((await run()).code).toBe(0);
  });

  it("takes over a lock that names nobody only when it is old", async () => {
    npm("exit 0");
    mkdirSync(lock(), { recursive: true });
    expect((await run()).code).toBe(75);
    const tenMinutesAgo = Date.now() / 1000 - 600;
    utimesSync(lock(), tenMinutesAgo, tenMinutesAgo);
    expect((await run()).code).toBe(0);
  });

  it("cuts a log that has grown too long, keeping the last one", async () => {
    npm("exit 0");
    mkdirSync(join(folder, "logs"));
    writeFileSync(join(folder, "logs", "cron.log"), "x".repeat(5_000_001));
    await run();
    expect(log().length).toBeLessThan(200);
    expect(readFileSync(join(folder, "logs", "cron.log.1"), "utf8")).toHaveLength(5_000_001);
  });
});
