/** Reads the same load again and again and reports what each time cost. One argument: a CostTask as JSON. */
import type { CostReader, CostReply, CostTask } from "../cost.ts";
import { loadPeer } from "../peers.ts";
import type { Reader } from "./types.ts";

/** Loaded one by one: a process weighs one reader and holds no other. */
const makers: Record<CostReader, () => Promise<(now: () => number) => Reader>> = {
  parse: async () => (await import("./parse.ts")).parseReader,
  probe: async () => (await import("./probe.ts")).probeReader,
  sdk: async () => (await loadPeer("openai")).sdkReader,
};
const task = JSON.parse(process.argv[2] ?? "null") as CostTask;
const read = (await makers[task.reader]())(() => performance.now());
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("Run with --expose-gc: live memory cannot be told otherwise");

const cpuMs: number[] = [];
const heapUsed: number[] = [];
const peakRss: number[] = [];
for (let turn = 0; turn < task.repetitions; turn++) {
  const before = process.cpuUsage();
  const reading = await read({
    scenario: task.load,
    seed: 1,
    id: `${task.reader}-${turn}`,
    origin: task.origin,
  });
  const { user, system } = process.cpuUsage(before);
  if (reading.failure !== null) throw new Error(reading.failure);
  cpuMs.push((user + system) / 1000);
  collect();
  heapUsed.push(process.memoryUsage().heapUsed);
  peakRss.push(process.resourceUsage().maxRSS * 1024);
}
process.send?.({ cpuMs, heapUsed, peakRss } satisfies CostReply, () => process.exit(0));
