import type pg from "pg";
import { incidentRow, stateRow } from "../../../workers/benchmark/store/watch-rows.ts";
import { observationOf } from "../../../workers/benchmark/watch/observation.ts";
import { MemoryInMaps } from "../../support/watched-series.ts";
import { history, type Profile } from "./history.ts";
import { failure, forgetResults, insert, type SeedResult } from "./results.ts";

/** Providers as a large site measures them: slug, name, how it is reached, its TTFT in ms and TPS. */
const PROVIDERS = [
  ["openai", "OpenAI", "direct", 430, 92],
  ["groq", "Groq", "direct", 170, 620],
  ["together", "Together AI", "direct", 340, 210],
  ["openrouter", "OpenRouter", "proxy", 640, 150],
  ["anthropic", "Anthropic", "direct", 720, 78],
  ["gemini", "Google Gemini", "direct", 390, 190],
  ["mistral", "Mistral AI", "direct", 310, 120],
  ["deepseek", "DeepSeek", "direct", 880, 48],
  ["xai", "xAI", "direct", 520, 84],
  ["cerebras", "Cerebras", "direct", 230, 1_350],
  ["fireworks", "Fireworks AI", "direct", 300, 230],
  ["deepinfra", "DeepInfra", "direct", 410, 96],
] as const;

const MODELS = [
  ["gpt-oss-20b", 1, 0.07],
  ["llama-3.3-70b-instruct", 0.5, 0.6],
  ["qwen3-32b", 0.7, 0.3],
  ["deepseek-v3.2", 0.35, 0.5],
  ["mistral-small-3.2", 0.9, 0.15],
] as const;

/** What goes wrong in a fleet. */
export const TROUBLE = { down: "xAI", slow: "Mistral AI", weak: "DeepInfra" } as const;

/** So many endpoints of twelve providers, which serve the same models; the same ones each time. */
export function fleet(count: number): readonly Profile[] {
  return Array.from({ length: count }, (_, index) => {
    const [slug, , , ttftMs, tps] = PROVIDERS[index % PROVIDERS.length] ?? PROVIDERS[0];
    const round = Math.floor(index / PROVIDERS.length);
    const [name, pace, price] = MODELS[round % MODELS.length] ?? MODELS[0];
    const variant = round < MODELS.length ? "" : `-v${Math.floor(round / MODELS.length) + 1}`;
    return {
      provider: slug,
      model: `${name}${variant}`,
      ttftMs: ttftMs * (1 + (round % 5) * 0.12),
      tps: tps * pace,
      noise: 0.1 + (index % 4) * 0.05,
      failing: index % 3 === 0 ? 0 : 0.004 * (index % 5),
      price: [price * (1 + (index % 12) / 20), price * 3 * (1 + (index % 12) / 20)],
    };
  });
}

/**
 * Measured for so many hours, in the place of whatever was there. With trouble one provider is down since three quarters of
 * an hour, one answers at 3.4 times its usual TTFT for six runs, and one writes at 72 % of its usual speed for a day's last
 * hours; what the watch makes of it is stored as it stores it. It judges nobody whom it knows for less than a day.
 */
export async function measureFleet(
  sql: pg.Pool,
  profiles: readonly Profile[],
  {
    hours = 36,
    trouble = false,
    simulated = true,
  }: { hours?: number; trouble?: boolean; simulated?: boolean } = {},
): Promise<void> {
  await forgetResults(sql);
  await sql.query("delete from public.incidents; delete from public.endpoint_states");
  await know(sql, profiles);
  const { runs, results } = history({ until: new Date(), hours, simulated, profiles });
  const age = new Map(runs.map((run, index) => [run.id, runs.length - 1 - index]));
  const name = (slug: string | null) => PROVIDERS.find(([known]) => known === slug)?.[1];
  const told = results.map((row) => {
    const runsAgo = age.get(row.run_id) ?? 0;
    if (!trouble || !row.success) return row;
    if (name(row.provider) === TROUBLE.down && runsAgo < 3) {
      const { id, run_id, provider, model, created_at, location } = row;
      const of = { id, run_id, provider, model, created_at, location, simulated };
      return failure("server_error", { ...of, status_code: 503, error_message: "HTTP 503: overloaded" });
    }
    const ttft = row.ttft_ms ?? 0;
    if (name(row.provider) === TROUBLE.slow && runsAgo < 6) {
      const slow = Math.round(ttft * 3.4);
      const total = row.total_latency_ms + slow - ttft;
      return { ...row, ttft_ms: slow, answer_ttft_ms: slow, total_latency_ms: total };
    }
    if (name(row.provider) === TROUBLE.weak && runsAgo < 20) {
      const total = Math.round(ttft + (row.total_latency_ms - ttft) / 0.72);
      return { ...row, tps: (row.tps ?? 0) * 0.72, total_latency_ms: total };
    }
    return row;
  });
  await insert(sql, runs, told);
  if (trouble) await watch(sql, told);
}

/** Providers, models and prices as a catalogue has them. */
async function know(sql: pg.Pool, profiles: readonly Profile[]): Promise<void> {
  for (const [slug, name, kind] of PROVIDERS) {
    await sql.query(
      `insert into public.providers (slug, name, kind, base_url) values ($1, $2, $3, $4)
       on conflict (slug) do update set name = excluded.name`,
      [slug, name, kind, `https://${slug}.example/v1`],
    );
  }
  await sql.query("update public.models set active = false");
  await sql.query(
    `insert into public.models (provider_id, name, active, identity_by_rule, family)
     select p.id, x.model, true, x.model, split_part(x.model, '-', 1)
     from json_to_recordset($1) as x (provider text, model text)
     join public.providers p on p.slug = x.provider
     on conflict (name, provider_id) do update set active = true`,
    [JSON.stringify(profiles)],
  );
  await sql.query(
    `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m)
     select m.provider_id, m.id, (x.price ->> 0)::float8, (x.price ->> 1)::float8
     from json_to_recordset($1) as x (provider text, model text, price json)
     join public.providers p on p.slug = x.provider
     join public.models m on m.provider_id = p.id and m.name = x.model`,
    [JSON.stringify(profiles)],
  );
}

/** Lets the watch see every result in its order, and stores what it has decided by the end. */
async function watch(sql: pg.Pool, results: readonly SeedResult[]): Promise<void> {
  const memory = new MemoryInMaps();
  for (const row of results) memory.take(observationOf(row));
  const change = {
    location: "local",
    states: [...memory.endpoints.values()].map(stateRow),
    incidents: [...memory.all.values()].map(incidentRow),
  };
  await sql.query("select public.engine_write_watch($1)", [JSON.stringify(change)]);
}
