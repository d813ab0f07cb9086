import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { findFreePort } from "../../local/stack/ports.ts";
import { type AlertReceiver, startAlertReceiver } from "../support/alert-receiver.ts";
import { ADMIN_TOKEN, type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, measuredRequests } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { printedSeed, randomFrom } from "../support/random.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { killWorkerd } from "../support/workerd.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const GPT = { provider: "openai", model: "gpt-4o-mini" };
const LLAMA = { provider: "groq", model: "llama-3.1-8b-instant" };
const CONFIRM_AFTER_MS = 400;

let supabase: TestSupabase;
let door: FaultyProxy;
let simulator: Simulator;
let receiver: AlertReceiver;
let silent: AlertReceiver;
let worker: BenchmarkWorker;
let persist: string;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());

beforeEach(async () => {
  persist = mkdtempSync(join(tmpdir(), "benchmark-engine-state-"));
  door = await startFaultyProxy(supabase.url);
  simulator = await startSimulator({ speed: 20, failures: false });
  receiver = await startAlertReceiver(SECRET);
  silent = await startAlertReceiver(SECRET);
  silent.set("silent");
  await activateOnly(supabase, [GPT, LLAMA]);
  worker = await startWorker();
});
afterEach(async () => {
  await worker.stop();
  for (const part of [simulator, door, receiver, silent]) await part.stop();
  rmSync(persist, { recursive: true, force: true });
  await supabase.sql.query("truncate public.runs cascade; truncate public.incidents, public.endpoint_states");
});

function startWorker(more: Record<string, string> = {}): Promise<BenchmarkWorker> {
  return startBenchmarkWorker({
    persist,
    settings: {
      SUPABASE_URL: door.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      ...asRealProviders(simulator, ["openai", "groq"]),
      CONFIRM_AFTER_MS: String(CONFIRM_AFTER_MS),
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: SECRET,
      ALERT_SLACK_URL: silent.url,
      ALERT_TIMEOUT_MS: "300",
      ALERT_BACKOFF_MIN_MS: "50",
      ALERT_BACKOFF_MAX_MS: "200",
      DELIVERY_BACKOFF_MIN_MS: "50",
      DELIVERY_BACKOFF_MAX_MS: "300",
      DELIVERY_TIMEOUT_MS: "1000",
      ...more,
    },
  });
}

const runEnded = () => eventually(async () => (await worker.status()).run === null, "the run's end");
async function run() {
  const { runId } = await worker.start();
  await runEnded();
  return runId;
}
const incidents = async () => (await supabase.service.from("incidents").select()).data ?? [];
const states = async () =>
  Object.fromEntries(
    ((await supabase.service.from("endpoint_states").select()).data ?? []).map((row) => [
      row.provider,
      row.state,
    ]),
  );
const closed = () =>
  eventually(async () => {
    const all = await incidents();
    return all.length > 0 && all.every(({ closed_at }) => closed_at !== null) ? all : null;
  }, "the incident's end in the database");
/** Receivers tell repeated deliveries apart by their id, as Standard Webhooks asks them to. */
const distinct = () => [...new Map(receiver.taken.map((taken) => [taken.id, taken])).values()];

