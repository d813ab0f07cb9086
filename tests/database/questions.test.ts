import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../supabase/database.types.ts";
import { forgetResults } from "../e2e/support/results.ts";
import { askQuestion } from "../support/questions.ts";
import { useSupabase } from "../support/supabase.ts";

type Insert = Database["public"]["Tables"]["benchmark_results"]["Insert"];
type Row = Record<string, unknown>;

const WINDOW = { since: "2026-11-10T00:00:00Z", until: "2026-11-11T00:00:00Z" };
const CLASS = { location: "enam", simulated: false, prompt_version: "v1" };

describe("the usual questions", () => {
  const supabase = useSupabase();
  const ids = { groq: "", model: "", run: "" };

  beforeAll(async () => {
    const { data } = await supabase.service
      .from("models")
      .select("id, provider_id, providers!inner(slug)")
      .eq("name", "openai/gpt-oss-20b")
      .eq("providers.slug", "groq")
      .single();
    ids.model = data?.id ?? "";
    ids.groq = data?.provider_id ?? "";
  });

  beforeEach(async () => {
    await forgetResults(supabase.sql);
    ids.run = await newRun();
  });

  async function newRun(): Promise<string> {
    const run = await supabase.service
      .from("runs")
      .insert({ run_name: "r", triggered_by: "system" })
      .select()
      .single();
    if (run.error) throw run.error;
    return run.data.id;
  }

  /** A success at Groq inside the window, changed as said. */
  function result(change: Partial<Insert> = {}): Insert {
    return {
      run_id: ids.run,
      provider_id: ids.groq,
      model_id: ids.model,
      provider: "groq",
      model: "openai/gpt-oss-20b",
      input_tokens: 500,
      output_tokens: 200,
      total_latency_ms: 1_000,
      ttft_ms: 100,
      tps: 200,
      cost_usd: 0.002,
      cost_source: "price",
      success: true,
      status_code: 200,
      created_at: "2026-11-10T12:00:00Z",
      ...CLASS,
      ...change,
    };
  }

  /** A failure that never got a token. */
  function failure(error_kind: string | null, change: Partial<Insert> = {}): Insert {
    const nothing = { ttft_ms: null, tps: null, input_tokens: 0, output_tokens: 0, cost_usd: 0 };
    return result({
      success: false,
      error_kind,
      status_code: null,
      cost_source: "unknown",
      ...nothing,
      ...change,
    });
  }

  async function insert(...rows: Insert[]): Promise<void> {
    const { error } = await supabase.service.from("benchmark_results").insert(rows);
    if (error) throw error;
  }

  const ask = (heading: string, span: typeof WINDOW | undefined = WINDOW): Promise<Row[]> =>
    askQuestion(supabase.sql, heading, span);
  const lately = (heading: string): Promise<Row[]> => askQuestion(supabase.sql, heading);

  it("have empty answers, not null, without results", async () => {
    for (const name of ["Performance averages", "Hourly trend", "Error rates", "Cost by model"] as const) {
      expect(await ask(name), name).toEqual([]);
      expect(await lately(name), name).toEqual([]);
    }
  });

  it("count what began at `since` and not what began at `until`", async () => {
    await insert(result({ created_at: WINDOW.since }), result({ created_at: WINDOW.until }));
    expect(await ask("Performance averages")).toMatchObject([{ attempts: 1 }]);
    expect(await ask("Hourly trend")).toMatchObject([{ attempts: 1 }]);
    expect(await ask("Error rates")).toMatchObject([{ attempts: 1 }]);
    expect(await ask("Cost by model")).toMatchObject([{ priced_results: 1 }]);
  });

  it("end now by default and go back a day", async () => {
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString();
    await insert(result({ created_at: hours(1) }), result({ created_at: hours(25) }));
    expect(await lately("Performance averages")).toMatchObject([{ attempts: 1 }]);
  });

  describe("Performance averages", () => {
    it("averages over successes, each figure with its own n, and rates over attempts", async () => {
      await insert(
        result({ ttft_ms: 100, tps: 200, total_latency_ms: 1_000, cost_usd: 0.002 }),
        result({ ttft_ms: 300, tps: null, total_latency_ms: 3_000, cost_usd: 0, cost_source: "unknown" }),
        failure("timeout", { total_latency_ms: 60_000, ttft_ms: 9_000 }),
        failure("interrupted"),
      );
      expect(await ask("Performance averages")).toEqual([
        {
          provider: "groq",
          model: "openai/gpt-oss-20b",
          ...CLASS,
          attempts: 3,
          successes: 2,
          success_rate: 2 / 3,
          avg_ttft_ms: 200,
          ttft_n: 2,
          avg_tps: 200,
          tps_n: 1,
          avg_latency_ms: 2_000,
          avg_cost_usd: 0.002,
          cost_n: 1,
        },
      ]);
    });

    it("has null and no zero where nothing was measured", async () => {
      await insert(failure("server_error", { status_code: 500 }));
      expect(await ask("Performance averages")).toMatchObject([
        {
          attempts: 1,
          successes: 0,
          success_rate: 0,
          avg_ttft_ms: null,
          avg_tps: null,
          avg_latency_ms: null,
          avg_cost_usd: null,
        },
      ]);
      await supabase.sql.query("delete from public.benchmark_results");
      await insert(failure("probe_fault"));
      expect(await ask("Performance averages")).toMatchObject([{ attempts: 0, success_rate: null }]);
    });

    it("never mixes real with simulated, places, prompt versions, providers or models", async () => {
      await insert(
        result({ ttft_ms: 1 }),
        result({ ttft_ms: 2, simulated: true }),
        result({ ttft_ms: 3, location: "weur" }),
        result({ ttft_ms: 4, prompt_version: "v2" }),
        result({ ttft_ms: 6, model_id: null, model: "other" }),
        result({ ttft_ms: 7, provider_id: null, provider: "elsewhere" }),
      );
      const rows = await ask("Performance averages");
      expect(rows.map((row) => row.avg_ttft_ms).sort()).toEqual([1, 2, 3, 4, 6, 7]);
      expect(rows.every((row) => row.attempts === 1)).toBe(true);
    });

    it("counts a row without ids, or of a provider by its display name, with the others", async () => {
      await insert(
        result(),
        result({ provider_id: null, model_id: null }),
        result({ provider_id: null, provider: "Groq" }),
        result({ provider: "written otherwise" }),
      );
      expect(await ask("Performance averages")).toMatchObject([{ provider: "groq", attempts: 4 }]);
    });

    it("puts rows without any name under unknown", async () => {
      await insert(result({ provider_id: null, model_id: null, provider: null, model: null }));
      expect(await ask("Performance averages")).toMatchObject([
        { provider: "unknown", model: "unknown", attempts: 1 },
      ]);
    });
  });

  describe("Hourly trend", () => {
    it("has an entry for each hour with results, in UTC", async () => {
      await insert(
        result({ created_at: "2026-11-10T10:00:00Z", ttft_ms: 100 }),
        result({ created_at: "2026-11-10T10:59:59.999Z", ttft_ms: 200 }),
        result({ created_at: "2026-11-10T13:30:00+01:00", ttft_ms: 400, tps: null }),
        failure("timeout", { created_at: "2026-11-10T15:00:00Z" }),
        failure("interrupted", { created_at: "2026-11-10T15:30:00Z" }),
      );
      const rows = await ask("Hourly trend");
      expect(
        rows.map(({ hour, attempts, successes, avg_ttft_ms, avg_tps }) => ({
          hour,
          attempts,
          successes,
          avg_ttft_ms,
          avg_tps,
        })),
      ).toEqual([
        { hour: "2026-11-10T10:00:00+00:00", attempts: 2, successes: 2, avg_ttft_ms: 150, avg_tps: 200 },
        { hour: "2026-11-10T12:00:00+00:00", attempts: 1, successes: 1, avg_ttft_ms: 400, avg_tps: null },
        { hour: "2026-11-10T15:00:00+00:00", attempts: 1, successes: 0, avg_ttft_ms: null, avg_tps: null },
      ]);
    });

    it("answers whole with more entries than PostgREST's limit of rows", async () => {
      await supabase.sql.query(
        `insert into public.benchmark_results
           (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, created_at)
         select $1, 'p', 'm' || n % 60, 1, 1, 1, 0, timestamptz '2026-11-10T00:00:00Z' + interval '1 hour' * (n / 60)
         from generate_series(0, 24 * 60 - 1) as n`,
        [ids.run],
      );
      expect(await ask("Hourly trend")).toHaveLength(1_440);
    });
  });

  describe("Error rates", () => {
    it("says whose the failures were and leaves the probe's own out of the rate", async () => {
      await insert(
        result(),
        result(),
        failure("timeout"),
        failure("timeout"),
        failure("server_error", { status_code: 503 }),
        failure("rate_limited", { status_code: 429 }),
        failure("auth", { status_code: 401 }),
        failure("interrupted"),
        failure("probe_fault"),
      );
      expect(await ask("Error rates")).toEqual([
        {
          provider: "groq",
          ...CLASS,
          attempts: 7,
          failures: 5,
          error_rate: 5 / 7,
          uptime: 2 / 5,
          provider_failures: 3,
          shared_failures: 1,
          operator_failures: 1,
          probe_failures: 2,
          kinds: { timeout: 2, server_error: 1, rate_limited: 1, auth: 1 },
        },
      ]);
    });

    it("has no rate where only the probe failed, and no uptime where only the operator did", async () => {
      await insert(failure("interrupted"));
      expect(await ask("Error rates")).toMatchObject([
        { attempts: 0, failures: 0, error_rate: null, uptime: null, probe_failures: 1, kinds: {} },
      ]);
      await insert(failure("auth", { status_code: 401 }));
      expect(await ask("Error rates")).toMatchObject([{ attempts: 1, error_rate: 1, uptime: null }]);
    });

    it("is 0 with an uptime of 1 where all went well, and the other way round", async () => {
      await insert(result());
      expect(await ask("Error rates")).toMatchObject([{ error_rate: 0, uptime: 1, kinds: {} }]);
      await supabase.sql.query("delete from public.benchmark_results");
      await insert(failure("network"));
      expect(await ask("Error rates")).toMatchObject([{ error_rate: 1, uptime: 0 }]);
    });

    it("blames the probe for a run in which several providers were asked and none could be reached", async () => {
      const other = { provider_id: null, model_id: null, provider: "other" };
      await insert(failure("network"), failure("network", other));
      await supabase.sql.query("update public.runs set finished_at = now()");
      expect(await ask("Error rates")).toMatchObject([
        { provider: "groq", attempts: 0, probe_failures: 1 },
        { provider: "other", attempts: 0, probe_failures: 1 },
      ]);
      // One of them answered: the line was up.
      await insert(result(other));
      expect(await ask("Error rates")).toMatchObject([
        { provider: "groq", attempts: 1, provider_failures: 1 },
        { provider: "other", attempts: 2, provider_failures: 1 },
      ]);
    });

    it("does not take one provider out of reach for our own line being down", async () => {
      await insert(failure("network"), failure("network", { model_id: null, model: "second" }));
      expect(await ask("Error rates")).toMatchObject([
        { provider: "groq", provider_failures: 2, probe_failures: 0 },
      ]);
    });

    it("judges rows of other tools, which name no kind, by their status", async () => {
      await insert(
        failure(null, { status_code: 500 }),
        failure(null, { status_code: 429 }),
        failure(null, { status_code: 404 }),
        failure(null),
      );
      expect(await ask("Error rates")).toMatchObject([
        {
          provider_failures: 2,
          shared_failures: 1,
          operator_failures: 1,
          kinds: { "status 500": 1, "status 429": 1, "status 404": 1, unknown: 1 },
        },
      ]);
    });
  });

  describe("Cost by model", () => {
    it("sums what is known, failures that were billed too, the dearest first", async () => {
      await insert(
        result({ cost_usd: 0.002 }),
        result({ cost_usd: 0.004, prompt_version: "v2" }),
        failure("stream_truncated", {
          cost_usd: 0.001,
          cost_source: "provider",
          input_tokens: 500,
          output_tokens: 100,
        }),
        result({ cost_usd: 0, cost_source: "unknown", output_tokens: 1_000 }),
        result({ model_id: null, model: "dear", cost_usd: 1 }),
      );
      const [dear, known] = await ask("Cost by model");
      expect(dear).toMatchObject({ model: "dear", cost_usd: 1, priced_results: 1, unpriced_results: 0 });
      expect(known).toMatchObject({
        model: "openai/gpt-oss-20b",
        priced_results: 3,
        unpriced_results: 1,
        input_tokens: 1_500,
        output_tokens: 500,
        avg_cost_per_success_usd: 0.003,
      });
      expect(known?.cost_usd).toBeCloseTo(0.007, 12);
      expect(known?.cost_per_million_usd).toBeCloseTo(3.5, 9);
    });

    it("has no price per token where there were no tokens or no known price", async () => {
      await insert(failure("timeout"));
      expect(await ask("Cost by model")).toMatchObject([
        {
          priced_results: 0,
          unpriced_results: 1,
          cost_usd: 0,
          cost_per_million_usd: null,
          avg_cost_per_success_usd: null,
        },
      ]);
    });

    it("does not overflow with the largest token counts", async () => {
      const most = 2 ** 31 - 1;
      await insert(
        result({ input_tokens: most, output_tokens: most }),
        result({ input_tokens: most, output_tokens: most }),
      );
      expect(await ask("Cost by model")).toMatchObject([{ input_tokens: 2 * most, output_tokens: 2 * most }]);
    });
  });

  it("answer a day of 300 endpoints within an anonymous reader's 3 seconds, out of two", async () => {
    await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, provider_id, model_id, provider, model, input_tokens, output_tokens, total_latency_ms, ttft_ms, tps,
          cost_usd, cost_source, created_at, location, prompt_version)
       select $1, $2, null, 'groq', 'm' || n % 300, 500, 200, 900 + n % 100, 100 + n % 50, 150, 0.0001, 'price',
         timestamptz '2026-11-11T00:00:00Z' - interval '15 minutes' * (n / 300), 'enam', 'v1'
       from generate_series(1, 300 * 96 * 2) as n`,
      [ids.run, ids.groq],
    );
    await supabase.sql.query("analyze public.benchmark_results");
    for (const name of ["Performance averages", "Hourly trend", "Error rates", "Cost by model"] as const) {
      const before = performance.now();
      const rows = await ask(name);
      expect(rows.length, name).toBeGreaterThan(0);
      expect(performance.now() - before, name).toBeLessThan(3_000);
    }
  });
});
