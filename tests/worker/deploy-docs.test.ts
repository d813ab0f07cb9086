import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SUPABASE_CLI } from "../../local/build/supabase-cli.ts";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type HostedWorld, PROJECT_URL, REF, startHostedWorld } from "../support/hosted/world.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

const DOCS = readFileSync("docs/deploy.md", "utf8");
const ADMIN_TOKEN = "a$token-with$every$kind\\n#of=character$HOME";

let supabase: TestSupabase;
let simulator: Simulator;
let world: HostedWorld;

beforeAll(async () => {
  // A new project: Postgres as a role that is no superuser, Supabase's roles, no table of ours.
  supabase = await freshSupabase("bare");
  simulator = await startSimulator({ speed: 50, failures: false });
  world = await startHostedWorld({
    supabaseUrl: supabase.url,
    databaseUrl: supabase.databaseUrl,
    routes: { "https://api.openai.com/v1": `${simulator.url}/openai` },
    workerSettings: { SUPABASE_URL: supabase.url, OPENAI_BASE_URL: `${simulator.url}/openai` },
  });
});
afterAll(async () => {
  await world.stop();
  await simulator.stop();
  await supabase.stop();
});

/** The commands of the numbered steps, in order, without comments. */
function documentedCommands(): string[] {
  const steps = DOCS.slice(0, DOCS.indexOf("\n## "));
  return [...steps.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block]) => (block ?? "").split("\n"))
    .map((line) => line.replace(/\s#.*$/, "").trim())
    .filter((line) => line !== "");
}

describe("docs/deploy.md", () => {
  it("is followed line by line by somebody with empty accounts", { timeout: 240_000 }, async () => {
    const commands = documentedCommands();
    expect(commands).toEqual([
      "npm ci",
      `npx ${SUPABASE_CLI} login`,
      `npx ${SUPABASE_CLI} link --project-ref <ref>`,
      "install -m 600 .dev.vars.example .dev.vars",
      "npm run migrate -- --yes",
      "npm run probe",
      "npm run benchmark",
      "npx wrangler login",
      "npm run deploy",
    ]);
    for (const command of commands) {
      // The packages of the checkout are this one's.
      if (command === "npm ci") continue;
      // Nobody sits at this terminal to say yes.
      const typed = command.replace("<ref>", REF).replace(/^npm run deploy$/, "npm run deploy -- --yes");
      const { code, output } = await world.run(typed);
      expect(code, `${typed}\n${output}`).toBe(0);
      if (command.startsWith("install")) {
        world.settings({
          SUPABASE_URL: PROJECT_URL,
          SUPABASE_ANON_KEY: supabase.anonKey,
          SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
          OPENAI_API_KEY: "sk-a-key-for-tests-only",
          ADMIN_TOKEN,
          BENCHMARK_BUDGET_USD: "1",
        });
      }
      if (typed.startsWith("npm run deploy")) {
        expect(output).toContain("https://benchmark-engine-dashboard.example.workers.dev");
        expect(output).toContain("https://benchmark-engine-worker.example.workers.dev");
        expect(output).toMatch(/First result: openai\/\S+, TTFT \d+ ms/);
        expect(output).toContain("npx wrangler secret delete GROQ_API_KEY");
      }
    }

    const { deployed, calls } = world.state();
    expect(calls.filter((call) => call.includes("db push"))).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/ db push --linked --include-all --yes$/)),
    );
    expect(deployed).toEqual({
      "benchmark-engine-worker": {
        SUPABASE_URL: PROJECT_URL,
        SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
        OPENAI_API_KEY: "sk-a-key-for-tests-only",
        ADMIN_TOKEN,
        BENCHMARK_BUDGET_USD: "1",
      },
      "benchmark-engine-dashboard": { SUPABASE_URL: PROJECT_URL, SUPABASE_ANON_KEY: supabase.anonKey },
    });
    // One row of the terminal's run, one of the deployed Worker's.
    const { rows } = await supabase.sql.query(
      "select r.run_name, count(*)::integer as n from public.benchmark_results b join public.runs r on r.id = b.run_id group by 1 order by 1",
    );
    expect(rows.map(({ run_name }) => run_name)).toEqual(["manual-run", "mvp-validation-run"]);
  });
});
