import { expect, test } from "vitest";
import type { Health } from "../../app/lib/api/schemas.ts";
import { insert, result, run } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);

async function health(minutesOld: number | null, simulated = false) {
  await supabase.sql.query("delete from public.runs");
  if (minutesOld !== null) {
    const at = new Date(Date.now() - minutesOld * 60_000).toISOString();
    const one = run({ started_at: at });
    await insert(supabase.sql, [one], [result({ run_id: one.id, created_at: at, simulated })]);
  }
  const response = await fetch(`${dashboard.url}/api/v1/health`);
  return [response.status, (await response.json()) as Health] as const;
}

test("health is 200 while results come in", async () => {
  const [status, body] = await health(29);
  expect([status, body.status, body.stale_after_s, body.simulated]).toEqual([200, "ok", 1_800, false]);
  expect(body.age_s).toBeGreaterThanOrEqual(29 * 60);
  expect(body.age_s).toBeLessThan(29 * 60 + 30);
});

test("health is 503 once the newest result is older than twice the schedule", async () => {
  const [status, body] = await health(31);
  expect([status, body.status]).toEqual([503, "stale"]);
  expect(body.last_run).not.toBeNull();
});

test("health is 503 where nothing was ever measured", async () => {
  const [status, body] = await health(null);
  expect([status, body]).toEqual([
    503,
    expect.objectContaining({ status: "no_results", newest_result_at: null, age_s: null, last_run: null }),
  ]);
});

test("health says when the newest result is simulated, and takes a clock ahead of the database's for now", async () => {
  const [status, body] = await health(-2, true);
  expect([status, body.simulated, body.age_s]).toEqual([200, true, 0]);
});
