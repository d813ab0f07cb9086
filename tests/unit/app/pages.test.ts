import { randomUUID } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { KnownValues } from "../../../app/data/known-values.server.ts";
import { readOverview } from "../../../app/data/overview.server.ts";
import { parseSettings } from "../../../app/data/settings.server.ts";
import type { News } from "../../../app/lib/news.ts";
import { OVERVIEW_QUERY } from "../../../app/lib/overview-query.ts";
import { PRICES_QUERY } from "../../../app/lib/prices-query.ts";
import { readProblem } from "../../../app/lib/problem.ts";
import { CATALOG_QUERY, COMPARISON_QUERY, MODEL_QUERY, STATUS_QUERY } from "../../../app/lib/queries.ts";
import { readText } from "../../../app/lib/query.ts";
import { linearScale } from "../../../app/lib/scale.ts";
import { judgeStability } from "../../../app/lib/stability.ts";

import { loader } from "../../../app/routes/_index.tsx";

const jwtOf = (role: unknown) => `x.${btoa(JSON.stringify({ role }))}.y`;
const anonJwt = jwtOf("anon");
const serviceJwt = jwtOf("service_role");

describe("the query in the address", () => {
  test("comes back as it was written, defaults left out, in one order", () => {
    const text =
      "?window=7d&location=weur&model=gpt-oss&provider=groq&type=proxy&q=fast&limits=ttft%3C%3D800%2Csuccess%3E%3D99&mix=1000%3A50&by=model&sort=tps&order=worst&columns=n%2Cp99&page=2";
    expect(OVERVIEW_QUERY.format(OVERVIEW_QUERY.parse(new URLSearchParams(text)))).toBe(text);
    expect(
      OVERVIEW_QUERY.format(OVERVIEW_QUERY.parse(new URLSearchParams("sort=ttft&window=24h&type=all"))),
    ).toBe("");
  });

  test("falls back to defaults on what it does not know", () => {
    expect(
      OVERVIEW_QUERY.parse(
        new URLSearchParams(
          "window=9y&type=%00&sort=__proto__&location=%20&provider=&model=+&page=0&limits=ttft<800<9,x>1&mix=0:0&by=x&order=up&columns=x",
        ),
      ),
    ).toEqual({
      window: "24h",
      kind: "all",
      provider: null,
      model: null,
      location: null,
      search: "",
      limits: "",
      mix: "500:200",
      by: "none",
      sort: "ttft",
      order: "best",
      columns: [],
      page: 1,
    });
  });
});

