import type pg from "pg";
import { comparisonSchema } from "../../app/data/compare.server.ts";
import {
  failure,
  forgetResults,
  insert,
  result,
  run,
  type SeedResult,
  type SeedRun,
} from "../e2e/support/results.ts";
import type { TestSupabase } from "../support/supabase.ts";

/* What the tests of comparisons share: two endpoints, and ways to measure them. */

export const AS_OF = "2026-10-15T12:00:00.000Z";
export const A = "openai/gpt-4o-mini";
export const B = "openrouter/openai/gpt-4o-mini";
export const ofA = { provider: "openai", model: "gpt-4o-mini" };
export const ofB = { provider: "openrouter", model: "openai/gpt-4o-mini" };

export async function callComparison(
  { anon }: Pick<TestSupabase, "anon">,
  keys: readonly string[] = [A, B],
  extra: Record<string, string> = {},
) {
  const { data, error } = await anon.rpc("compare_endpoints", { endpoints: JSON.stringify(keys), ...extra });
  if (error !== null) throw new Error(error.message);
  return comparisonSchema.parse(data);
}

export async function reset(
  sql: pg.Pool,
  runs: readonly SeedRun[],
  results: readonly SeedResult[],
  asOf: string | null = AS_OF,
) {
  await forgetResults(sql);
  await insert(sql, runs, results, asOf);
}

export function ago(minutes: number): string {
  return new Date(Date.parse(AS_OF) - minutes * 60_000).toISOString();
}

/** One run each, with what was measured in it, oldest first. */
export async function store(
  sql: pg.Pool,
  turns: readonly ((run_id: string, created_at: string) => SeedResult[])[],
) {
  const runs = turns.map((_, index) => run({ started_at: ago(15 * (turns.length - index)) }));
  await reset(
    sql,
    runs,
    turns.flatMap((turn, index) => turn(runs[index]?.id ?? "", runs[index]?.started_at ?? "")),
  );
}

/** Every way in which rows name their endpoint, every kind of failure, two places, two prompts, an offline run. */
export async function mixedMonth(sql: pg.Pool) {
  const { rows: providers } = await sql.query("select id, slug, name from public.providers");
  const { rows: models } = await sql.query("select id, provider_id, name from public.models");
  let state = 77;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const kinds = ["server_error", "rate_limited", "auth", "interrupted", "timeout", "network"];
  const runs: SeedRun[] = [];
  const results: SeedResult[] = [];
  for (let index = 0; index < 700; index += 1) {
    const started = ago(index < 300 ? 3 + index * 11 : 3_300 + (index - 300) * 60);
    const location = index % 7 === 0 ? "weur" : "enam";
    const one = run({ started_at: started, location });
    runs.push(one);
    [ofA, ofB, { provider: "stranger/x", model: "some/model:free" }].forEach(({ provider, model }, place) => {
      if (random() < 0.1) return;
      const known = providers.find((row) => row.slug === provider);
      const modelRow = models.find((row) => row.provider_id === known?.id && row.name === model);
      const spelling = index % 3;
      const common = {
        run_id: one.id,
        provider_id: spelling === 0 ? null : (known?.id ?? null),
        model_id: spelling === 0 ? null : (modelRow?.id ?? null),
        provider: spelling === 2 && known ? known.name : provider,
        model: spelling === 1 && modelRow ? null : model,
        created_at: new Date(Date.parse(started) + place * 3_000).toISOString(),
        location,
        simulated: provider === "openai" && index > 500,
        prompt_version: index % 50 === 49 ? null : index > 650 ? "0123456789ab" : "ba9876543210",
      };
      if (index % 41 === 5) results.push(failure("network", common));
      else if (random() < 0.2) {
        results.push(failure(kinds[Math.floor(random() * kinds.length)] ?? "timeout", common));
      } else {
        const ttft = random() < 0.05 ? null : Math.round(100 + random() * 2_500);
        results.push(
          result({
            ...common,
            ttft_ms: ttft,
            answer_ttft_ms: ttft === null || random() < 0.1 ? null : ttft,
            tps: random() < 0.1 ? null : 20 + random() * 400,
            total_latency_ms: Math.round(500 + random() * 4_000),
            cost_usd: index % 5 === 0 ? 0 : random() / 1_000,
            cost_source: index % 5 === 0 ? "unknown" : "price",
          }),
        );
      }
    });
  }
  await reset(sql, runs, results);
  return { runs, results };
}
