import { randomUUID } from "node:crypto";
import type pg from "pg";

/** A stored result as far as the dashboard's figures go. */
export interface SeedResult {
  id: string;
  run_id: string;
  provider_id: string | null;
  model_id: string | null;
  provider: string | null;
  model: string | null;
  created_at: string;
  input_tokens: number;
  output_tokens: number;
  total_latency_ms: number;
  ttft_ms: number | null;
  answer_ttft_ms: number | null;
  tps: number | null;
  status_code: number | null;
  success: boolean;
  error_kind: string | null;
  error_message: string | null;
  cost_usd: number;
  cost_source: "provider" | "price" | "unknown";
  simulated: boolean;
  location: string;
  prompt_version: string | null;
  served_model: string | null;
  upstream: string | null;
  upstream_pinned: boolean;
}

export interface SeedRun {
  id: string;
  run_name: string;
  triggered_by: string;
  started_at: string;
  finished_at: string | null;
  targets: number | null;
  location: string | null;
}

/** A successful result of an ordinary endpoint, with what a test wants otherwise. */
export function result(overrides: Partial<SeedResult> & Pick<SeedResult, "run_id">): SeedResult {
  return {
    id: randomUUID(),
    provider_id: null,
    model_id: null,
    provider: "openai",
    model: "gpt-4o-mini",
    created_at: new Date().toISOString(),
    input_tokens: 520,
    output_tokens: 180,
    total_latency_ms: 2_400,
    ttft_ms: 400,
    answer_ttft_ms: 400,
    tps: 90,
    status_code: 200,
    success: true,
    error_kind: null,
    error_message: null,
    cost_usd: 0.0002,
    cost_source: "price",
    simulated: false,
    location: "enam",
    prompt_version: "standard-test",
    served_model: null,
    upstream: null,
    upstream_pinned: false,
    ...overrides,
  };
}

/** A result that failed: no token came. */
export function failure(
  kind: string,
  overrides: Partial<SeedResult> & Pick<SeedResult, "run_id">,
): SeedResult {
  return result({
    success: false,
    error_kind: kind,
    error_message: `${kind} in a test`,
    status_code: kind === "network" || kind === "timeout" ? null : 500,
    ttft_ms: null,
    answer_ttft_ms: null,
    tps: null,
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    cost_source: "unknown",
    ...overrides,
  });
}

export function run(overrides: Partial<SeedRun> = {}): SeedRun {
  const started = overrides.started_at ?? new Date().toISOString();
  return {
    id: randomUUID(),
    run_name: "test-run",
    triggered_by: "cron-job",
    started_at: started,
    finished_at: started,
    targets: null,
    location: "enam",
    ...overrides,
  };
}

type Sql = Pick<pg.Pool | pg.Client, "query">;

/** Leaves no run, no result, and nothing that was made of them. */
export async function forgetResults(sql: Sql): Promise<void> {
  await sql.query(
    `delete from public.runs; delete from public.series; delete from public.window_refreshes;
     delete from public.provider_windows`,
  );
}

/** Computes every window at every place, as it would be at a moment (now). */
export async function refreshWindows(sql: Sql, asOf: string | null = null): Promise<void> {
  await sql.query(
    `select public.engine_refresh_windows(w.time_window, w.part, l.location, $1)
     from (values ('1h', 'current'), ('24h', 'current'), ('7d', 'current'), ('30d', 'current'),
       ('24h', 'previous'), ('7d', 'previous'), ('30d', 'previous')) as w (time_window, part)
     cross join (
       select location from public.series union select location from public.window_refreshes
     ) l`,
    [asOf],
  );
}

/** Writes runs and results and, as a run's end does, computes the windows anew. */
export async function insert(
  sql: Sql,
  runs: readonly SeedRun[],
  results: readonly SeedResult[],
  asOf: string | null = null,
): Promise<void> {
  await sql.query(
    `insert into public.runs (id, run_name, triggered_by, started_at, finished_at, targets, location)
     select id, run_name, triggered_by, started_at, finished_at, targets, location
     from json_populate_recordset(null::public.runs, $1)`,
    [JSON.stringify(runs)],
  );
  const columns = Object.keys(result({ run_id: "" })).join(", ");
  for (let start = 0; start < results.length; start += 5_000) {
    await sql.query(
      `insert into public.benchmark_results (${columns})
       select ${columns} from json_populate_recordset(null::public.benchmark_results, $1)`,
      [JSON.stringify(results.slice(start, start + 5_000))],
    );
  }
  await refreshWindows(sql, asOf);
}
