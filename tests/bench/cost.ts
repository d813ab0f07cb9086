import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BenchServer } from "./processes.ts";
import { type Load, loads } from "./scenarios.ts";
import { percentile } from "./statistics.ts";

/** The readers whose work is weighed; `parse` splits lines and parses each event, nothing else. */
export const COST_READERS = ["parse", "probe", "sdk"] as const;
export type CostReader = (typeof COST_READERS)[number];

/** What the child is asked to do, as its one argument. */
export interface CostTask {
  readonly reader: CostReader;
  readonly load: string;
  readonly origin: string;
  readonly repetitions: number;
}

/** One entry a repetition; CPU in milliseconds (user + system), memory in bytes after a collection. */
export interface CostReply {
  readonly cpuMs: readonly number[];
  readonly heapUsed: readonly number[];
  readonly peakRss: readonly number[];
}

export interface CpuRow {
  readonly load: string;
  /** Milliseconds of CPU for 10,000 events, median of the repetitions. */
  readonly per10k: Readonly<Record<CostReader, number>>;
  readonly probeToSdk: number;
  readonly judged: boolean;
}

export interface MemoryReport {
  readonly events: number;
  readonly streams: number;
  /** Live heap after the last stream minus that after the second, which has everything compiled and cached. */
  readonly heapGrowthMb: number;
  readonly peakRssMb: number;
}

export interface CostReport {
  readonly cpu: readonly CpuRow[];
  readonly memory: MemoryReport;
}

/** Repetitions that only warm the just-in-time compiler and are not counted. */
const WARM = 2;

function weigh(task: CostTask): Promise<CostReply> {
  const child = fork(
    fileURLToPath(new URL("./readers/cost-child.ts", import.meta.url)),
    [JSON.stringify(task)],
    { execArgv: [...process.execArgv, "--expose-gc"], stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  return new Promise((resolve, reject) => {
    child.once("message", (reply) => resolve(reply as CostReply));
    child.once("exit", (code) => reject(new Error(`Weighing ${task.reader} ended with code ${code}`)));
  });
}

/** Each reader in processes of its own, the readers taking turns so that a slow minute is shared. */
async function weighLoad({ name: load, events, judged }: Load, server: BenchServer): Promise<CpuRow> {
  const times: Record<CostReader, number[]> = { parse: [], probe: [], sdk: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    for (const reader of COST_READERS) {
      const reply = await weigh({ reader, load, origin: server.origin, repetitions: WARM + COUNTED });
      times[reader].push(...reply.cpuMs.slice(WARM));
    }
  }
  const median = (reader: CostReader): number =>
    ((percentile(times[reader], 50) ?? Number.NaN) * 10_000) / events;
  const per10k = {
    parse: median("parse"),
    probe: median("probe"),
    sdk: median("sdk"),
  };
  return { load, per10k, probeToSdk: per10k.probe / per10k.sdk, judged };
}

const TURNS = 3;
const COUNTED = 3;

export async function measureCost(server: BenchServer): Promise<CostReport> {
  const cpu: CpuRow[] = [];
  for (const load of loads.cpu) cpu.push(await weighLoad(load, server));
  return { cpu, memory: await measureMemory(server) };
}

async function measureMemory(server: BenchServer): Promise<MemoryReport> {
  const { name, events } = loads.memory;
  const streams = 10;
  const reply = await weigh({ reader: "probe", load: name, origin: server.origin, repetitions: streams });
  const after = (stream: number): number => (reply.heapUsed[stream - 1] ?? Number.NaN) / 2 ** 20;
  return {
    events,
    streams,
    heapGrowthMb: after(streams) - after(2),
    peakRssMb: Math.max(...reply.peakRss) / 2 ** 20,
  };
}
