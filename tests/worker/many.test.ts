import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMany } from "../support/many.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());

describe("a run of 300 targets", () => {
  it("ends complete and sequential over many alarm invocations, in memory that does not grow", {
    timeout: 300_000,
  }, async () => {
    const { memoryMiB } = await runMany(supabase, 300);
    const [early, late] = memoryMiB;
    expect(late - early).toBeLessThan(64);
  });
});
