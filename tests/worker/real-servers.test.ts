import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDashboard } from "../e2e/support/dashboard.ts";
import { activateOnly } from "../support/engine.ts";
import {
  installRealServers,
  type RealServer,
  startMockLlm,
  startPortkeyGateway,
} from "../support/real-servers.ts";
import { startStrictServer } from "../support/strict-server.ts";
import { useSupabase } from "../support/supabase.ts";
import { startTerminal } from "../support/terminal.ts";

/*
 * Software that nobody here wrote, added, measured, shown and removed without a line of code: an OpenAI mock, and a
 * gateway in front of a server.
 */

const supabase = useSupabase();
const missing = installRealServers();
if (missing !== null) console.warn(`Not run: ${missing}`);
const withReal = it.skipIf(missing !== null);

let logs: string;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), "benchmark-engine-logs-"));
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  await rm(logs, { recursive: true, force: true });
});

async function started(start: () => Promise<RealServer>): Promise<string> {
  const server = await start();
  stops.push(server.stop);
  return server.url;
}

async function terminal(args: readonly string[]) {
  const env = {
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
    PRICE_FEED_URL: "http://127.0.0.1:9/feed",
  };
  const { code, stdout, stderr } = await startTerminal(args, env, logs).ended;
  expect(code, `${args.join(" ")}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/** Measures an endpoint, looks for it on the pages, and takes its provider out again. */
async function measureShowRemove(provider: string, model: string): Promise<Record<string, unknown>> {
  await activateOnly(supabase, [{ provider, model }]);
  const result = JSON.parse(await terminal(["benchmark", "--provider", provider, "--json"]));
  const { url, anonKey } = supabase;
  const dashboard = await startDashboard({ SUPABASE_URL: url, SUPABASE_ANON_KEY: anonKey });
  try {
    const page = await fetch(`${dashboard.url}/models/${provider}/${model}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(String(result.id).slice(0, 8));
  } finally {
    await dashboard.stop();
  }
  expect(await terminal(["providers", "remove", provider, "--yes"])).toMatch(/What was measured .* stays/);
  const { rows } = await supabase.sql.query("select dialect from public.providers where slug = $1", [
    provider,
  ]);
  expect(rows).toEqual([{ dialect: null }]);
  return result;
}

withReal(
  "an OpenAI mock of somebody else's is added by its list, measured, shown and removed",
  async () => {
    const url = await started(startMockLlm);
    const words = await terminal(["providers", "add", "mock-llm", url, "--free", "--yes"]);
    expect(words).toMatch(/key\s+none needed/);
    expect(words).toMatch(/usage\s+not reported/);
    expect(words).toMatch(
      /reasoning_effort\s+refused: error inside the stream: Unrecognized request argument/,
    );
    const model = /measured\s+(\S+)/.exec(words)?.[1] ?? "";
    expect(await measureShowRemove("mock-llm", model)).toMatchObject({
      success: true,
      simulated: false,
      tokens_estimated: true,
      cost_usd: 0,
    });
  },
  120_000,
);

withReal(
  "a gateway in front of a strict server is added with its headers, and says what that server refuses",
  async () => {
    const strict = await startStrictServer({ refuses: ["temperature", "reasoning_effort"] });
    stops.push(strict.stop);
    const url = await started(startPortkeyGateway);
    const words = await terminal([
      ...["providers", "add", "portkey", url, "--kind", "proxy", "--model", "lab-model", "--free", "--yes"],
      ...["--header", "x-portkey-provider: openai", "--header", `x-portkey-custom-host: ${strict.url}`],
    ]);
    expect(words).toMatch(/max_tokens\s+taken/);
    expect(words).toMatch(/temperature\s+refused/);
    expect(words).toMatch(/stream_options\s+taken/);
    expect(words).toMatch(/reasoning_effort\s+refused/);
    expect(words).toMatch(/usage\s+reported when asked for/);
    const result = await measureShowRemove("portkey", "lab-model");
    expect(result).toMatchObject({
      success: true,
      simulated: false,
      tokens_estimated: false,
      output_tokens: 120,
    });
    expect(strict.asked.at(-1)).toMatchObject({ max_tokens: 512, stream_options: { include_usage: true } });
    expect(strict.asked.at(-1)).not.toHaveProperty("temperature");
  },
  120_000,
);
