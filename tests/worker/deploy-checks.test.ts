import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deployWorker } from "../../local/build/deploy-worker.ts";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { eventually } from "../support/eventually.ts";
import { type HostedWorld, PROJECT_URL, REF, startHostedWorld } from "../support/hosted/world.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
let simulator: Simulator;
let world: HostedWorld;

beforeAll(async () => {
  supabase = await freshSupabase();
  simulator = await startSimulator({ speed: 50, failures: false });
  world = await startHostedWorld({
    supabaseUrl: supabase.url,
    databaseUrl: supabase.databaseUrl,
    routes: {
      "https://api.openai.com/v1": `${simulator.url}/openai`,
      // Nothing of ours is here: it takes no key.
      "https://api.groq.com/openai/v1": `${supabase.url}/rest/v1`,
    },
  });
  world.change({ supabaseLogin: true });
  await world.run(`npx supabase@0 link --project-ref ${REF}`);
});
afterAll(async () => {
  await world.stop();
  await simulator.stop();
  await supabase.stop();
});
beforeEach(() => {
  world.change({ wranglerLogin: true, wranglerHangs: false, calls: [], deployed: {}, secretsFiles: [] });
  world.settings(settings());
});

const settings = () => ({
  SUPABASE_URL: PROJECT_URL,
  SUPABASE_ANON_KEY: supabase.anonKey,
  SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
  OPENAI_API_KEY: "sk-a-key-for-tests-only",
});

describe("npm run deploy", () => {
  it.each<[string, () => void, string, RegExp]>([
    [
      "a key of another project",
      () => world.settings({ ...settings(), SUPABASE_SERVICE_ROLE: `sb_secret_${"x".repeat(31)}` }),
      "--yes",
      /does not accept SUPABASE_SERVICE_ROLE/,
    ],
    [
      "another project linked than the settings name",
      () => world.settings({ ...settings(), SUPABASE_URL: "https://zyxwvutsrqponmlkjihg.supabase.co" }),
      "--yes",
      /linked Supabase project is abcdefghijklmnopqrst, but SUPABASE_URL names zyxwvutsrqponmlkjihg.*link --project-ref zyxw/,
    ],
    [
      "a database on this machine",
      () => world.settings({ ...settings(), SUPABASE_URL: supabase.url }),
      "--yes",
      /hosted Supabase project/,
    ],
    [
      "a provider on this machine",
      () => world.settings({ ...settings(), OPENAI_BASE_URL: `${simulator.url}/openai` }),
      "--yes",
      /OPENAI_BASE_URL must begin with https/,
    ],
    [
      "a key that its provider refuses",
      () => world.settings({ ...settings(), GROQ_API_KEY: "gsk-wrong" }),
      "--yes",
      /GROQ_API_KEY \(api.groq.com, HTTP 401\)/,
    ],
    ["nobody logged in", () => world.change({ wranglerLogin: false }), "--yes", /npx wrangler login/],
    [
      "several accounts",
      () =>
        world.change({
          accounts: [
            { id: "1", name: "one" },
            { id: "2", name: "two" },
          ],
        }),
      "--yes",
      /CLOUDFLARE_ACCOUNT_ID to one of them: 1 \(one\), 2 \(two\)/,
    ],
    [
      "nobody to say yes",
      () => world.change({ accounts: [{ id: "1", name: "one" }] }),
      "",
      /apply missing migrations to the Supabase project abcdefghijklmnopqrst[\s\S]*account one[\s\S]*Nobody can be asked here/,
    ],
  ])("changes nothing with %s", { timeout: 60_000 }, async (_what, arrange, options, line) => {
    arrange();
    const { code, output } = await world.run(`npm run deploy -- ${options}`);
    expect(output).toMatch(line);
    expect(code).not.toBe(0);
    const { calls, deployed } = world.state();
    expect(calls.filter((call) => /db push|deploy/.test(call))).toEqual([]);
    expect(deployed).toEqual({});
  });

  it("and npm run migrate exit with 2 over an option that they do not know", async () => {
    for (const command of ["deploy", "migrate"]) {
      const { code, output } = await world.run(`npm run ${command} -- --force`);
      expect(output).toContain("Unknown option --force");
      expect(code).toBe(2);
    }
  });

  it("leaves the database alone with --skip-migrations", { timeout: 120_000 }, async () => {
    const { code, output } = await world.run("npm run deploy -- --yes --skip-migrations");
    expect(code, output).toBe(0);
    expect(output).toContain("leave the database");
    expect(output).toContain("The first run starts by itself");
    const { calls, deployed } = world.state();
    expect(calls.filter((call) => call.includes("supabase"))).toEqual([]);
    // The benchmark Worker is bound to the dashboard, which must be there before it.
    expect(Object.keys(deployed)).toEqual(["benchmark-engine-dashboard", "benchmark-engine-worker"]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "leaves no secrets behind after %s",
    { timeout: 120_000 },
    async (signal) => {
      world.change({ wranglerHangs: true });
      const pids: number[] = [];
      const ended = world.run("exec node local/run.cjs local/build/deploy.ts --yes --skip-migrations", {
        onOutput: (_text, pid) => pids.push(pid),
      });
      const file = await eventually(async () => world.state().secretsFiles[0], "the secrets file", 60_000);
      expect(existsSync(file)).toBe(true);
      process.kill(pids[0] ?? 0, signal);
      const { code } = await ended;
      expect(code).toBeGreaterThan(128);
      expect(existsSync(dirname(file))).toBe(false);
    },
  );
});

describe("secrets", () => {
  it("arrive as they are, read by wrangler's own parser", { timeout: 60_000 }, async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ success: true, errors: [], messages: [], result: { bindings: [] } }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const before = { ...process.env };
    Object.assign(process.env, {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      CLOUDFLARE_ACCOUNT_ID: "1".repeat(32),
      CLOUDFLARE_API_TOKEN: "a-token-for-tests-only",
      WRANGLER_SEND_METRICS: "false",
    });
    try {
      const secrets = { A: "a$b", B: "$HOME", C: "a\\$b", D: 'it\'s "`quoted`" #1', E: "a=b\\nc" };
      const tool = { command: process.execPath, args: ["tests/support/hosted/wrangler-secret-bulk.mjs"] };
      await deployWorker(".", tool, "wrangler.toml", secrets);
      const sent = bodies.join("\n");
      for (const [name, value] of Object.entries(secrets)) {
        expect(sent).toContain(JSON.stringify(name));
        expect(sent).toContain(JSON.stringify(value));
      }
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      await new Promise((done) => server.close(done));
    }
  });
});
