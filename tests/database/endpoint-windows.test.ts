import { describe, expect, test } from "vitest";
import { overviewSchema } from "../../app/data/overview.server.ts";
import { history, PROFILES } from "../e2e/support/history.ts";
import { failure, insert, result, run } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

// biome-ignore lint/correctness/useHookAtTopLevel: it has nothing to do with React
const supabase = useSupabase();

const HOUR_MS = 3_600_000;

async function refresh(window: string, part = "current", location = "local") {
  const { data, error } = await supabase.service.rpc("engine_refresh_windows", {
    time_window: window,
    part,
    at_location: location,
  });
  expect(error).toBeNull();
  return data as { state: string };
}

async function endpoints(args: Record<string, string>) {
  const { data, error } = await supabase.anon.rpc("dashboard_endpoints", args);
  expect(error).toBeNull();
  return data as Record<string, unknown> & { as_of: string; endpoints: { attempts: number }[] };
}

async function previous(args: Record<string, string>) {
  const { data, error } = await supabase.anon.rpc("dashboard_previous", args);
  expect(error).toBeNull();
  return data as { as_of: string; endpoints: unknown[] };
}

/** Nine days of results at two places, with everything in them that one choice of rows turns on. */
async function seed() {
  await supabase.sql.query("delete from public.runs");
  await supabase.sql.query("delete from public.window_refreshes");
  const until = new Date();
  const local = history({ until, hours: 9 * 24, simulated: false });
  // Simulated where nobody has measured for real: the model names differ.
  const profiles = PROFILES.map((profile) => ({ ...profile, model: `${profile.model}-weur` }));
  const weur = history({ until, hours: 30, simulated: true, location: "weur", seed: 3, profiles });
  const offline = run({ started_at: new Date(until.getTime() - 5 * HOUR_MS).toISOString() });
  const at = { run_id: offline.id, created_at: offline.started_at, location: "local" };
  await insert(
    supabase.sql,
    [...local.runs, ...weur.runs, offline],
    [
      ...local.results,
      ...weur.results,
      failure("network", at),
      failure("network", { ...at, provider: "groq", model: "other" }),
      // Written with the display name, by the short prompt, with a price that nobody knows.
      result({ ...at, provider: "OpenAI", model: "gpt-4o-mini" }),
      result({ ...at, prompt_version: "short-test", ttft_ms: 1 }),
      result({ ...at, provider: "stranger", model: "m", cost_usd: 0, cost_source: "unknown", ttft_ms: null }),
    ],
  );
}

test.each(["24h", "7d"])(
  "without trends and providers' lines the figures are the same: %s, computed and made ahead",
  async (time_window) => {
    await seed();
    await refresh("7d");
    const as_of = new Date(Date.now() + 1_000).toISOString();
    const moments: readonly Record<string, string>[] = time_window === "24h" ? [{ as_of }] : [{ as_of }, {}];
    for (const moment of moments) {
      const whole = overviewSchema.parse(await endpoints({ time_window, ...moment }));
      const figures = overviewSchema.parse(
        await endpoints({ time_window, ...moment, endpoints_only: "true" }),
      );
      expect(whole.providers.length).toBeGreaterThan(2);
      expect(whole.endpoints.some(({ trend }) => trend.length > 0)).toBe(true);
      expect(figures.providers).toEqual([]);
      expect(figures.endpoints).toEqual(whole.endpoints.map((endpoint) => ({ ...endpoint, trend: [] })));
      expect(figures.locations).toEqual(whole.locations);
    }
  },
);

