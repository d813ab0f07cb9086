import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { startSimulator } from "../../local/simulator/index.ts";
import { startBenchmarkWorker } from "./benchmark-worker.ts";
import { eventually } from "./eventually.ts";
import type { TestSupabase } from "./supabase.ts";
import { killWorkerd } from "./workerd.ts";

/**
 * One run in which workerd is killed (SIGKILL) at a moment that `random` picks, and started again over the
 * same state. Asserts that the run goes on by itself and that nothing is lost or measured twice.
 *
 * @returns whether a request was cut off by the kill.
 */
export async function surviveKill(
  supabase: TestSupabase,
  random: () => number,
): Promise<{ interrupted: boolean }> {
  const persist = mkdtempSync(join(tmpdir(), "benchmark-engine-state-"));
  const simulator = await startSimulator({ speed: 8, failures: false });
  const settings = {
    SUPABASE_URL: supabase.url,
    SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
    SIMULATOR_URL: simulator.url,
    DELIVERY_BACKOFF_MIN_MS: "50",
  };
  const measured = () => simulator.log().filter((request) => request.kind === "measured");
  const first = await startBenchmarkWorker({ settings, persist });
  const at = new Date();
  let second: Awaited<ReturnType<typeof startBenchmarkWorker>> | undefined;
  try {
    await first.cron(undefined, at);
    // In the middle: before, during or after a request, but never after the last one's end.
    const requests = 1 + Math.floor(random() * 6);
    await eventually(async () => measured().length >= requests, `request ${requests}`);
    await sleep(random() * 200);
    killWorkerd();
    await first.stop();

    // Nothing is asked of it: the alarm that was cut fires by itself.
    second = await startBenchmarkWorker({ settings, persist });
    const run = await eventually(async () => {
      const { data } = await supabase.service.from("runs").select().eq("scheduled_for", at.toISOString());
      return data?.find((row) => row.finished_at !== null);
    }, "the run's end after the restart");
    const { data: rows } = await supabase.service.from("benchmark_results").select().eq("run_id", run.id);
    const results = rows ?? [];
    const asked = measured();
    const endpoint = (of: { provider: string | null; model: string | null }) => `${of.provider}/${of.model}`;
    expect(new Set(results.map(endpoint)).size).toBe(run.targets);
    expect(results).toHaveLength(run.targets ?? -1);
    expect(new Set(asked.map(endpoint)).size).toBe(asked.length);
    const cut = results.filter((row) => row.error_kind === "interrupted");
    expect(cut.length).toBeLessThanOrEqual(1);
    expect(results.filter((row) => row.error_kind !== "interrupted").every((row) => row.success)).toBe(true);
    return { interrupted: cut.length === 1 };
  } finally {
    await second?.stop();
    await simulator.stop();
    rmSync(persist, { recursive: true, force: true });
  }
}
