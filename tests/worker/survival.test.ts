import { afterAll, beforeAll, describe, it } from "vitest";
import { printedSeed, randomFrom } from "../support/random.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { surviveKill } from "../support/survival.ts";

const KILLS = 3;

let supabase: TestSupabase;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());

describe("a Worker killed in the middle of a run", () => {
  const random = randomFrom(printedSeed("KILL_SEED"));

  it.each(Array.from({ length: KILLS }, (_, i) => i + 1))(
    "goes on by itself after a restart, loses nothing and measures nothing twice (kill %i)",
    () => surviveKill(supabase, random).then(() => undefined),
  );
});