describe("a window made ahead", () => {
  test.each([
    ["7d", "local"],
    ["30d", "local"],
    ["7d", "weur"],
  ])("has the figures of a live computation, to the digit: %s from %s", async (window, location) => {
    await seed();
    expect((await refresh(window, "current", location)).state).toBe("refreshed");
    const ahead = await endpoints({ time_window: window, at_location: location });
    const live = await endpoints({ time_window: window, at_location: location, as_of: ahead.as_of });
    expect(ahead.endpoints.filter((e) => e.attempts > 0).length).toBeGreaterThan(5);
    // When it was asked for, and what has happened since, are not of the window.
    for (const name of ["endpoints", "providers", "since", "prompt_version", "location", "step_s"]) {
      expect(JSON.stringify(ahead[name]), name).toBe(JSON.stringify(live[name]));
    }
  });

  test("of the past has the figures of a live computation, to the digit", async () => {
    await seed();
    for (const window of ["24h", "7d"]) {
      await refresh(window, "previous");
      const ahead = await previous({ time_window: window, at_location: "local" });
      const span = window === "24h" ? 24 : 168;
      const until = new Date(Date.parse(ahead.as_of) + span * HOUR_MS);
      // as_of is known to the microsecond; a JavaScript date is not.
      const asOf = ahead.as_of.replace(/^.{19}/, until.toISOString().slice(0, 19));
      const live = await previous({ time_window: window, at_location: "local", as_of: asOf });
      expect(ahead.endpoints.length).toBeGreaterThan(5);
      expect(JSON.stringify(ahead)).toBe(JSON.stringify(live));
    }
  });

  test("stands until the next refresh, and says up to when it reaches", async () => {
    await seed();
    await refresh("7d");
    const before = await endpoints({ time_window: "7d" });
    const one = run({ location: "local" });
    await insert(supabase.sql, [one], [result({ run_id: one.id, location: "local" })]);
    const still = await endpoints({ time_window: "7d" });
    expect([still.as_of, still.endpoints]).toEqual([before.as_of, before.endpoints]);
    expect(overviewSchema.parse(still).newest_result_at).not.toBe(before.newest_result_at);
    await refresh("7d");
    const after = await endpoints({ time_window: "7d" });
    expect(Date.parse(after.as_of)).toBeGreaterThan(Date.parse(before.as_of));
    expect(after.endpoints).not.toEqual(before.endpoints);
  });

  test("is not used for the day, nor for a time of the past, nor once it is too old", async () => {
    await seed();
    await refresh("7d");
    const { as_of } = await endpoints({ time_window: "7d" });
    const asked = new Date(Date.now() - 2 * 24 * HOUR_MS).toISOString();
    expect(Date.parse((await endpoints({ time_window: "7d", as_of: asked })).as_of)).toBe(Date.parse(asked));
    expect(Date.parse((await endpoints({ time_window: "24h" })).as_of)).toBeGreaterThan(Date.parse(as_of));
    await supabase.sql.query("update public.window_refreshes set as_of = as_of - interval '25 hours'");
    expect(Date.parse((await endpoints({ time_window: "7d" })).as_of)).toBeGreaterThan(Date.parse(as_of));
  });

  test("knows its locations with their results, most first, and nothing of a place it was not made for", async () => {
    await seed();
    await refresh("7d");
    await refresh("7d", "current", "weur");
    const answer = overviewSchema.parse(await endpoints({ time_window: "7d" }));
    const live = overviewSchema.parse(
      await endpoints({ time_window: "7d", as_of: new Date(Date.now() + 1).toISOString() }),
    );
    expect(answer.locations).toEqual(live.locations);
    expect(answer.location).toBe("local");
    const nowhere = overviewSchema.parse(await endpoints({ time_window: "7d", at_location: "nowhere" }));
    expect(nowhere.endpoints.every((e) => e.attempts === 0)).toBe(true);
  });

  describe("of a place that is no longer measured", () => {
    /** The refresh of a place, so long ago. */
    const age = (part: string, location: string, hours: number) =>
      supabase.sql.query(
        "update public.window_refreshes set as_of = as_of - make_interval(hours => $3) where part = $1 and location = $2",
        [part, location, hours],
      );
    const asOf = async (part: string, location: string) => {
      const { rows } = await supabase.sql.query(
        "select as_of from public.window_refreshes where part = $1 and location = $2",
        [part, location],
      );
      return rows.map((row) => (Date.now() - row.as_of.getTime()) / HOUR_MS);
    };

    test("is computed when it is asked for, and the place stays in the list", async () => {
      await seed();
      await refresh("7d");
      await refresh("7d", "current", "weur");
      const before = await endpoints({ time_window: "7d", at_location: "weur" });
      const one = run({ location: "weur" });
      await insert(
        supabase.sql,
        [one],
        [result({ run_id: one.id, location: "weur", provider: "newcomer", model: "m" })],
      );
      await age("current", "weur", 25);
      const after = await endpoints({ time_window: "7d", at_location: "weur" });
      expect(Date.parse(after.as_of)).toBeGreaterThan(Date.parse(before.as_of));
      const live = await endpoints({ time_window: "7d", at_location: "weur", as_of: after.as_of });
      expect(JSON.stringify(after.endpoints)).toBe(JSON.stringify(live.endpoints));
      expect(JSON.stringify(after.endpoints)).toContain("newcomer");
      // The other place answers from its refresh, and knows of this one.
      const other = overviewSchema.parse(await endpoints({ time_window: "7d" }));
      expect(other.location).toBe("local");
      expect(Date.parse(other.as_of)).toBeLessThan(Date.parse(after.as_of));
      expect(other.locations).toEqual(overviewSchema.parse(live).locations);
    });

    test("is shown by default as long as most results of the window are from there", async () => {
      await seed();
      await refresh("7d");
      await refresh("7d", "current", "weur");
      await age("current", "local", 25);
      const answer = overviewSchema.parse(await endpoints({ time_window: "7d" }));
      expect(answer.location).toBe("local");
      expect(answer.locations.map(({ location }) => location)).toEqual(["local", "weur"]);
      const live = await endpoints({ time_window: "7d", at_location: "local", as_of: answer.as_of });
      expect(answer.endpoints).toEqual(overviewSchema.parse(live).endpoints);
    });

    test("is made again with another place's, before it is too old to count", async () => {
      await seed();
      await refresh("7d", "current", "weur");
      await age("current", "weur", 11);
      await refresh("7d");
      expect((await asOf("current", "weur"))[0]).toBeGreaterThan(10);
      await age("current", "weur", 2);
      await refresh("7d");
      expect((await asOf("current", "weur"))[0]).toBeLessThan(1);
      // So is one that no run ever asked for, and one whose refresh has failed for too long.
      await supabase.sql.query("delete from public.window_refreshes");
      await refresh("7d");
      expect((await asOf("current", "weur"))[0]).toBeLessThan(1);
    });

    test("leaves with its results", async () => {
      await seed();
      await refresh("7d", "current", "weur");
      await supabase.sql.query("delete from public.benchmark_results where location = 'weur'");
      await age("current", "weur", 25);
      await refresh("7d");
      expect(await asOf("current", "weur")).toEqual([]);
      const answer = overviewSchema.parse(await endpoints({ time_window: "7d" }));
      expect(answer.locations.map(({ location }) => location)).toEqual(["local"]);
    });

    test("of the past is computed once its figures are too old, and made again before", async () => {
      await seed();
      await refresh("24h", "previous", "weur");
      await age("previous", "weur", 2);
      const asked = await previous({ time_window: "24h", at_location: "weur" });
      expect(Date.now() - Date.parse(asked.as_of)).toBeLessThan(24.5 * HOUR_MS);
      expect(asked.endpoints.length).toBeGreaterThan(5);
      await refresh("24h", "previous");
      expect((await asOf("previous", "weur"))[0]).toBeLessThan(24.5);
      expect(await previous({ time_window: "24h", at_location: "weur" })).toMatchObject({
        location: "weur",
        endpoints: asked.endpoints,
      });
    });
  });

  test("of a place without results is not kept, and answers of an empty database are empty", async () => {
    await supabase.sql.query("delete from public.runs");
    await supabase.sql.query("delete from public.window_refreshes");
    expect((await refresh("30d", "current", "nowhere")).state).toBe("empty");
    const answer = overviewSchema.parse(await endpoints({ time_window: "30d" }));
    expect(answer).toMatchObject({ location: null, locations: [], providers: [] });
    expect((await previous({ time_window: "24h" })).endpoints).toEqual([]);
  });

  test("of the past is made again only when it is behind", async () => {
    await seed();
    expect((await refresh("24h", "previous")).state).toBe("refreshed");
    expect((await refresh("24h", "previous")).state).toBe("fresh");
    await supabase.sql.query("update public.window_refreshes set as_of = as_of - interval '16 minutes'");
    expect((await refresh("24h", "previous")).state).toBe("refreshed");
  });

  test("is not made twice at the same time", async () => {
    await seed();
    const client = await supabase.sql.connect();
    try {
      await client.query("begin");
      await client.query("select public.engine_refresh_windows('7d', 'current', 'local')");
      expect((await refresh("7d")).state).toBe("busy");
    } finally {
      await client.query("rollback");
      client.release();
    }
  });

  test.each([
    ["1h", "current"],
    ["24h", "current"],
    ["7d", "future"],
  ])("is refused for what is none: %s %s", async (time_window, part) => {
    const { error, status } = await supabase.service.rpc("engine_refresh_windows", {
      time_window,
      part,
      at_location: "local",
    });
    expect([status, error?.code]).toEqual([400, "22023"]);
  });
});

test("the hour before the last is not compared", async () => {
  const { data } = await supabase.anon.rpc("dashboard_previous", { time_window: "1h" });
  expect(data).toBeNull();
});
