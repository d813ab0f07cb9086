import type { Simulator } from "../../local/simulator/index.ts";
import type { ResultRow } from "../../workers/benchmark/store/rows.ts";
import type { BenchmarkWorker } from "./benchmark-worker.ts";
import { eventually } from "./eventually.ts";
import type { TestSupabase } from "./supabase.ts";

export interface Target {
  readonly provider: string;
  readonly model: string;
}

/** Makes these the only active models: rows of providers and models are made as needed. */
export async function activateOnly(supabase: TestSupabase, targets: readonly Target[]): Promise<void> {
  const slugs = [...new Set(targets.map(({ provider }) => provider))];
  for (const slug of slugs) {
    await supabase.sql.query(
      "insert into public.providers (slug, name, base_url) values ($1, $1, 'http://127.0.0.1') on conflict (slug) do nothing",
      [slug],
    );
  }
  await supabase.sql.query("update public.models set active = false");
  await supabase.sql.query(
    `insert into public.models (name, provider_id, active)
     select t.model, p.id, true from jsonb_to_recordset($1) as t(provider text, model text)
     join public.providers p on p.slug = t.provider
     on conflict (name, provider_id) do update set active = true`,
    [JSON.stringify(targets)],
  );
}

/** Base URL and key for each provider, so that the simulator answers as if it were the real one. */
export function asRealProviders(simulator: Simulator, slugs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    slugs.flatMap((slug) => [
      [`${slug.toUpperCase()}_API_KEY`, "a-key-for-tests-only"],
      [`${slug.toUpperCase()}_BASE_URL`, `${simulator.url}/${slug}`],
    ]),
  );
}

export function measuredRequests(simulator: Simulator) {
  return simulator.log().filter((request) => request.kind === "measured");
}

/** Runs once from an admin's request to the run's end in the database. */
export async function runOnce(worker: BenchmarkWorker, supabase: TestSupabase, withinMs?: number) {
  const { status, runId } = await worker.start();
  if (status !== 202) throw new Error(`The run was not taken: ${status}`);
  const run = await eventually(
    async () => {
      const { data } = await supabase.service
        .from("runs")
        .select()
        .eq("id", runId)
        .not("finished_at", "is", null);
      return data?.[0];
    },
    "the run's end in the database",
    withinMs,
  );
  // Not through the API, which gives a thousand rows at most.
  const { rows } = await supabase.sql.query<ResultRow>(
    "select * from public.benchmark_results where run_id = $1 order by created_at",
    [runId],
  );
  return { run, results: rows };
}
