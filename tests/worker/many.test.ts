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
    // The first half fills V8's heap and caches (about 35 MiB). What grows with each target would go on growing:
    // the second half's 150 may leave a tenth of a MiB each at the very most; they leave 4 MiB together.
    expect(memoryMiB.late - memoryMiB.halfway).toBeLessThan(16);
  });
});