describe("a provider that fails and comes back", () => {
  it("is one incident, opened by a second request soon after the first, closed by a success, and told once each", async () => {
    await run();
    simulator.setFault("groq", "server_error");
    const began = Date.now();
    await run();
    const [open] = await eventually(async () => {
      const all = await incidents();
      return all.length > 0 ? all : null;
    }, "the incident in the database");
    expect(Date.now() - began).toBeLessThan(CONFIRM_AFTER_MS + 10_000);
    expect(open).toMatchObject({
      provider: "groq",
      kind: "outage",
      closed_at: null,
      location: "local",
      simulated: false,
      endpoints: [
        { model: LLAMA.model, until: null, reason: expect.stringMatching(/^2 failures in a row since/) },
      ],
    });
    expect(await states()).toEqual({ openai: "up", groq: "down" });
    simulator.setFault("groq", null);
    await closed();
    await eventually(async () => receiver.taken.length === 2, "both alerts");
    await eventually(async () => (await states()).groq === "up", "its state");
    expect(receiver.taken.map(({ id, type }) => [id, type])).toEqual([
      [`${open?.id}-1`, "incident.opened"],
      [`${open?.id}-2`, "incident.closed"],
    ]);
    // The channel that never answers is tried again and again, with the same id, in the incident's order.
    expect(new Set(silent.offered).size).toBe(1);
    expect(silent.offered.length).toBeGreaterThan(1);

    const { data: rows } = await supabase.service
      .from("benchmark_results")
      .select("success, confirmation")
      .eq("provider", "groq")
      .order("created_at");
    // A run's success and failure; the failure asked again until the success that closed it.
    expect(rows?.slice(0, 3)).toEqual([
      { success: true, confirmation: false },
      { success: false, confirmation: false },
      { success: false, confirmation: true },
    ]);
    expect(rows?.at(-1)).toEqual({ success: true, confirmation: true });
    const { rows: counted } = await supabase.sql.query(
      "select sum(results)::int as n from public.series_days d join public.series s on s.id = d.series_id where s.provider = 'groq'",
    );
    expect(counted).toEqual([{ n: 2 }]);
  });

  it("is a single failure and no incident when the second request succeeds", async () => {
    await run();
    simulator.setFault("groq", "server_error");
    await worker.start();
    await eventually(
      async () => worker.events.some((event) => event.event === "target_measured" && event.success === false),
      "the failure",
    );
    simulator.setFault("groq", null);
    await runEnded();
    await eventually(async () => {
      const { data } = await supabase.service
        .from("benchmark_results")
        .select("success")
        .eq("confirmation", true);
      return data?.length === 1;
    }, "the second request");
    await sleep(CONFIRM_AFTER_MS * 2);
    expect(await incidents()).toEqual([]);
    expect(receiver.taken).toEqual([]);
  });

  it("is asked again 1, 2, 4 and 8 times as long after while it is down, and no more before the next run", async () => {
    await worker.stop();
    worker = await startWorker({ CONFIRM_AFTER_MS: "60" });
    simulator.setFault("groq", "server_error");
    await run();
    const groq = () => measuredRequests(simulator).filter(({ provider }) => provider === "groq");
    await eventually(async () => groq().length === 6, "the failure and five more requests");
    await sleep(60 * 16);
    expect(groq()).toHaveLength(6);
    const rows = await eventually(async () => {
      const { data } = await supabase.service
        .from("benchmark_results")
        .select("created_at")
        .eq("provider", "groq");
      return data?.length === 6 ? data : null;
    }, "their results");
    const starts = rows.map(({ created_at }) => Date.parse(created_at)).sort((a, b) => a - b);
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    for (const [index, least] of [60, 60, 120, 240, 480].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(least);
    }
  });
});

describe("somebody is told within two minutes of the first failing request (a minute is 3 s here)", () => {
  const MINUTE = 3_000;

  it("of one that fails at once, in the middle of a run that goes on, and of one that fails at its deadline", async () => {
    const hanging = createServer((request, response) => {
      // Its list of models answers, and nothing else.
      if (request.method === "GET") response.end("{}");
    });
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    const { port } = hanging.address() as AddressInfo;
    const slow = Array.from({ length: 12 }, (_, n) => ({ provider: "together", model: `slow-${n}` }));
    await activateOnly(supabase, [GPT, LLAMA, ...slow]);
    await worker.stop();
    worker = await startWorker({
      ...asRealProviders(simulator, ["together"]),
      OPENAI_BASE_URL: `http://127.0.0.1:${port}`,
      CONFIRM_AFTER_MS: String(MINUTE),
      PROBE_HEADERS_TIMEOUT_MS: String(MINUTE / 2),
    });
    simulator.setFault("groq", "server_error");
    try {
      await worker.start();
      const toldAt = new Map<string, number>();
      await eventually(
        async () => {
          for (const { type, data } of receiver.taken)
            if (type === "incident.opened" && !toldAt.has(data.title)) toldAt.set(data.title, Date.now());
          return toldAt.size === 2;
        },
        "both alerts",
        30_000,
      );
      const rows = await eventually(async () => {
        const { data } = await supabase.service
          .from("benchmark_results")
          .select("provider, created_at")
          .eq("success", false)
          .order("created_at");
        return data && data.length >= 4 ? data : null;
      }, "their results");
      for (const [provider, name] of [
        ["groq", "Groq"],
        ["openai", "OpenAI"],
      ] as const) {
        const first = Date.parse(rows.find((row) => row.provider === provider)?.created_at ?? "");
        const told = toldAt.get(`${name} is down: 1 endpoint`) ?? Number.NaN;
        console.log(
          `${provider}: told ${((told - first) / MINUTE).toFixed(2)} minutes after the first failure began`,
        );
        expect(told - first).toBeLessThanOrEqual(2 * MINUTE);
      }
    } finally {
      hanging.close();
      hanging.closeAllConnections();
    }
  });
});

