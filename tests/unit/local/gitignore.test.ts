import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../../local/tools.ts";

const git = (...args: string[]) => spawnSync("git", args, { cwd: directory });
let directory: string;

describe.skipIf(spawnSync("git", ["--version"]).status !== 0)("git", () => {
  beforeAll(() => {
    // Not every copy of this project is a repository.
    directory = mkdtempSync(join(tmpdir(), "gitignore-"));
    git("init", "-q");
    copyFileSync(join(projectRoot, ".gitignore"), join(directory, ".gitignore"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each([
    ".dev.vars",
    ".dev.vars.production",
    ".dev.vars~",
    ".dev.vars-old",
    "..dev.vars.swp",
    ".env",
    ".env.local",
    ".envrc",
    ".env_prod",
    "workers/benchmark/.dev.vars",
    "supabase/.temp/pooler-url",
    ".local/benchmark.env",
    "logs/spent.jsonl",
  ])("takes %s into no commit", (path) => {
    expect(git("check-ignore", "-q", path).status).toBe(0);
  });

  it("takes the example of settings", () => {
    expect(git("check-ignore", "-q", ".dev.vars.example").status).toBe(1);
  });
});
