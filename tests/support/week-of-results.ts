import { insert, result, run } from "../e2e/support/results.ts";
import type { BenchmarkWorker } from "./benchmark-worker.ts";
import { runOnce, type Target } from "./engine.ts";
import type { TestSupabase } from "./supabase.ts";

/** A week of an endpoint's results as they are now, a quarter of an hour apart. */
export async function seedWeek(
  worker: BenchmarkWorker,
  supabase: TestSupabase,
  target: Target,
): Promise<void> {
  const { results } = await runOnce(worker, supabase);
  const now = results.find(({ provider }) => provider === target.provider);
  const { ttft_ms, total_latency_ms, tps, prompt_version } = now ?? {};
  const old = run({ started_at: new Date(Date.now() - 7 * 86_400_000).toISOString(), location: "local" });
  const { rows: ids } = await supabase.sql.query<{ id: string; provider_id: string }>(
    "select m.id, m.provider_id from public.models m join public.providers p on p.id = m.provider_id where p.slug = $1 and m.name = $2",
    [target.provider, target.model],
  );
  await insert(
    supabase.sql,
    [old],
    Array.from({ length: 600 }, (_, index) =>
      result({
        run_id: old.id,
        ...target,
        provider_id: ids[0]?.provider_id ?? null,
        model_id: ids[0]?.id ?? null,
        location: "local",
        prompt_version: prompt_version ?? null,
        created_at: new Date(Date.now() - (601 - index) * 900_000).toISOString(),
        // A steady spread of a fifth about what was just measured.
        ttft_ms: (ttft_ms ?? 100) * (1 + 0.2 * Math.sin(index * 1.7)),
        total_latency_ms: (total_latency_ms ?? 1_000) * (1 + 0.2 * Math.sin(index * 2.3)),
        tps: (tps ?? 100) * (1 + 0.2 * Math.sin(index * 2.9)),
        answer_ttft_ms: null,
      }),
    ),
  );
}
