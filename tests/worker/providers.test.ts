import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDashboard } from "../e2e/support/dashboard.ts";
import { ADMIN_TOKEN, type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { type StrictServer, startStrictServer } from "../support/strict-server.ts";
import { useSupabase } from "../support/supabase.ts";
import { startTerminal } from "../support/terminal.ts";

const supabase = useSupabase();
const KEY = "lab-key-0123456789";
let server: StrictServer;
let logs: string;

beforeAll(async () => {
  server = await startStrictServer({ key: KEY });
  logs = await mkdtemp(join(tmpdir(), "benchmark-engine-logs-"));
});
afterAll(async () => {
  await server.stop();
  await rm(logs, { recursive: true, force: true });
});

const database = () => ({
  SUPABASE_URL: supabase.url,
  SUPABASE_ANON_KEY: supabase.anonKey,
  SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
});
const terminal = (line: string, env: Record<string, string> = { LAB_VLLM_API_KEY: KEY }) =>
  startTerminal(line.split(" "), { ...database(), PRICE_FEED_URL: "http://127.0.0.1:9/feed", ...env }, logs)
    .ended;
const row = async (slug: string) =>
  (await supabase.sql.query("select * from public.providers where slug = $1", [slug])).rows[0];

describe("a provider that is added at the terminal", () => {
  it("is refused without its key, and without its models' names, and stores nothing", async () => {
    const keyless = await terminal(`providers add lab-vllm ${server.url}`, {});
    expect(keyless).toMatchObject({ code: 1, stdout: "" });
    expect(keyless.stderr).toMatch(
      /^lab-vllm: it wants a key: set LAB_VLLM_API_KEY in \.dev\.vars.*wrangler secret put/m,
    );
    const wrong = await terminal(`providers add lab-vllm ${server.url} --model lab-model`, {
      LAB_VLLM_API_KEY: "wrong-key-98765432",
    });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr + wrong.stdout).not.toContain("wrong-key");
    for (const [line, words] of [
      [`providers add groq ${server.url}`, /groq: groq is built in/],
      [`providers add lab ${server.url} --key-variable OPENAI_API_KEY`, /OPENAI_API_KEY is OpenAI's/],
      [`providers add lab ${server.url} --name Groq`, /the name Groq is taken by groq/],
      ["providers add lab --preset azure", /base URL is missing, of the form https:\/\/RESOURCE/],
    ] as const) {
      const { code, stderr } = await terminal(line);
      expect(code, line).toBe(1);
      expect(stderr).toMatch(words);
    }
    expect(await row("lab-vllm")).toBeUndefined();
  });

  it("is asked, described, stored, listed, measured with what it takes, and priced", async () => {
    server.behave({ key: KEY, refuses: ["max_tokens", "temperature"] });
    const { code, stdout, stderr } = await terminal(
      `providers add lab-vllm ${server.url} --name Lab_vLLM --yes`,
    );
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/max_tokens\s+refused: HTTP 400/);
    expect(stdout).toMatch(/max_completion_tokens\s+taken: tokens not reported, finish_reason length/);
    expect(stdout).toMatch(/temperature\s+refused/);
    expect(stdout).toContain("lab-vllm is added");
    expect(stdout).not.toContain(KEY);
    expect(await row("lab-vllm")).toMatchObject({
      name: "Lab_vLLM",
      base_url: server.url,
      key_variable: "LAB_VLLM_API_KEY",
      dialect: {
        maxTokensAs: "max_completion_tokens",
        noTemperature: { models: "." },
        includeUsage: true,
        lowEffort: { models: ".", parameters: { reasoning_effort: "low" } },
      },
    });
    expect((await terminal("providers list")).stdout).toMatch(/lab-vllm .*added; .*key set; 1 active/);

    expect(await terminal("prices set lab-vllm/lab-model --input 0.1 --output 0.2")).toMatchObject({
      code: 0,
    });
    await terminal("sync-prices");
    expect((await terminal("prices show lab-vllm")).stdout).toBe(
      "lab-vllm/lab-model  $0.1 in, $0.2 out per million tokens (manual)\n",
    );

    await activateOnly(supabase, [{ provider: "lab-vllm", model: "lab-model" }]);
    const run = await terminal("benchmark --json --provider lab-vllm");
    expect(run.code).toBe(0);
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({
      provider: "lab-vllm",
      success: true,
      simulated: false,
      cost_source: "price",
    });
    expect(result.request_params).toEqual({
      stream: true,
      max_completion_tokens: 512,
      stream_options: { include_usage: true },
    });
    expect(server.asked.at(-1)).toMatchObject({ max_completion_tokens: 512 });
  });

  it("says on a check what is otherwise now, and stores it when told to", async () => {
    server.behave({ key: KEY, usage: "always" });
    const checked = await terminal("providers check lab-vllm --json");
    expect(JSON.parse(checked.stdout)).toMatchObject({
      state: "found",
      findings: { usage: "reported unasked" },
    });
    expect((await row("lab-vllm")).dialect.maxTokensAs).toBe("max_completion_tokens");
    expect(await terminal("providers check lab-vllm --yes")).toMatchObject({ code: 0 });
    expect((await row("lab-vllm")).dialect.maxTokensAs).toBeUndefined();
    expect((await terminal(`providers add lab-vllm ${server.url}`)).stderr).toMatch(/there already/);
  });

  it("is shown on the pages, and nothing of where it stands", async () => {
    const { url, anonKey } = supabase;
    const dashboard = await startDashboard({ SUPABASE_URL: url, SUPABASE_ANON_KEY: anonKey });
    try {
      for (const path of ["/", "/models/lab-vllm/lab-model", "/prices", "/models"]) {
        const html = await (await fetch(dashboard.url + path)).text();
        expect(html, path).toContain("Lab_vLLM");
        expect(html, path).not.toContain(new URL(server.url).host);
      }
      const badge = await fetch(`${dashboard.url}/badge/lab-vllm/lab-model`);
      expect(badge.status).toBe(200);
    } finally {
      await dashboard.stop();
    }
  });

  it("goes back to the price that was read when a person's is taken back", async () => {
    expect((await terminal("prices unset lab-vllm/lab-model")).stdout).toBe(
      "lab-vllm/lab-model: price now unknown.\n",
    );
    expect((await terminal("prices unset lab-vllm/lab-model")).stdout).toMatch(/had no price set by hand/);
    await terminal("prices set groq/openai/gpt-oss-20b --input 5 --output 6");
    await terminal("prices set groq/openai/gpt-oss-20b free");
    expect((await terminal("prices show groq/openai/gpt-oss-20b")).stdout).toMatch(
      /nothing per million tokens \(manual\)/,
    );
    expect((await terminal("prices unset groq/openai/gpt-oss-20b")).stdout).toMatch(
      /price now \$0\.075 in, .*\(https:/,
    );
  });

  it("takes part no more when it is removed, and leaves what was measured", async () => {
    const { code, stdout } = await terminal("providers remove lab-vllm --yes");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lab-vllm is removed: .*stays\. LAB_VLLM_API_KEY is not needed/);
    expect(await row("lab-vllm")).toMatchObject({
      name: "Lab_vLLM",
      dialect: null,
      key_variable: null,
      base_url: null,
    });
    const { rows } = await supabase.sql.query(
      "select count(*)::int as n from public.benchmark_results where provider = 'lab-vllm'",
    );
    expect(rows[0].n).toBe(1);
    expect((await terminal("benchmark --provider lab-vllm")).stderr).toMatch(
      /--provider lab-vllm is unknown/,
    );
    expect(await terminal("providers remove lab-vllm --yes")).toMatchObject({ code: 2 });
    // One of which nothing was measured leaves nothing.
    await terminal(`providers add lab-vllm2 ${server.url} --yes`, { LAB_VLLM2_API_KEY: KEY });
    expect((await terminal("providers remove lab-vllm2 --yes")).stdout).toMatch(/removed with its 1 model /);
    expect(await row("lab-vllm2")).toBeUndefined();
  });
});