describe("a text in an address", () => {
  test.each([
    ["a\0b", "a b"],
    ["\0", null],
    [" \u0001x\u007f ", "x"],
    [null, null],
    ["\0 \n", null],
  ])("%j is read as %j", (text, read) => {
    expect(readText(text, 60)).toBe(read);
  });

  test("is cut between characters, never through one", () => {
    expect(readText(`${"x".repeat(59)}🦊🦊`, 60)).toBe(`${"x".repeat(59)}🦊`);
  });

  test.each([
    "2026-02-31",
    "9999-12-31",
    "0000-01-01",
    "1969-12-31",
    "2026-13-01",
    "2025-02-29",
    " 2026-01-01",
  ])("takes %j for no day, since the database has none of it", (day) =>
    expect(STATUS_QUERY.parse(new URLSearchParams({ provider: "openai", day })).day).toBe(null),
  );

  test("takes a day that there is", () => {
    for (const day of ["1970-01-01", "2024-02-29", "2026-11-30"])
      expect(STATUS_QUERY.parse(new URLSearchParams({ provider: "openai", day })).day).toBe(day);
  });

  test("is free of NUL on every page that takes one", () => {
    const params = new URLSearchParams({
      location: "a\0",
      provider: "\0b",
      model: "c\0d",
      q: "e\0",
      a: "\0f",
    });
    const read = [
      OVERVIEW_QUERY.parse(params),
      STATUS_QUERY.parse(params),
      MODEL_QUERY.parse(params),
      CATALOG_QUERY.parse(params),
      COMPARISON_QUERY.parse(params),
      PRICES_QUERY.parse(params),
    ];
    expect(JSON.stringify(read)).not.toContain("\\u0000");
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
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: `${serviceJwt}\n` }, /holds a secret key/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: " SB_SECRET_abc" }, /holds a secret key/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: "sbp_0123456789abcdef" }, /holds a secret key/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: jwtOf("supabase_admin") }, /holds a secret key/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: jwtOf(["service_role"]) }, /holds a secret key/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: `"${serviceJwt}"` }, /has a quote/],
    [{ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: `Bearer ${serviceJwt}` }, /contains a space/],
    [{ SUPABASE_URL: "http://x.co", SUPABASE_ANON_KEY: "k" }, /SUPABASE_URL must begin with https/],
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

  test.each([
    "SUPABASE_SERVICE_ROLE=sb_secret_abc",
    "apikey:sb_secret_abc",
    "<sb_secret_abc>",
    `Bearer:${serviceJwt}`,
    `key=${serviceJwt.replaceAll(".", "%2E")}`,
    serviceJwt.split(".")[1] ?? "",
    `${anonJwt},${serviceJwt}`,
    // As Supabase's own examples write the part that says the role.
    ...["{  \n    ", "{\n", "{ ", "{\t"].map(
      (begin) => `x.${btoa(`${begin}"role": "service_role" }`).replace(/=+$/, "")}.y`,
    ),
    `key${serviceJwt.slice(2)}`,
    "token:sbp_0123456789abcdef",
  ])("a secret key is one with whatever was pasted around it, too: %s", (pasted) => {
    const parsed = parseSettings({ SUPABASE_URL: "https://x.co", SUPABASE_ANON_KEY: pasted });
    expect(parsed).toMatchObject({ ok: false, problems: [expect.stringContaining("holds a secret key")] });
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
    beside: [],
  };
  const ANSWERS: Readonly<Record<string, unknown>> = {
    known_values: {
      providers: ["groq", "openai"].map((provider) => ({ provider, models: [] })),
      locations: ["weur"],
      identities: [],
      families: ["gpt-oss"],
    },
    overview_news: {
      states: { as_of: answer.as_of, location: null, states: [] },
      incidents: [],
      changes: [],
    },
  };
  const load = (search: string, reply: unknown = answer, other: Readonly<Record<string, unknown>> = {}) => {
    const calls: unknown[] = [];
    const reader = {
      call: async (...call: unknown[]) => {
        calls.push(call);
        const name = String(call[0]);
        return name === "dashboard_endpoints" ? reply : ({ ...ANSWERS, ...other }[name] ?? null);
      },
    };
    const context = {
      nonce: "",
      services: { ok: true as const, reader, lockedMetrics: new Set<never>(), known: new KnownValues() },
      site: { name: "Benchmark Engine", url: null },
    };
    return { calls, loaded: loader({ request: new Request(`http://x/${search}`), context, params: {} }) };
  };

  test("asks for the window and the location of the address", async () => {
    const { calls, loaded } = load("?window=7d&location=weur");
    await loaded;
    expect(calls).toContainEqual(["dashboard_endpoints", { time_window: "7d", at_location: "weur" }]);
    expect(calls).toContainEqual(["dashboard_previous", { time_window: "7d", at_location: "weur" }]);
    expect(calls).toContainEqual(["overview_news", expect.objectContaining({ at_location: "weur" })]);
  });

  test("finds data stale that is older than two turns of the schedule", async () => {
    expect((await load("").loaded).data.view.summary.stale).toBe(true);
    const fresh = { ...answer, newest_result_at: "2026-11-23T11:31:00+00:00" };
    expect((await load("", fresh).loaded).data.view.summary.stale).toBe(false);
    expect((await load("", { ...answer, newest_result_at: null }).loaded).data.view.summary.stale).toBe(
      false,
    );
  });

  const price = (provider: string, model: string) => ({
    id: "3f0e3c54-6f0e-4a7e-9a55-0d6a4f9d1c11",
    at: answer.as_of,
    kind: "price",
    provider,
    provider_name: provider,
    model,
    before: null,
    after: null,
  });
  const incident = (provider: string, model: string, minutes: number, location = answer.location) => {
    const since = new Date(Date.now() - minutes * 60_000 - 5_000).toISOString();
    const until = new Date(Date.now() - minutes * 60_000).toISOString();
    return {
      id: randomUUID(),
      provider,
      provider_name: provider,
      location,
      simulated: false,
      kind: "outage",
      opened_at: since,
      closed_at: until,
      ongoing: false,
      measured_at: null,
      endpoints: [{ model, since, until, reason: "2 failures in a row", evidence: [] }],
    };
  };
  const happened = {
    states: { as_of: answer.as_of, location: null, states: [] },
    changes: [price("groq", "a"), price("openai", "b"), price("openai", "c")],
    incidents: [
      ...Array.from({ length: 50 }, (_, index) => incident("groq", "a", index + 1)),
      incident("openai", "b", 60),
      incident("openai", "b", 60, "elsewhere"),
    ],
  };
  const newsOf = async (search: string, overview_news: unknown = happened) =>
    (await load(search, answer, { overview_news }).loaded).data.news;

  test("counts every incident of the window, not only those that the status page lists", async () => {
    expect(await newsOf("")).toMatchObject({ of: 51 + 3, unread: [] });
  });

  test("tells what happened to the endpoints that are filtered for, and to no other", async () => {
    const { happened, of } = (await newsOf("?provider=openai")) as News;
    expect(happened.map(({ kind }) => kind).sort()).toEqual(["incident", "price", "price"]);
    expect(of).toBe(3);
    expect(await newsOf("?model=gpt-oss")).toMatchObject({ of: 0 });
  });

  test("shows the figures without a part of the news that fails, or without all of them", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
    expect(await newsOf("", { ...happened, changes: "nonsense" })).toMatchObject({
      unread: ["prices", "retirements"],
      of: 51,
    });
    expect(warn).toHaveBeenCalledOnce();
    expect(await newsOf("", "nonsense")).toMatchObject({
      unread: ["prices", "retirements", "incidents"],
      of: 0,
    });
    warn.mockRestore();
  });

  test("does not wait for late news, and hands them on as a promise", async () => {
    let answerLate = (_: unknown) => {};
    const late = new Promise((resolve) => {
      answerLate = resolve;
    });
    const { news } = (await load("", answer, { overview_news: late }).loaded).data;
    expect(news).toBeInstanceOf(Promise);
    answerLate(happened);
    expect(await news).toMatchObject({ of: 51 + 3 });
  });

  test("says to caches in front to keep a page for seconds whose news failed, or are still to come and may fail", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
    const kept = async (overview_news: unknown) => {
      const { init } = await load("", answer, { overview_news }).loaded;
      return new Headers(init?.headers).get("Cache-Control");
    };
    expect(await kept(happened)).toBe("public, max-age=5");
    for (const news of ["nonsense", new Promise(() => undefined)]) {
      expect(await kept(news)).toBe("public, max-age=5, s-maxage=15");
    }
    warn.mockRestore();
  });

  test("says how long it took, and which reads it waited for", async () => {
    const { headers } = (await load("").loaded).init ?? {};
    const timing = new Headers(headers).get("Server-Timing");
    expect(timing).toMatch(/^loader;dur=\d+, /);
    expect(timing).toMatch(/dashboard_endpoints;dur=\d+/);
  });

  test.each([
    ["?window=%37d", "/?window=7d"],
    ["?provider=a%00b", "/?provider=a+b"],
    ["?type=all", "/"],
  ])("has one address: %s leads to %s", async (search, canonical) => {
    const thrown = await load(search).loaded.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Response);
    expect(thrown instanceof Response && thrown.headers.get("Location")).toBe(canonical);
  });

  test("refuses an answer that is not what was agreed", async () => {
    const reader = { call: async () => ({ endpoints: "none" }) };
    await expect(readOverview(reader, { window: "24h", location: null }, new Set())).rejects.toThrow();
  });
});

test("an error that nobody foresaw is told without its insides", () => {
  expect(readProblem(500, { reason: "constructor", details: [] }).title).toBe("Internal error");
  expect(readProblem(503, { reason: "unreachable", details: [] }).title).toBe(
    "The database is not responding",
  );
  expect(readProblem(404, null).title).toBe("Page not found");
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
