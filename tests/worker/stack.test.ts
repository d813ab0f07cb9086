import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseEnvFile } from "../../local/env-file.ts";
import { stackControls } from "../../local/stack/lock.ts";
import { fireScheduled } from "../../local/stack/schedule.ts";
import { readKeys } from "../../local/supabase/keys.ts";
import type { Database } from "../../supabase/database.types.ts";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { roomInPeriod } from "../support/clock.ts";
import {
  type Home,
  listenersOf,
  makeHome,
  processesOf,
  type StackProcess,
  startStackProcess,
} from "./stack-process.ts";

const ENDPOINTS = [
  "openai/gpt-4o-mini",
  "groq/llama-3.1-8b-instant",
  "together/mistralai/Mixtral-8x7B-Instruct-v0.1",
  "openrouter/openai/gpt-4o-mini",
  "groq/openai/gpt-oss-20b",
  "together/openai/gpt-oss-20b",
  "openrouter/openai/gpt-oss-20b",
];

let home: Home;
let stack: StackProcess;

/** Tests here go on from each other: one stack's life, from its first start to its last. */
describe("npm start", () => {
  beforeAll(async () => {
    // Between the runs that are counted here none should begin by the clock.
    await roomInPeriod(15 * 60_000, 60_000);
    home = await makeHome();
    // As a careless copy leaves it.
    mkdirSync(home.directory);
    writeFileSync(join(home.directory, "benchmark.env"), "", { mode: 0o644 });
    stack = startStackProcess(home);
  });
  afterAll(async () => {
    stack.signal("SIGINT");
    await stack.ended;
    for (const { pid } of processesOf(home)) process.kill(pid, "SIGKILL");
    await home.remove();
  });

  it("shows a first run's results, one for each endpoint, in the terminal and on the page", async () => {
    await stack.said(/run \S+ finished: 7 measured, 0 skipped/);
    await stack.said(/Benchmark Engine is up/);
    for (const endpoint of ENDPOINTS) expect(stack.output()).toMatch(new RegExp(`${endpoint} .*SIMULATED`));
    expect(stack.output()).toContain("Simulated   OpenAI, Groq, Together AI, OpenRouter");
    expect(stack.output()).toMatch(/week of simulated history \(4704 results\)/);

    const page = await fetch(home.dashboardUrl);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).toMatch(/\d ms/);
    expect(html.toLowerCase()).toContain("simulated");
    for (const endpoint of ENDPOINTS) expect(html).toContain(endpoint.slice(endpoint.indexOf("/") + 1));
  }, 120_000);

  it("asked one endpoint after the other, as the simulator saw it", async () => {
    const requests = await measuredRequests();
    expect(requests).toHaveLength(7);
    for (const [index, request] of requests.entries()) {
      const next = requests[index + 1];
      if (next !== undefined) expect(request.endedMs).toBeLessThanOrEqual(next.startedMs);
    }
  });

  it("makes one run of an event that comes twice, and keeps what failed with a readable reason", async () => {
    await control("groq", "server_error");
    const time = new Date();
    const before = stack.output().length;
    const { url, key } = wranglerOf("benchmark");
    await Promise.all([
      fireScheduled(url, `${key} ${CRONS.benchmark}`, time),
      fireScheduled(url, `${key} ${CRONS.benchmark}`, time),
    ]);
    await expect
      .poll(() => stack.output().slice(before), { timeout: 60_000, interval: 200 })
      .toMatch(/run \S+ finished/);
    await control("groq", null);

    const { data: runs } = await database().from("runs").select("id").eq("scheduled_for", time.toISOString());
    expect(runs).toHaveLength(1);
    const { data: results } = await database()
      .from("benchmark_results")
      .select("id, provider, success, error_kind, error_message")
      .eq("run_id", runs?.[0]?.id ?? "");
    expect(results).toHaveLength(7);
    const groq = results?.filter(({ provider }) => provider === "groq") ?? [];
    expect(groq).toHaveLength(2);
    for (const row of groq) {
      expect(row).toMatchObject({ success: false, error_kind: "server_error" });
      expect(row.error_message).toContain("503");
    }

    const [file] = readdirSync(home.logs);
    expect(file).toMatch(/^benchmark_engine_\d{8}\.log$/);
    const log = readFileSync(join(home.logs, file ?? ""), "utf8");
    for (const { id } of groq) expect(log).toContain(`ERROR target_measured request=${id}`);
  }, 90_000);

  it("keeps secrets off command lines and in files that only their owner can read", async () => {
    const keys = await readKeys(join(home.directory, "supabase", "keys.json"));
    const secret = keys?.secret ?? "";
    expect(secret).not.toBe("");
    expect(processesOf(home).filter(({ command }) => command.includes(secret))).toEqual([]);
    expect(statSync(join(home.directory, "benchmark.env")).mode & 0o077).toBe(0);
    expect(readFileSync(join(home.directory, "dashboard.env"), "utf8")).not.toContain(secret);
    expect(await (await fetch(home.dashboardUrl)).text()).not.toContain(secret);
    expect(stack.output()).not.toContain(secret);
  });

  it("starts no run for a page of another site, whatever port that finds, and listens on this machine alone", async () => {
    const { count } = await database().from("runs").select("*", { count: "exact", head: true });
    const asImage = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": "image",
    };
    const event = `/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(CRONS.benchmark)}&time=${Date.now()}`;
    for (const url of [home.dashboardUrl, home.benchmarkUrl]) {
      for (const path of [
        event,
        event.replace("cdn-cgi/handler", "cdn-cgi/mf"),
        "/__scheduled",
        "/cdn-cgi/explorer/api",
      ]) {
        expect((await fetch(url + path, { headers: asImage })).status, url + path).toBe(404);
      }
    }
    expect((await fetch(`${home.dashboardUrl}/models`, { headers: asImage })).status).toBe(403);
    const post = { method: "POST", headers: { origin: "https://evil.example" } };
    expect((await fetch(`${home.benchmarkUrl}/api/benchmark`, post)).status).toBe(403);

    // The header by which Miniflare's parts tell each other the address that is really asked for.
    const storage =
      "/cdn-cgi/explorer/api/workers/durable_objects/namespaces/benchmark-engine-worker-Coordinator/objects";
    const elsewhere = { "mf-original-url": home.dashboardUrl + storage, origin: "http://localhost:3000" };
    for (const url of [home.dashboardUrl, home.benchmarkUrl])
      expect((await fetch(`${url}/api/v1/health`, { headers: elsewhere })).status).not.toBe(200);

    // Also where it finds wrangler's own port, workerd's, or another of ours: none knows the key or shows what is stored.
    const listeners = listenersOf(home);
    expect(listeners.length).toBeGreaterThan(4);
    expect(listeners.filter(({ address }) => !address.startsWith("127."))).toEqual([]);
    for (const { address, port } of listeners) {
      const signal = AbortSignal.timeout(5_000);
      const at = `http://${address}:${port}`;
      await fetch(at + event, { headers: asImage, signal }).catch(() => undefined);
      const shown = await fetch(at + storage, { signal }).catch(() => null);
      expect(shown?.ok ?? false, at).toBe(false);
    }
    const after = await database().from("runs").select("*", { count: "exact", head: true });
    expect(after.count).toBe(count);
  }, 120_000);

  it("says that it runs already to a second start, and goes on", async () => {
    const second = startStackProcess(home);
    expect(await second.ended).toBe(1);
    expect(second.output().trim().split("\n")).toHaveLength(1);
    expect(second.output()).toContain("runs already");
    expect((await fetch(home.dashboardUrl)).status).toBe(200);
  });

  it("leaves no process behind after Ctrl-C, and ends with 0", async () => {
    expect(processesOf(home).length).toBeGreaterThan(5);
    stack.signal("SIGINT");
    expect(await stack.ended).toBe(0);
    expect(processesOf(home)).toEqual([]);
  });

  it("is up again with what was there before", async () => {
    stack = startStackProcess(home);
    await stack.said(/Benchmark Engine is up/);
    expect(stack.output()).not.toContain("simulated history (");
    expect(await countResults()).toBeGreaterThanOrEqual(4704 + 14);
  });

  it("ends in order, with a line and code 1, when a part of it dies", async () => {
    const { url } = wranglerOf("dashboard");
    const dashboard = processesOf(home).find(
      ({ command }) => command.includes("workerd serve") && command.includes(new URL(url).host),
    );
    const wrangler = processesOf(home).filter(
      ({ command }) => command.includes("wrangler.js dev") && command.includes(`--port ${new URL(url).port}`),
    );
    expect(dashboard).toBeDefined();
    expect(wrangler).toHaveLength(1);
    for (const { pid } of wrangler) process.kill(pid, "SIGKILL");
    expect(await stack.ended).toBe(1);
    expect(stack.output()).toContain("The dashboard ended by itself (signal SIGKILL)");
    expect(processesOf(home)).toEqual([]);
  });

  it("recovers from a kill -9 of all of it", async () => {
    stack = startStackProcess(home);
    await stack.said(/run \S+ started/);
    const results = await countResults();
    // The Workers' processes are left alive: the next start must end them.
    for (const { pid, command } of processesOf(home)) {
      if (!command.includes("workerd")) process.kill(pid, "SIGKILL");
    }
    await stack.ended;
    stack = startStackProcess(home);
    await stack.said(/Benchmark Engine is up/);
    await stack.said(/run \S+ finished/);
    expect(await countResults()).toBeGreaterThan(results);
    expect((await fetch(home.dashboardUrl)).status).toBe(200);
    stack.signal("SIGTERM");
    expect(await stack.ended).toBe(0);
    expect(processesOf(home)).toEqual([]);
  }, 120_000);

  it.each(["DASHBOARD_PORT", "BENCHMARK_PORT", "SUPABASE_PORT"])(
    "names a busy port and %s in one line, ends with 1 and leaves nothing running",
    async (setting) => {
      const holder = createServer();
      await new Promise<void>((resolve) =>
        holder.listen(Number(home.environment[setting]), "127.0.0.1", resolve),
      );
      try {
        stack = startStackProcess(home);
        expect(await stack.ended).toBe(1);
        expect(stack.output()).toBe(
          `port ${home.environment[setting]} is taken: stop what uses it, or set ${setting} to a free one\n`,
        );
        expect(processesOf(home)).toEqual([]);
      } finally {
        await new Promise((resolve) => holder.close(resolve));
      }
    },
  );

  it.each<[string, Record<string, string>, RegExp]>([
    ["a folder for .dev.vars", { DEV_VARS_FILE: "tests" }, /^tests cannot be read \(it is a folder\): .*\n$/],
    [
      "a LOCAL_DIRECTORY below a file",
      { LOCAL_DIRECTORY: "package.json/local" },
      /^LOCAL_DIRECTORY .+ cannot be used \(ENOTDIR\); .*\n$/,
    ],
    ["a malformed setting", { BENCHMARK_BUDGET_USD: "lots" }, /^BENCHMARK_BUDGET_USD .*\n$/],
    [
      "a Supabase that cannot be reached",
      {
        SUPABASE_URL: "http://127.0.0.1:9999",
        SUPABASE_ANON_KEY: `sb_publishable_${"a".repeat(24)}`,
        SUPABASE_SERVICE_ROLE: `sb_secret_${"a".repeat(24)}`,
      },
      /^Supabase at http:\/\/127\.0\.0\.1:9999 cannot be reached \(ECONNREFUSED\).*\n$/,
    ],
  ])("says what is wrong with %s in one line and starts nothing", async (_what, environment, line) => {
    stack = startStackProcess(home, environment);
    expect(await stack.ended).toBe(1);
    expect(stack.output()).toMatch(line);
    expect(processesOf(home)).toEqual([]);
  });
});