describe("a provider that is added by the admin API", () => {
  let worker: BenchmarkWorker;
  const start = (more: Record<string, string>) =>
    startBenchmarkWorker({ settings: { ...database(), CLOUD_LAB_API_KEY: KEY, ...more } });
  const ask = (body: object) =>
    worker.fetch("/api/providers", {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      body: JSON.stringify(body),
    });
  const add = () => ask({ action: "add", provider: "cloud-lab", baseUrl: server.url, free: true });

  it("is refused at a private address on a deployed Worker", async () => {
    worker = await start({});
    try {
      const { status, body } = await add();
      expect(status).toBe(409);
      expect(body).toMatchObject({
        state: "refused",
        line: expect.stringMatching(
          /^127\.0\.0\.1 is in a private network, where a deployed Worker reaches nothing/,
        ),
      });
      expect(
        (await ask({ action: "add", provider: "cloud-lab", baseUrl: "http://llm.example/v1" })).status,
      ).toBe(400);
      expect((await ask({ action: "show", provider: "nobody" })).status).toBe(404);
    } finally {
      await worker.stop();
    }
  });

  it("is asked, discovered, measured by the next run and removed, without a deployment", async () => {
    server.behave({ key: KEY, models: ["lab-model"], refuses: ["stream_options"] });
    worker = await start({ LOCAL_ADDRESSES: "on" });
    try {
      const { status, body } = await add();
      expect(status).toBe(200);
      expect(body).toMatchObject({ state: "stored", findings: { requests: 4 }, free: true });
      expect(JSON.stringify(body)).not.toContain(KEY);
      await eventually(
        async () =>
          worker.events.find(({ event, provider }) => event === "models_synced" && provider === "cloud-lab"),
        "its models list",
      );
      await activateOnly(supabase, [{ provider: "cloud-lab", model: "lab-model" }]);
      const { results } = await runOnce(worker, supabase);
      expect(results).toMatchObject([
        { provider: "cloud-lab", success: true, simulated: false, cost_usd: 0, cost_source: "price" },
      ]);
      expect((await ask({ action: "list" })).body).toMatchObject({
        state: "listed",
        providers: expect.arrayContaining([
          expect.objectContaining({ provider: "cloud-lab", access: "ready", active: 1 }),
        ]),
      });
      expect((await ask({ action: "remove", provider: "cloud-lab" })).body).toMatchObject({
        state: "removed",
      });
      expect((await runOnce(worker, supabase)).results).toEqual([]);
      expect(JSON.stringify(worker.events)).not.toContain(KEY);
    } finally {
      await worker.stop();
    }
  });

  it("waits for what is under way: a run and a server are never asked at once", async () => {
    worker = await start({ LOCAL_ADDRESSES: "on" });
    try {
      const asking = add();
      const second = await add();
      expect(second).toMatchObject({ status: 409, body: { line: expect.stringMatching(/try again/) } });
      expect((await asking).status).toBe(200);
    } finally {
      await worker.stop();
    }
  });
});
