import { describe, expect, test } from "vitest";
import { readOverview } from "../../../app/data/overview.server.ts";
import { parseSettings } from "../../../app/data/settings.server.ts";
import { readProblem } from "../../../app/lib/problem.ts";
import { linearScale } from "../../../app/lib/scale.ts";
import { formatOverviewQuery, parseOverviewQuery } from "../../../app/lib/search-params.ts";
import { judgeStability } from "../../../app/lib/stability.ts";
import { loader } from "../../../app/routes/_index.tsx";

const anonJwt = `x.${btoa(JSON.stringify({ role: "anon" }))}.y`;
const serviceJwt = `x.${btoa(JSON.stringify({ role: "service_role" }))}.y`;

describe("the query in the address", () => {
  test("comes back as it was written, defaults left out, in one order", () => {
    const text = "?window=7d&type=proxy&provider=groq&family=gpt-oss&location=weur&sort=tps&page=2";
    expect(formatOverviewQuery(parseOverviewQuery(new URLSearchParams(text)))).toBe(text);
    expect(
      formatOverviewQuery(parseOverviewQuery(new URLSearchParams("sort=ttft&window=24h&type=all"))),
    ).toBe("");
  });

  test("falls back to defaults on what it does not know", () => {
    expect(
      parseOverviewQuery(
        new URLSearchParams("window=9y&type=%00&sort=__proto__&location=%20&provider=&family=+&page=0"),
      ),
    ).toEqual({
      window: "24h",
      kind: "all",
      provider: null,
      family: null,
      location: null,
      sort: "ttft",
      page: 1,
    });
  });
});

describe("settings", () => {
  test("that are there are taken, the address without its last slash", () => {
    expect(parseSettings({ SUPABASE_URL: "https://x.supabase.co/", SUPABASE_ANON_KEY: anonJwt })).toEqual({
      ok: true,
      settings: { supabaseUrl: "https://x.supabase.co", supabaseAnonKey: anonJwt, lockedMetrics: new Set() },
    });
  });

  test.each([
    [{}, /SUPABASE_URL.*\n?.*/],
    [{ SUPABASE_URL: "x.supabase.co", SUPABASE_ANON_KEY: "k" }, /SUPABASE_URL must be/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: "sb_secret_abc" }, /holds a secret key/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: serviceJwt }, /holds a secret key/],
    [
      { SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: "k", LOCKED_METRICS: "tfft" },
      /LOCKED_METRICS takes.*ttft/,
    ],
  ])("that are missing or wrong are named, their values never: %o", (env, message) => {
    const parsed = parseSettings(env);
    expect(parsed.ok).toBe(false);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.join("\n")).toMatch(message);
    expect(problems.join("\n")).not.toMatch(/sb_secret_abc|tfft/);
    expect(problems.join("\n")).not.toContain(serviceJwt);
  });
});

describe("the loader", () => {
  const answer = {
    as_of: "2026-11-23T12:00:00.5+00:00",
    read_at: "2026-11-23T12:00:00.5+00:00",
    since: "2026-11-22T12:00:00.5+00:00",
    step_s: 3600,
    prompt_version: null,
    location: "local",
    locations: [],
    newest_result_at: "2026-11-23T11:29:00+00:00",
    last_run: null,
    endpoints: [],
    providers: [],
  };
  const ANSWERS: Readonly<Record<string, unknown>> = {
    catalog_changes: [],
    dashboard_status: {
      as_of: answer.as_of,
      first_day: "2026-10-25",
      last_day: "2026-11-23",
      location: null,
      locations: [],
      newest_result_at: null,
      last_run: null,
      runs_24h: { started: 0, finished: 0, over_budget: 0 },
      endpoints: [],
      incidents: [],
    },
  };
  const load = (search: string, reply: unknown = answer) => {
    const calls: unknown[] = [];
    const reader = {
      call: async (...call: unknown[]) => {
        calls.push(call);
        return call[0] === "dashboard_endpoints" ? reply : (ANSWERS[String(call[0])] ?? null);
      },
    };
    const context = { nonce: "", services: { ok: true as const, reader, lockedMetrics: new Set<never>() } };
    return { calls, loaded: loader({ request: new Request(`http://x/${search}`), context, params: {} }) };
  };

  test("asks for the window and the location of the address", async () => {
    const { calls, loaded } = load("?window=7d&location=weur");
    await loaded;
    expect(calls).toContainEqual(["dashboard_endpoints", { time_window: "7d", at_location: "weur" }]);
    expect(calls).toContainEqual(["dashboard_previous", { time_window: "7d", at_location: "weur" }]);
    expect(calls).toContainEqual(["dashboard_status", { at_location: "weur" }]);
  });

  test("finds data stale that is older than two turns of the schedule", async () => {
    expect((await load("").loaded).data.view.summary.stale).toBe(true);
    const fresh = { ...answer, newest_result_at: "2026-11-23T11:31:00+00:00" };
    expect((await load("", fresh).loaded).data.view.summary.stale).toBe(false);
    expect((await load("", { ...answer, newest_result_at: null }).loaded).data.view.summary.stale).toBe(
      false,
    );
  });

  test("refuses an answer that is not what was agreed", async () => {
    const reader = { call: async () => ({ endpoints: "none" }) };
    await expect(readOverview(reader, { window: "24h", location: null }, new Set())).rejects.toThrow();
  });
});

test("an error that nobody foresaw is told without its insides", () => {
  expect(readProblem(500, { reason: "constructor", details: [] }).title).toBe("Something broke on our side");
  expect(readProblem(503, { reason: "unreachable", details: [] }).title).toBe("The database does not answer");
  expect(readProblem(404, null).title).toBe("There is no such page");
  expect(readProblem(418, null).status).toBe(418);
});

test.each([
  [1_110, 1_500, 500],
  [100, 100, 25],
  [7, 8, 2],
  [0.3, 0.3, 0.1],
])("an axis for %d ends at %d in steps of %d", (largest, max, step) => {
  const scale = linearScale(largest);
  expect(scale.max).toBeCloseTo(max, 9);
  expect(scale.step).toBeCloseTo(step, 9);
  expect(scale.max).toBeGreaterThanOrEqual(largest - 1e-9);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("an axis for %d is still an axis", (largest) => {
  const { max, ticks } = linearScale(largest);
  expect(max).toBe(1);
  expect(ticks.length).toBeGreaterThan(2);
});

test("the traffic light is grey below two results, whatever the figure", () => {
  expect(judgeStability(0, 1)).toMatchObject({ color: "grey", word: "too few samples" });
  expect(judgeStability(null, 50).color).toBe("grey");
  expect(judgeStability(231, 96).explanation).toContain("231 ms");
});
