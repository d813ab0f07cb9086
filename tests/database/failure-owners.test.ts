import { describe, expect, test } from "vitest";
import { createReader } from "../../app/data/reader.server.ts";
import { ERROR_KINDS, FAILURES } from "../../app/lib/failures.ts";
import { useSupabase } from "../support/supabase.ts";

describe("owners of failures", () => {
  const supabase = useSupabase();

  test("a failure of each kind has the owner in the database that the pages' words are written for", async () => {
    const run = await supabase.service
      .from("runs")
      .insert({ run_name: "owners", triggered_by: "system" })
      .select()
      .single();
    if (run.error) throw run.error;
    const { error } = await supabase.service.from("benchmark_results").insert(
      ERROR_KINDS.map((error_kind) => ({
        run_id: run.data.id,
        provider: "groq",
        model: error_kind,
        success: false,
        error_kind,
        input_tokens: 0,
        output_tokens: 0,
        total_latency_ms: 1,
        cost_usd: 0,
      })),
    );
    expect(error).toBeNull();
    const answer = await createReader(supabase.url, supabase.anonKey).call("api_results", {
      of_run: run.data.id,
    });
    const owners = (answer as { error_kind: string; failure_owner: string }[]).map(
      ({ error_kind, failure_owner }) => [error_kind, failure_owner],
    );
    expect(Object.fromEntries(owners)).toEqual(
      Object.fromEntries(ERROR_KINDS.map((kind) => [kind, FAILURES[kind].owner])),
    );
  });
});
