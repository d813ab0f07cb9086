import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_readConfig as readWranglerConfig } from "wrangler";
import { CRONS } from "../../workers/benchmark/schedule.ts";

const run = promisify(execFile);
const WORKERS = ["wrangler.toml", "workers/benchmark/wrangler.toml"];

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "benchmark-engine-deploy-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(WORKERS)("%s", (file) => {
  it("passes a dry run of its deployment, with no secret in the bundle", async () => {
    const output = join(directory, file.replaceAll("/", "-"));
    const secret = "a-secret-of-this-machine-123456";
    const { stdout } = await run(
      process.execPath,
      ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--config", file, "--outdir", output],
      {
        env: {
          PATH: process.env.PATH,
          HOME: directory,
          WRANGLER_SEND_METRICS: "false",
          OPENAI_API_KEY: secret,
          SUPABASE_SERVICE_ROLE: secret,
        },
      },
    );
    expect(stdout).toContain("--dry-run: exiting now.");
    const bundle = readFileSync(join(output, "index.js"), "utf8");
    expect(bundle.length).toBeGreaterThan(10_000);
    expect(bundle).not.toContain(secret);
  });

  it("keeps no secret and no setting of anybody in the file", () => {
    const { vars } = readWranglerConfig({ config: resolve(file) });
    expect(vars).toEqual({});
  });
});

describe("workers/benchmark/wrangler.toml", () => {
  const config = readWranglerConfig({ config: resolve("workers/benchmark/wrangler.toml") });

  it("fires exactly the cron strings that the code dispatches on", () => {
    expect([...(config.triggers.crons ?? [])].sort()).toEqual(Object.values(CRONS).sort());
  });

  it("names weekdays, or counts them from 1: Cloudflare documents no 0", () => {
    for (const cron of config.triggers.crons ?? []) expect(cron.split(" ")[4]).not.toMatch(/0/);
  });

  it("gives the coordinator SQLite storage", () => {
    expect(config.durable_objects.bindings).toMatchObject([
      { name: "COORDINATOR", class_name: "Coordinator" },
    ]);
    expect(config.migrations).toEqual([{ tag: "v1", new_sqlite_classes: ["Coordinator"] }]);
  });

  it("puts no preview of the Worker on the web, and limits the rate of its admin calls", () => {
    expect(config.preview_urls).toBe(false);
    expect(config.ratelimits).toMatchObject([{ name: "ADMIN_RATE_LIMIT" }]);
  });
});
