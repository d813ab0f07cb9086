import { afterAll, beforeAll } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import type { TestSupabase } from "./supabase.ts";

/** The built dashboard on a test file's database: call at the file's top, use its address inside tests and hooks. */
export function useDashboard(supabase: Pick<TestSupabase, "url" | "anonKey">): Pick<DashboardServer, "url"> {
  let server: DashboardServer | undefined;
  beforeAll(async () => {
    server = await startDashboard({ SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey });
  });
  afterAll(() => server?.stop());
  return {
    get url() {
      if (server === undefined) throw new Error("the dashboard is there only inside tests and hooks");
      return server.url;
    },
  };
}
