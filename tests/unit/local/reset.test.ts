import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeStack } from "../../../local/stack/lock.ts";
import { takeDataDirectory } from "../../../local/supabase/state.ts";
import { projectRoot } from "../../../local/tools.ts";

let top: string;
let local: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "reset-"));
  local = join(top, "local");
  mkdirSync(join(local, "supabase"), { recursive: true });
  mkdirSync(join(local, "state", "benchmark-abc"), { recursive: true });
  writeFileSync(join(local, "state", "benchmark-abc", "run.sqlite"), "a run that goes on");
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function reset(devVars: string): Promise<{ code: number; output: string }> {
  const file = join(top, "dev-vars");
  writeFileSync(file, devVars);
  const env = { PATH: process.env.PATH, DEV_VARS_FILE: file };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["local/stack/reset.ts"],
      { env, cwd: projectRoot },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
      },
    );
  });
}

describe("npm run supabase:reset", () => {
  it("empties the database in LOCAL_DIRECTORY, and what the Workers remember of their runs", async () => {
    expect(await reset(`LOCAL_DIRECTORY=${local}\n`)).toEqual({
      code: 0,
      output: "The local database is empty; the next start makes a new one.\n",
    });
    expect(existsSync(join(local, "supabase"))).toBe(false);
    expect(existsSync(join(local, "state"))).toBe(false);
    expect(await reset(`LOCAL_DIRECTORY=${local}\n`)).toEqual({
      code: 0,
      output: "There is no local database.\n",
    });
  });

  it("is not held up by another setting that is malformed", async () => {
    expect(await reset(`LOCAL_DIRECTORY=${local}\nBENCHMARK_BUDGET_USD=lots\n`)).toMatchObject({ code: 0 });
  });

  it.each<[string, () => Promise<{ release(): void }>, RegExp]>([
    ["the stack runs", () => takeStack(local, projectRoot), /^The stack runs \(process \d+\): .+\n$/],
    [
      "a command in a terminal uses the database",
      () => takeDataDirectory(join(local, "supabase")),
      /^the embedded Supabase is running \(process \d+\): .+\n$/,
    ],
  ])("touches nothing while %s", async (_when, take, line) => {
    const held = await take();
    try {
      const { code, output } = await reset(`LOCAL_DIRECTORY=${local}\n`);
      expect(code).toBe(1);
      expect(output).toMatch(line);
      expect(existsSync(join(local, "supabase"))).toBe(true);
      expect(existsSync(join(local, "state", "benchmark-abc", "run.sqlite"))).toBe(true);
    } finally {
      held.release();
    }
  });
});
