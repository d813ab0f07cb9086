/**
 * What a page costs where Cloudflare counts it: CPU of workerd for each answer of the built dashboard, an isolate's first
 * one and later ones. The Free plan allows 10 ms a request, and counts the script alone: what workerd spends on sockets and
 * on handing requests around is told by a Worker that reads the same answers, sends as much, and does nothing else. Only on
 * Linux, which tells what each thread used.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { startDashboard } from "../e2e/support/dashboard.ts";
import { table } from "./report.ts";
import { fillWeek, startSite } from "./site.ts";
import { percentile } from "./statistics.ts";

const ISOLATES = 3;
const WARM_UP = 30;
const BATCHES = 5;
const BATCH = 10;
const PAGES = [
  { path: "/", endpoints: [7, 25, 50, 100, 300] },
  { path: "/models/groq/openai/gpt-oss-20b", endpoints: [7] },
] as const;

/** Medians, ms for one answer. */
export interface CpuMeasurement {
  readonly path: string;
  readonly endpoints: number;
  /** Of all of workerd. */
  readonly coldMs: number;
  readonly warmMs: number;
  /** Of the script alone, warm. */
  readonly scriptMs: number;
}

export async function measureCpu(say: (line: string) => void): Promise<CpuMeasurement[]> {
  if (process.platform !== "linux") {
    say("CPU of the pages is only measured on Linux.");
    return [];
  }
  const site = await startSite(say, fillWeek);
  try {
    const measured: CpuMeasurement[] = [];
    for (const { path, endpoints } of PAGES) {
      for (const count of endpoints) {
        const database = await startMultiplied(site.supabase.url, count);
        const bindings = { SUPABASE_URL: database.url, SUPABASE_ANON_KEY: site.supabase.anonKey };
        const page = await measurePage(bindings, path, count, database.asked);
        const code = idleWorker(page.bytes, database.asked);
        const idle = await measurePage(bindings, path, count, database.asked, code);
        measured.push({ ...page, scriptMs: page.warmMs - idle.warmMs });
        database.stop();
      }
    }
    return measured;
  } finally {
    await site.stop();
  }
}

async function measurePage(
  bindings: Record<string, string>,
  path: string,
  endpoints: number,
  asked: Set<string>,
  code?: string,
): Promise<Omit<CpuMeasurement, "scriptMs"> & { readonly bytes: number }> {
  let bytes = 0;
  const found: { cold: number; warm: number }[] = [];
  for (let isolate = 0; isolate < ISOLATES; isolate += 1) {
    const before = new Set(workerds());
    const dashboard = await startDashboard(bindings, {}, code === undefined ? {} : { code });
    const pid = workerds().find((each) => !before.has(each));
    if (pid === undefined) throw new Error("workerd is not among this process's children");
    const cost = async (answers: number) => {
      const began = cpuMs(pid);
      for (let index = 0; index < answers; index += 1) bytes = await visit(dashboard.url + path);
      return (cpuMs(pid) - began) / answers;
    };
    try {
      // What workerd does to start is none of the first answer.
      await setTimeout(300);
      const cold = await cost(1);
      await cost(WARM_UP);
      // Some of it a warm isolate keeps.
      asked.clear();
      const batches: number[] = [];
      for (let batch = 0; batch < BATCHES; batch += 1) batches.push(await cost(BATCH));
      found.push({ cold, warm: median(batches) });
    } finally {
      await dashboard.stop();
    }
  }
  return {
    path,
    endpoints,
    bytes,
    coldMs: median(found.map(({ cold }) => cold)),
    warmMs: median(found.map(({ warm }) => warm)),
  };
}

/** A Worker that reads what a page reads and sends as much as one. */
function idleWorker(bytes: number, asked: ReadonlySet<string>): string {
  return `const paths = ${JSON.stringify([...asked])};
const body = new TextEncoder().encode("x".repeat(${bytes}));
export default {
  async fetch(request, { SUPABASE_URL, SUPABASE_ANON_KEY: apikey }) {
    const read = async (path) => (await fetch(SUPABASE_URL + path, { headers: { apikey } })).text();
    await Promise.all(paths.map(read));
    return new Response(body, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
};`;
}

/** @returns the size of the answer, bytes */
async function visit(url: string): Promise<number> {
  const response = await fetch(url, {
    headers: { "accept-encoding": "identity", "user-agent": "Mozilla/5.0" },
  });
  const { byteLength } = await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return byteLength;
}

const median = (values: readonly number[]): number => percentile(values, 50) ?? Number.NaN;

/** Processes of workerd that this one has started. */
function workerds(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return name === "workerd" && Number(parent) === process.pid;
    } catch {
      // It ended between the two looks.
      return false;
    }
  });
}

/** What all threads of a process have used. */
function cpuMs(pid: string): number {
  const used = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // A thread that ended since.
      return 0;
    }
  });
  return used.reduce((sum, ns) => sum + ns, 0) / 1e6;
}

interface MultipliedDatabase {
  readonly url: string;
  /** Paths of all that was asked for, the window's beginning apart. */
  readonly asked: Set<string>;
  stop(): void;
}

/** The database as it would be with so many endpoints: those it has, again and again under other names. */
async function startMultiplied(upstream: string, endpoints: number): Promise<MultipliedDatabase> {
  const asked = new Set<string>();
  const known = new Map<string, Promise<{ status: number; text: string }>>();
  const ask = async (path: string, headers: Record<string, string>) => {
    const got = await fetch(upstream + path, { headers });
    const text = await got.text();
    const many = /\/rpc\/dashboard_(endpoints|previous)\b/.test(path) && got.ok;
    return { status: got.status, text: many ? multiply(text, endpoints) : text };
  };
  const server = createServer(async ({ url: path = "/", headers }, response) => {
    // The window's beginning is in the address of some, to the millisecond.
    const key = path.replace(/since=[^&]*/, "since=now");
    asked.add(key);
    const answer =
      known.get(key) ??
      ask(path, { apikey: String(headers.apikey), authorization: String(headers.authorization ?? "") });
    known.set(key, answer);
    const { status, text } = await answer;
    response.writeHead(status, { "content-type": "application/json" }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => server.close(),
  };
}

function multiply(text: string, endpoints: number): string {
  const answer = JSON.parse(text) as { endpoints: { model: string }[] } | null;
  if (answer === null) return text;
  const { endpoints: few } = answer;
  const many = Array.from({ length: Math.max(endpoints, few.length) }, (_, index) => {
    const one = few[index % few.length];
    return index < few.length ? one : { ...one, model: `${one?.model}-${index}` };
  });
  return JSON.stringify({ ...answer, endpoints: many });
}

export function cpuTable(measured: readonly CpuMeasurement[]): string {
  const head = ["CPU ms a page", "endpoints", "first of an isolate", "warm", "of that the script"];
  const rows = measured.map(({ path, endpoints, coldMs, warmMs, scriptMs }) => [
    path,
    String(endpoints),
    coldMs.toFixed(0),
    warmMs.toFixed(1),
    scriptMs.toFixed(1),
  ]);
  return table([head, ...rows]);
}
