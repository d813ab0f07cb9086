import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeHistory } from "../../local/simulator/history.ts";
import { type EmbeddedSupabase, startEmbeddedSupabase } from "../../local/supabase/index.ts";
import { removePlace } from "../../local/supabase/place.ts";
import type { Database } from "../../supabase/database.types.ts";
import { promptVersion } from "../../workers/benchmark/probe/prompts.ts";

const WEEK_MS = 7 * 24 * 3_600_000;
const dataDirectory = join(mkdtempSync(join(tmpdir(), "history-")), "supabase");
const now = new Date();
let supabase: EmbeddedSupabase;
let written: number;

beforeAll(async () => {
  supabase = await startEmbeddedSupabase({ dataDirectory, port: 0, durable: false });
  written = await writeHistory({ dataDirectory, now });
});
afterAll(async () => {
  await supabase?.stop();
  await removePlace(dataDirectory);
});

function client() {
  const auth = { persistSession: false, autoRefreshToken: false };
  return createClient<Database>(supabase.url, supabase.serviceRoleKey, { auth });
}

/** A filtered count of results, as PostgREST counts. */
async function count(filter: Record<string, string | boolean> = {}): Promise<number> {
  const answer = await client()
    .from("benchmark_results")
    .select("*", { count: "exact", head: true })
    .match(filter);
  if (answer.error !== null) throw new Error(answer.error.message);
  return answer.count ?? 0;
}

describe("a week of simulated history", () => {
  it("asks all seven default endpoints every 15 minutes", async () => {
    expect(written).toBe(7 * 7 * 24 * 4);
    expect(await count()).toBe(written);
    expect(await count({ provider: "groq", model: "llama-3.1-8b-instant" })).toBe(written / 7);
    const runs = await client().from("runs").select("*", { count: "exact", head: true });
    expect(runs.count).toBe(7 * 24 * 4);
  });

  it("names itself in every row and every run", async () => {
    expect(await count({ simulated: true, location: "local", probe_version: "simulated-history" })).toBe(
      written,
    );
    expect(await count({ prompt_version: await promptVersion("standard") })).toBe(written);
    const others = await client().from("runs").select("id").neq("run_name", "simulated-history");
    expect(others.data).toEqual([]);
    const mine = await client().from("runs").select("triggered_by, finished_at, targets").limit(1).single();
    expect(mine.data).toMatchObject({
      triggered_by: "simulator",
      targets: 7,
      finished_at: expect.any(String),
    });
  });

  it("lies wholly within the week before now", async () => {
    const at = async (ascending: boolean) => {
      const { data } = await client()
        .from("benchmark_results")
        .select("created_at")
        .order("created_at", { ascending })
        .limit(1)
        .single();
      return new Date(data?.created_at ?? Number.NaN).getTime();
    };
    expect(await at(false)).toBeLessThan(now.getTime());
    expect(now.getTime() - (await at(false))).toBeLessThan(18 * 60_000);
    expect(await at(true)).toBeGreaterThan(now.getTime() - WEEK_MS - 18 * 60_000);
  });

  it("has single failures, an incident, and mostly successes", async () => {
    const failures = await count({ success: false });
    expect(failures / written).toBeGreaterThan(0.005);
    expect(failures / written).toBeLessThan(0.05);
    expect(await count({ error_kind: "server_error", provider: "together" })).toBeGreaterThan(5);
    // The week's chances hang on the hour it is written at: a kind is sure to show over all endpoints, not at one.
    expect(await count({ error_kind: "rate_limited" })).toBeGreaterThan(2);
  });

  it("has rows that agree with themselves", async () => {
    const { data, error } = await client()
      .from("benchmark_results")
      .select("*")
      .eq("provider", "openai")
      .eq("success", true)
      .limit(200);
    expect(error).toBeNull();
    expect(data).toHaveLength(200);
    for (const row of data ?? []) {
      const window = row.total_latency_ms - (row.ttft_ms ?? Number.NaN);
      expect((row.output_tokens - 1) / (window / 1000)).toBeCloseTo(row.tps ?? Number.NaN, 0);
      expect(row.cost_usd).toBeCloseTo((row.input_tokens * 0.15 + row.output_tokens * 0.6) / 1e6, 12);
      expect(row).toMatchObject({ cost_source: "price", response_text: null, chunk_times_ms: null });
    }
  });

  it("shows on the page's own reading: figures for every endpoint, marked simulated", async () => {
    const { data, error } = await client().rpc("dashboard_endpoints", { time_window: "24h" });
    expect(error).toBeNull();
    const text = JSON.stringify(data);
    expect(text).toContain("Mixtral-8x7B");
    expect(text).toContain('"simulated":true');
  });

  it("is not written twice, nor beside any result", async () => {
    expect(await writeHistory({ dataDirectory })).toBe(0);
    expect(await count()).toBe(written);
    await client().from("benchmark_results").delete().neq("provider", "openai");
    expect(await writeHistory({ dataDirectory })).toBe(0);
    expect(await count()).toBe(written / 7);
  });

  it("is written anew, and whole, where an attempt broke off in the middle", async () => {
    await client().from("runs").update({ note: "Being written." }).eq("run_name", "simulated-history");
    expect(await writeHistory({ dataDirectory })).toBe(written);
    expect(await count()).toBe(written);
    const runs = await client().from("runs").select("note", { count: "exact" }).limit(1);
    expect(runs.count).toBe(7 * 24 * 4);
    expect(runs.data).toEqual([{ note: null }]);
  });

  it("is refused where no embedded Supabase runs", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "history-none-"));
    await expect(writeHistory({ dataDirectory: elsewhere })).rejects.toThrow("embedded Supabase only");
    await removePlace(elsewhere);
  });
});
