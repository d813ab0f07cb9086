import type { Pool } from "pg";
import { failure, result, run, type SeedResult, type SeedRun } from "../e2e/support/results.ts";

export const AS_OF = "2026-10-15T12:00:00.000Z";

export const ENDPOINTS = [
  ["openai", "gpt-4o-mini"],
  ["groq", "openai/gpt-oss-20b"],
  ["together", "openai/gpt-oss-20b"],
  ["openrouter", "openai/gpt-oss-20b"],
  ["stranger", "some/model:free"],
] as const;
const KINDS = ["server_error", "timeout", "rate_limited", "auth", "interrupted", "no_answer", "network"];

/** A month with everything in it that the rules speak of; the same every time. */
export async function mixedMonth(sql: Pool): Promise<{ runs: SeedRun[]; results: SeedResult[] }> {
  const { rows: known } = await sql.query<{ slug: string; p: string; m: string; name: string }>(
    "select p.slug, p.id as p, m.id as m, m.name from public.models m join public.providers p on p.id = m.provider_id",
  );
  let state = 77;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const runs: SeedRun[] = [];
  const results: SeedResult[] = [];
  for (let index = 0; index < 900; index += 1) {
    const minutes = index < 400 ? 3 + index * 9 : 3_600 + (index - 400) * 85;
    const location = index % 7 === 0 ? "weur" : "enam";
    const one = run({ started_at: ago(minutes), location });
    runs.push(one);
    const offline = index % 41 === 5;
    ENDPOINTS.forEach(([provider, model], place) => {
      if (random() < 0.1) return;
      const ids = known.find((row) => row.slug === provider && row.name === model);
      // With ids, with names alone, and with the ids of a model that was deleted since.
      const spelling = index % 4;
      const common: Partial<SeedResult> & { run_id: string } = {
        run_id: one.id,
        provider_id: spelling === 0 ? null : (ids?.p ?? null),
        model_id: spelling === 0 || spelling === 3 ? null : (ids?.m ?? null),
        provider,
        model,
        created_at: new Date(Date.parse(one.started_at) + place * 3_000).toISOString(),
        location,
        simulated: (provider === "together" && minutes > 900) || provider === "openrouter",
        prompt_version: minutes > 35_000 ? "0123456789ab" : index % 50 === 49 ? null : "ba9876543210",
      };
      if (offline) {
        results.push(failure("network", common));
      } else if (random() < 0.2) {
        const kind = KINDS[Math.floor(random() * KINDS.length)] ?? "timeout";
        results.push(
          failure(kind, {
            ...common,
            ...(random() < 0.2 ? { error_kind: null, status_code: random() < 0.5 ? 404 : 503 } : {}),
          }),
        );
      } else {
        const ttft = random() < 0.05 ? null : Math.round(100 + random() * 2_500);
        results.push(
          result({
            ...common,
            ttft_ms: ttft,
            answer_ttft_ms: ttft,
            tps: random() < 0.1 ? null : 20 + random() * 400,
            total_latency_ms: Math.round(500 + random() * 4_000),
            cost_usd: random() / 1_000,
          }),
        );
      }
    });
  }
  return { runs, results };
}

function ago(minutes: number): string {
  return new Date(Date.parse(AS_OF) - minutes * 60_000).toISOString();
}