describe("all providers silent at once", () => {
  it("is our own line, and nobody's incident", async () => {
    await run();
    for (const provider of ["openai", "groq"]) simulator.setFault(provider, "down");
    // Their models lists are gone too: nobody answers anything.
    const gone = await startWorkerWithout();
    try {
      await eventually(
        async () =>
          gone.events.filter((event) => event.event === "target_measured" && event.success === false)
            .length >= 4,
        "both failures, asked again",
      );
      await sleep(500);
      expect(await incidents()).toEqual([]);
      expect(receiver.taken).toEqual([]);
    } finally {
      worker = gone;
    }
  });

  /** Over the same state, with addresses where nobody listens. */
  async function startWorkerWithout(): Promise<BenchmarkWorker> {
    await worker.stop();
    const port = await findFreePort();
    const gone = await startWorker({
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/openai`,
      GROQ_BASE_URL: `http://127.0.0.1:${port}/groq`,
    });
    await gone.start();
    return gone;
  }
});

describe("an incident that nobody can be told of", () => {
  const random = randomFrom(printedSeed("WATCH_SEED"));

  it.each([1, 2])(
    "is stored and told once, in order, through a dead receiver, a lost database and kill -9 (%i)",
    async () => {
      await run();
      await eventually(async () => (await worker.status()).waitingForDelivery === 0, "an empty outbox");
      receiver.set("dead");
      await door.set("refused");
      simulator.setFault("groq", "server_error");
      await worker.start();
      await sleep(random() * 3_000);
      await killAndRestart();
      // Where the kill met groq's own request, that one is no failure of groq's: the next run has one.
      await runEnded();
      await worker.start();
      await eventually(async () => receiver.offered.length > 0, "the first try to tell", 20_000);
      // Longer than many of the longest waits, as two hours are.
      receiver.set("redirect");
      await sleep(600);
      receiver.set("nonsense");
      await sleep(600);
      receiver.set("dead");
      simulator.setFault("groq", null);
      await sleep(random() * 1_500);
      await killAndRestart();
      await worker.start();
      await runEnded();
      await door.set("up");
      receiver.set("up");
      const [incident, ...others] = await closed();
      expect(others).toEqual([]);
      await eventually(async () => distinct().length === 2, "both alerts");
      await sleep(500);
      expect(distinct().map(({ id, type }) => [id, type])).toEqual([
        [`${incident?.id}-1`, "incident.opened"],
        [`${incident?.id}-2`, "incident.closed"],
      ]);
      expect(await states()).toEqual({ openai: "up", groq: "up" });
    },
  );

  async function killAndRestart() {
    killWorkerd();
    await worker.stop();
    worker = await startWorker();
  }
});

describe("a budget that is used up", () => {
  it("is told once a day, with what was left out", async () => {
    await worker.stop();
    worker = await startWorker({ BENCHMARK_BUDGET_USD: "0.0000001" });
    await run();
    await eventually(async () => receiver.taken.length === 1, "the alert");
    await run();
    await sleep(300);
    expect(receiver.taken.map(({ type, data }) => [type, data.title])).toEqual([
      ["budget.reached", "The budget of 24 hours is used up"],
    ]);
    expect(measuredRequests(simulator)).toEqual([]);
  });
});

describe("what a run ends with", () => {
  it("is a call to the dead man's switch, at /fail where it could not run", async () => {
    const calls: string[] = [];
    const server = createServer((request, response) => {
      calls.push(`${request.method} ${request.url}`);
      response.end("OK");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await worker.stop();
    rmSync(persist, { recursive: true, force: true });
    worker = await startWorker({ HEARTBEAT_URL: `http://127.0.0.1:${port}/ping/abc` });
    try {
      await door.set("refused");
      await run();
      await eventually(async () => calls.length === 1, "the call after a run that could not run");
      await door.set("up");
      await run();
      await eventually(async () => calls.length === 2, "the call after a run");
      expect(calls).toEqual(["GET /ping/abc/fail", "GET /ping/abc"]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe("the admin API", () => {
  const post = (path: string, body?: object) =>
    worker.fetch(path, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  it("sends a test to each channel and says what came back, without an address", async () => {
    const { status, body } = await post("/api/alerts/test");
    expect(status).toBe(200);
    expect(body).toEqual({
      channels: [
        { channel: "webhook", ok: true, reason: "HTTP 204" },
        { channel: "slack", ok: false, reason: "no response in 300 ms" },
      ],
    });
    expect(receiver.taken.map(({ type }) => type)).toEqual(["test"]);
  });

  it("mutes a provider: its incident is stored and told to nobody", async () => {
    expect((await post("/api/alerts/mute", { provider: "nobody", hours: 1 })).status).toBe(404);
    expect((await post("/api/alerts/mute", { provider: "groq", hours: -1 })).status).toBe(400);
    expect((await post("/api/alerts/mute", { provider: "groq", hours: 2 })).body).toMatchObject({
      provider: "groq",
    });
    simulator.setFault("groq", "server_error");
    await run();
    await eventually(async () => (await incidents()).length === 1, "the incident");
    simulator.setFault("groq", null);
    await closed();
    expect(receiver.taken).toEqual([]);
    expect(Object.keys((await worker.status()).muted as object)).toEqual(["groq"]);
  });
});