function database() {
  const port = home.environment.SUPABASE_PORT;
  const auth = { persistSession: false, autoRefreshToken: false };
  return createClient<Database>(`http://127.0.0.1:${port}`, serviceKey(), { auth });
}

/** Where wrangler itself listens, and what it takes to send it an event: the proxy before it passes none. */
function wranglerOf(worker: "benchmark" | "dashboard"): { url: string; key: string } {
  const port = processesOf(home).flatMap(({ command }) => {
    const isIt = command.includes("workers/benchmark/wrangler.toml") === (worker === "benchmark");
    return command.includes("wrangler.js dev") && isIt ? (/--port (\d+)/.exec(command)?.[1] ?? []) : [];
  })[0];
  return { url: `http://127.0.0.1:${port}`, key: setting("CRON_KEY") };
}

function serviceKey(): string {
  return setting("SUPABASE_SERVICE_ROLE");
}

/** A setting as the benchmark Worker got it. */
function setting(name: string): string {
  const { values } = parseEnvFile(readFileSync(join(home.directory, "benchmark.env"), "utf8"));
  return values.get(name) ?? "";
}

async function countResults(): Promise<number> {
  const { count } = await database().from("benchmark_results").select("*", { count: "exact", head: true });
  return count ?? 0;
}

const requestLog = z.array(
  z.looseObject({ kind: z.string(), startedMs: z.number(), endedMs: z.number().nullable() }),
);

async function measuredRequests() {
  const response = await fetch(`${setting("SIMULATOR_URL")}/_log`);
  const log = requestLog.parse(await response.json());
  return log
    .filter(({ kind }) => kind === "measured")
    .map((request) => ({ ...request, endedMs: request.endedMs ?? Number.POSITIVE_INFINITY }));
}

async function control(provider: string, fault: string | null): Promise<void> {
  const simulator = stackControls(home.directory)?.simulator;
  const response = await fetch(`${simulator?.url}/_control`, {
    method: "POST",
    headers: { authorization: `Bearer ${simulator?.key}` },
    body: JSON.stringify({ provider, fault }),
  });
  expect(response.status).toBe(200);
}
