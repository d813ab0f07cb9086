import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { Log, LogLevel, Miniflare, type WorkerOptions } from "miniflare";
import { CRONS } from "../../workers/benchmark/schedule.ts";

export const ADMIN_TOKEN = "a-token-for-tests-only";

/** What is asked for without a key is not there, unless a test serves it. */
const NO_INTERNET = {
  PRICE_FEED_URL: "http://127.0.0.1:9/prices.json",
  OPENROUTER_BASE_URL: "http://127.0.0.1:9/openrouter",
};

export interface BenchmarkWorker {
  /** Its log events, oldest first. */
  readonly events: readonly Record<string, unknown>[];
  cron(cron?: string, scheduledTime?: Date): Promise<void>;
  fetch(
    path: string,
    init?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<{
    status: number;
    headers: Headers;
    body: unknown;
  }>;
  /** As the admin: POST /api/benchmark. */
  start(): Promise<{ status: number; runId: string }>;
  status(): Promise<Record<string, unknown>>;
  /** Asks a Worker beside it. */
  askBeside(name: string, url: string, init?: RequestInit): Promise<Response>;
  /** Straight to the coordinator, for a bundle in which it answers requests. */
  askCoordinator(init?: { method?: string }): Promise<unknown>;
  stop(): Promise<void>;
}

export interface BenchmarkWorkerOptions {
  readonly settings: Readonly<Record<string, string>>;
  /** Where the Durable Object keeps its state; memory when not given. */
  readonly persist?: string;
  /** The module to run; the built Worker when not given. */
  readonly bundle?: string;
  /** Workers beside it, by their own options, and what it is bound to of them. */
  readonly beside?: readonly WorkerOptions[];
  readonly serviceBindings?: Readonly<Record<string, string>>;
  /** Requests to the admin API that are let through in a minute; no limit when not given. */
  readonly requestsPerMinute?: number;
}

/** The built benchmark Worker in workerd, as Cloudflare runs it. Needs `npm run build`, or a bundle. */
export async function startBenchmarkWorker({
  settings,
  persist,
  bundle = readFileSync("build/worker-benchmark/index.js", "utf8"),
  requestsPerMinute,
  beside = [],
  serviceBindings = {},
}: BenchmarkWorkerOptions): Promise<BenchmarkWorker> {
  const events: Record<string, unknown>[] = [];
  const collect = (chunk: Buffer) => {
    for (const line of chunk.toString("utf8").split("\n")) {
      const json = /\{"level":.*\}/.exec(line)?.[0];
      if (json) events.push(JSON.parse(json) as Record<string, unknown>);
    }
  };
  const worker: WorkerOptions = {
    name: "benchmark",
    modules: [{ type: "ESModule", path: "index.js", contents: bundle }],
    compatibilityDate: "2026-06-01",
    durableObjects: { COORDINATOR: { className: "Coordinator", useSQLite: true } },
    serviceBindings: { ...serviceBindings },
    ...(requestsPerMinute
      ? {
          ratelimits: {
            ADMIN_RATE_LIMIT: {
              namespace_id: "1001",
              simple: { limit: requestsPerMinute, period: 60 as const },
            },
          },
        }
      : {}),
    bindings: { ADMIN_TOKEN, RUN_START_JITTER_S: "0", PROBE_LOCATION: "local", ...NO_INTERNET, ...settings },
  };
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    workers: [worker, ...beside],
    ...(persist ? { durableObjectsPersist: persist } : {}),
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      stdout.on("data", collect);
      stderr.on("data", collect);
    },
  });
  const base = await miniflare.ready;
  const call: BenchmarkWorker["fetch"] = async (path, init) => {
    const response = await miniflare.dispatchFetch(new URL(path, base), init);
    return {
      status: response.status,
      headers: new Headers([...response.headers]),
      body: await response.json(),
    };
  };
  const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` };
  return {
    events,
    async cron(cron = CRONS.benchmark, scheduledTime = new Date()) {
      const worker = await miniflare.getWorker("benchmark");
      await worker.scheduled({ cron, scheduledTime });
    },
    fetch: call,
    async start() {
      const { status, body } = await call("/api/benchmark", { method: "POST", headers: asAdmin });
      return { status, runId: (body as { run_id: string }).run_id };
    },
    async status() {
      const { body } = await call("/api/status", { headers: asAdmin });
      return body as Record<string, unknown>;
    },
    async askBeside(name, url, init) {
      const asked = await miniflare.getWorker(name);
      return asked.fetch(url, init as never) as unknown as Promise<Response>;
    },
    async askCoordinator(init) {
      const objects = await miniflare.getDurableObjectNamespace("COORDINATOR");
      const coordinator = objects.get(objects.idFromName(settings.PROBE_REGION ?? "enam"));
      return (await coordinator.fetch("http://coordinator/", init)).json();
    },
    stop: () => miniflare.dispose(),
  };
}
