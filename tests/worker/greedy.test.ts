/** Short form of greedy.soak.ts, without rate limits: how many calls reach the database at once, and that all are answered. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { insert } from "../e2e/support/results.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { beGreedy, DEAREST } from "../support/greedy.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
let database: FaultyProxy;
let dashboard: DashboardServer;

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 12, simulated: false });
  await insert(supabase.sql, runs, results);
  database = await startFaultyProxy(supabase.url);
  dashboard = await startDashboard({ SUPABASE_URL: database.url, SUPABASE_ANON_KEY: supabase.anonKey });
});
afterAll(async () => {
  await dashboard?.stop();
  await database?.stop();
});

// What docs/security.md says of calls to the database under way in one isolate.
it.each([
  { reading: "programs", most: 3 },
  { reading: "pages", most: 12 },
] as const)(
  "20 greedy $reading have at most $most calls to the database under way, and no 5xx",
  async ({ reading, most }) => {
    database.forgetMost();
    const { statuses } = await beGreedy(dashboard.url, DEAREST[reading], {
      clients: 20,
      ms: 1_500,
      headersOf: () => ({}),
    });
    expect([...statuses.keys()]).toEqual([200]);
    expect(database.mostAtOnce()).toBeLessThanOrEqual(most);
    // They were greedy indeed.
    expect(database.mostAtOnce()).toBeGreaterThanOrEqual(Math.min(most, 3));
  },
);
