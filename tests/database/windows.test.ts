import { beforeEach, describe, expect, test } from "vitest";
import { overviewSchema } from "../../app/data/overview.server.ts";
import { withClient } from "../../local/supabase/database.ts";
import { history, PROFILES } from "../e2e/support/history.ts";
import { forgetResults, insert, refreshWindows, result, run } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
const HOUR_MS = 3_600_000;

async function refresh(time_window: string, part = "current", at_location = "local") {
  const { data, error } = await supabase.service.rpc("engine_refresh_windows", {
    time_window,
    part,
    at_location,
  });
  expect(error).toBeNull();
  return (data as { state: string }).state;
}

async function endpoints(args: { time_window: string; at_location?: string; endpoints_only?: boolean }) {
  const { data, error } = await supabase.anon.rpc("dashboard_endpoints", args);
  expect(error).toBeNull();
  return overviewSchema.parse(data);
}

/** How many hours ago a place's window reaches up to; undefined where there is none. */
async function age(time_window: string, part: string, location: string): Promise<number | undefined> {
  const { rows } = await supabase.sql.query(
    "select as_of from public.window_refreshes where time_window = $1 and part = $2 and location = $3",
    [time_window, part, location],
  );
  return rows[0] && (Date.now() - rows[0].as_of.getTime()) / HOUR_MS;
}

const older = (part: string, location: string, hours: number) =>
  supabase.sql.query(
    "update public.window_refreshes set as_of = as_of - make_interval(hours => $3) where part = $1 and location = $2",
    [part, location, hours],
  );

/** Nine days at one place, and simulated results of other models at another. */
async function seed() {
  await forgetResults(supabase.sql);
  const until = new Date();
  const local = history({ until, hours: 9 * 24, simulated: false });
  const profiles = PROFILES.map((profile) => ({ ...profile, model: `${profile.model}-weur` }));
  const weur = history({ until, hours: 30, simulated: true, location: "weur", seed: 3, profiles });
  await insert(supabase.sql, [...local.runs, ...weur.runs], [...local.results, ...weur.results]);
}

beforeEach(seed);

test("without trends and providers' lines the figures are the same", async () => {
  const whole = await endpoints({ time_window: "24h" });
  const figures = await endpoints({ time_window: "24h", endpoints_only: true });
  expect(whole.providers.length).toBeGreaterThan(2);
  expect(whole.endpoints.some(({ trend }) => trend !== null)).toBe(true);
  expect(figures.providers).toEqual([]);
  expect(figures.endpoints).toEqual(whole.endpoints.map((endpoint) => ({ ...endpoint, trend: null })));
  expect(figures.locations).toEqual(whole.locations);
});

describe("a window", () => {
  test("stands until the next refresh, and says up to when it reaches", async () => {
    const before = await endpoints({ time_window: "7d" });
    const one = run({ location: "local" });
    // As the Worker writes it, without a refresh.
    await supabase.service
      .from("runs")
      .insert({ id: one.id, run_name: "r", triggered_by: "system" })
      .throwOnError();
    const { cost_source: _, ...row } = result({ run_id: one.id, location: "local" });
    await supabase.service.from("benchmark_results").insert(row).throwOnError();
    const still = await endpoints({ time_window: "7d" });
    expect([still.as_of, still.endpoints]).toEqual([before.as_of, before.endpoints]);
    expect(still.newest_result_at).not.toBe(before.newest_result_at);
    expect(await refresh("7d")).toBe("refreshed");
    const after = await endpoints({ time_window: "7d" });
    expect(Date.parse(after.as_of)).toBeGreaterThan(Date.parse(before.as_of));
    expect(after.endpoints).not.toEqual(before.endpoints);
  });

  test("of the past is computed again only once it is behind by a hundredth", async () => {
    expect(await refresh("7d", "previous")).toBe("fresh");
    await older("previous", "local", 2);
    expect(await refresh("7d", "previous")).toBe("refreshed");
    const { data } = await supabase.anon.rpc("dashboard_previous", {
      time_window: "7d",
      at_location: "local",
    });
    expect((data as { endpoints: unknown[] }).endpoints.length).toBeGreaterThan(4);
  });

  test("of a place without results is not kept", async () => {
    expect(await refresh("30d", "current", "nowhere")).toBe("empty");
    expect(await age("30d", "current", "nowhere")).toBeUndefined();
    const nowhere = await endpoints({ time_window: "7d", at_location: "nowhere" });
    expect(nowhere.endpoints.every(({ figures }) => figures.attempts === 0)).toBe(true);
  });

  test("is not computed twice at the same time", async () => {
    await withClient(supabase.databaseUrl, async (other) => {
      await other.query("begin");
      await other.query("select public.engine_refresh_windows('7d', 'current', 'local')");
      expect(await refresh("7d")).toBe("busy");
      await other.query("rollback");
    });
  });

  test("before the last hour is not compared", async () => {
    expect((await supabase.anon.rpc("dashboard_previous", { time_window: "1h" })).data).toBeNull();
  });

  test("is current 1h, 24h, 7d or 30d, or previous 24h, 7d or 30d", async () => {
    for (const [time_window, part] of [
      ["1h", "previous"],
      ["2d", "current"],
      ["7d", "next"],
    ] as const) {
      const { error } = await supabase.service.rpc("engine_refresh_windows", {
        time_window,
        part,
        at_location: "local",
      });
      expect(error?.code, `${time_window} ${part}`).toBe("22023");
    }
  });
});

describe("a place that is no longer measured", () => {
  test("is computed with another place's, before it is behind by a twenty-fourth, and one that no run asked for", async () => {
    await older("current", "weur", 6);
    await refresh("7d");
    expect(await age("7d", "current", "weur")).toBeGreaterThan(5);
    await older("current", "weur", 2);
    await refresh("7d");
    expect(await age("7d", "current", "weur")).toBeLessThan(1);
    await supabase.sql.query("delete from public.window_refreshes");
    await refresh("7d");
    expect(await age("7d", "current", "weur")).toBeLessThan(1);
  });

  test("stays in the list as long as the window holds results of it, and leaves with them", async () => {
    await refreshWindows(supabase.sql, new Date(Date.now() + 24 * HOUR_MS).toISOString());
    expect((await endpoints({ time_window: "7d" })).locations.map(({ location }) => location)).toEqual([
      "local",
      "weur",
    ]);
    expect((await endpoints({ time_window: "24h" })).locations).toEqual([]);
  });
});
