import { expect } from "vitest";
import { startSimulator } from "../../local/simulator/index.ts";
import { startBenchmarkWorker } from "./benchmark-worker.ts";
import { activateOnly, measuredRequests, runOnce } from "./engine.ts";
import type { TestSupabase } from "./supabase.ts";
import { workerdMemoryMiB } from "./workerd.ts";

/** Providers for which the simulator plays any model. */
const PROVIDERS = ["mistral", "deepseek", "xai", "cerebras", "fireworks", "deepinfra"];

export interface ManyTargets {
  /** The engine's own time between one measured request's end and the next target's warm-up, ms, sorted. */
  readonly gapsMs: readonly number[];
  /** workerd's resident memory in MiB, early in the run, halfway through it and at its end. */
  readonly memoryMiB: { readonly early: number; readonly halfway: number; readonly late: number };
}

/** One run over `count` simulated targets in slices of a Free plan's size. Asserts that it is complete and sequential. */
export async function runMany(supabase: TestSupabase, count: number): Promise<ManyTargets> {
  const simulator = await startSimulator({ speed: 100, failures: false });
  const targets = Array.from({ length: count }, (_, i) => ({
    provider: PROVIDERS[i % PROVIDERS.length] ?? "",
    model: `model-${i}`,
  }));
  await activateOnly(supabase, targets);
  const worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      SIMULATOR_URL: simulator.url,
    },
  });
  try {
    const memory: number[] = [];
    const sampler = setInterval(() => memory.push(workerdMemoryMiB()), 500);
    const { run, results } = await runOnce(worker, supabase, 240_000).finally(() => clearInterval(sampler));
    const asked = measuredRequests(simulator);

    // The seven defaults are played besides, since the simulator plays their providers.
    const own = results.filter((row) => PROVIDERS.includes(row.provider ?? ""));
    expect(new Set(own.map((row) => `${row.provider}/${row.model}`)).size).toBe(count);
    expect(own).toHaveLength(count);
    expect(results).toHaveLength(run.targets ?? -1);
    expect(asked).toHaveLength(results.length);
    for (const [i, request] of asked.entries()) {
      const before = asked[i - 1];
      if (before)
        expect(request.startedMs).toBeGreaterThanOrEqual(before.endedMs ?? Number.POSITIVE_INFINITY);
    }

    const middle = Math.floor(memory.length / 2);
    const log = simulator.log();
    const gapsMs = log.flatMap((request, i) => {
      const next = log[i + 1];
      return request.kind === "measured" && request.endedMs !== null && next
        ? [next.startedMs - request.endedMs]
        : [];
    });
    return {
      gapsMs: gapsMs.sort((a, b) => a - b),
      memoryMiB: {
        early: median(memory.slice(2, 8)),
        halfway: median(memory.slice(middle - 3, middle + 3)),
        late: median(memory.slice(-6)),
      },
    };
  } finally {
    await worker.stop();
    await simulator.stop();
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
