import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { insert, result, run } from "../e2e/support/results.ts";
import { readProblem } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 2, simulated: true });
  await insert(supabase.sql, runs, results);
});

const get = (address: string, init?: RequestInit) => fetch(dashboard.url + address, init);

const TAGGED = [
  "/api/v1/endpoints",
  "/api/v1/results",
  "/api/v1/runs",
  "/api/v1/models",
  "/api/v1/prices",
  "/api/v1/openapi.json",
  "/badge/openai/gpt-4o-mini",
  "/feed.xml",
  "/metrics",
];
const ALL = [...TAGGED, "/api/v1/health", "/results.csv"];

describe.each(TAGGED)("%s", (address) => {
  test("has a strong ETag that stays while nothing changes, and answers 304 to who has it", async () => {
    const first = await get(address);
    const tag = first.headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"[0-9a-f]{32}"$/);
    expect((await get(address)).headers.get("ETag")).toBe(tag);
    for (const sent of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      const again = await get(address, { headers: { "If-None-Match": sent } });
      expect([again.status, await again.text()], sent).toEqual([304, ""]);
      expect(again.headers.get("ETag")).toBe(tag);
      expect(again.headers.get("Cache-Control")).toBe(first.headers.get("Cache-Control"));
      expect(again.headers.get("Access-Control-Allow-Origin")).toBe("*");
    }
    expect((await get(address, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  });
});

test("an ETag changes with the results", async () => {
  const tag = async () => (await get("/api/v1/results")).headers.get("ETag");
  const before = await tag();
  const one = run();
  await insert(supabase.sql, [one], [result({ run_id: one.id })]);
  expect(await tag()).not.toBe(before);
});

describe.each(ALL)("%s", (address) => {
  test("may be read by any page, says how long it may be kept, and answers HEAD without a body", async () => {
    const response = await get(address, { headers: { Origin: "https://elsewhere.example" } });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(response.headers.get("Cache-Control")).toMatch(
      address === "/api/v1/health" ? /^no-store$/ : /^(public|private), max-age=\d+/,
    );
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    const head = await get(address, { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Type"), await head.text()]).toEqual([
      200,
      response.headers.get("Content-Type"),
      "",
    ]);
  });

  test("tells a browser beforehand that it may be read, with whatever headers a library adds", async () => {
    const asked = await get(address, {
      method: "OPTIONS",
      headers: {
        Origin: "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match, x-requested-with, traceparent",
      },
    });
    expect([asked.status, await asked.text()]).toEqual([204, ""]);
    expect(asked.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(asked.headers.get("Access-Control-Allow-Methods")).toBe("GET, HEAD");
    expect(asked.headers.get("Access-Control-Allow-Headers")).toBe("*, Authorization");
    expect(asked.headers.get("Cache-Control")).toMatch(/max-age=\d+/);
  });

  test("refuses a parameter it does not know, by name, but for what stands in pages of others", async () => {
    if (/badge|feed/.test(address)) {
      const plain = await get(address);
      const tracked = await get(`${address}?utm_source=readme&t=1`);
      expect([tracked.status, tracked.headers.get("Content-Type")]).toEqual([
        200,
        plain.headers.get("Content-Type"),
      ]);
      return;
    }
    const response = await get(`${address}?colour=blue`);
    expect(response.status).toBe(400);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    const problem = await readProblem(response);
    expect(problem).toMatchObject({ status: 400, errors: [{ parameter: "colour" }] });
    expect(problem.detail).toContain("colour");
  });
});

const BAD: readonly (readonly [string, string])[] = [
  ["/api/v1/results?limit=0", "limit"],
  ["/api/v1/results?limit=1001", "limit"],
  ["/api/v1/results?limit=1e2", "limit"],
  ["/api/v1/results?limit=", "limit"],
  ["/api/v1/results?limit=-1", "limit"],
  ["/api/v1/results?limit=10&limit=20", "limit"],
  ["/api/v1/results?since=yesterday", "since"],
  ["/api/v1/results?since=2026-02-30", "since"],
  ["/api/v1/results?since=0001-01-01", "since"],
  [`/api/v1/results?since=2026-01-01T00:00:00.${"1".repeat(3_000)}Z`, "since"],
  ["/api/v1/results?until=2026-11-01T00:00:00%2B23:59", "until"],
  ["/api/v1/results?run_id=42", "run_id"],
  ["/api/v1/results?id=%27%20or%201=1", "id"],
  ["/api/v1/results?success=yes", "success"],
  ["/api/v1/results?error_kind=explosion", "error_kind"],
  ["/api/v1/results?provider=", "provider"],
  ["/api/v1/results?model=a%00b", "model"],
  [`/api/v1/results?model=${"x".repeat(501)}`, "model"],
  ["/api/v1/results?cursor=abc", "cursor"],
  ["/api/v1/results?cursor=%F0%9F%98%80", "cursor"],
  ["/api/v1/runs?cursor=WyJyZXN1bHRzIiwiMjAyNi0xMS0wMVQwMDowMDowMFoiLCJ4Il0", "cursor"],
  ["/api/v1/runs?limit=201", "limit"],
  ["/api/v1/models?state=alive", "state"],
  ["/api/v1/prices?current=1", "current"],
  ["/api/v1/endpoints?window=2d", "window"],
  ["/api/v1/endpoints?sort=luck", "sort"],
  ["/api/v1/endpoints?kind=all", "kind"],
  ["/results.csv?limit=5", "limit"],
  ["/feed.xml?location=", "location"],
  ["/api/v1/health?x=%3Cscript%3E", "x"],
];
test.each(BAD)("%s is refused, and the message names the parameter", async (address, parameter) => {
  const response = await get(address);
  expect(response.status).toBe(400);
  const problem = await readProblem(response);
  expect(problem.errors.map((error) => error.parameter)).toEqual([parameter]);
  expect(problem.detail).toContain(`${parameter}: `);
});

test("every bad parameter is named, not the first alone", async () => {
  const { errors } = await readProblem(await get("/api/v1/results?limit=x&since=y&colour=z"));
  expect(errors.map((error) => error.parameter).sort()).toEqual(["colour", "limit", "since"]);
});

test.each(["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/results/7/deep", "/api/v1/openapi"])(
  "%s is not there, and says so as JSON",
  async (address) => {
    const response = await get(address);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([
      404,
      "application/problem+json",
    ]);
    expect(await response.json()).toMatchObject({ status: 404 });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  },
);

test.each(["POST", "PUT", "DELETE", "PATCH"])("%s is refused as a program can read it", async (method) => {
  const response = await get("/api/v1/results", { method });
  expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  expect(await response.json()).toMatchObject({ status: 405 });
});

test("pages for people are no business of other sites", async () => {
  const response = await get("/", { method: "OPTIONS", headers: { Origin: "https://elsewhere.example" } });
  expect([response.status, response.headers.get("Access-Control-Allow-Origin")]).toEqual([405, null]);
});

describe("when there is no database", () => {
  let lost: DashboardServer;
  beforeAll(async () => {
    lost = await startDashboard({
      SUPABASE_URL: "http://127.0.0.1:9",
      SUPABASE_ANON_KEY: "sb_publishable_x",
    });
  });
  afterAll(() => lost?.stop());

  // A badge is an image whatever happens (api-badge-feed.test.ts).
  test.each(TAGGED.filter((address) => !/openapi|badge/.test(address)).concat("/results.csv"))(
    "%s says so with a status and a problem",
    async (address) => {
      const response = await fetch(lost.url + address);
      expect([response.status, response.headers.get("Content-Type")]).toEqual([
        503,
        "application/problem+json",
      ]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect((await readProblem(response)).title).toBe("The database is not responding");
    },
  );

  test("health is unavailable, and the document and its page are still there", async () => {
    const health = await fetch(`${lost.url}/api/v1/health`);
    expect([health.status, await health.json()]).toEqual([
      503,
      expect.objectContaining({ status: "unavailable" }),
    ]);
    expect((await fetch(`${lost.url}/api/v1/openapi.json`)).status).toBe(200);
    expect((await fetch(`${lost.url}/api`)).status).toBe(200);
  });
});

test("missing settings are named", async () => {
  const bare = await startDashboard({});
  const response = await fetch(`${bare.url}/api/v1/runs`);
  const problem = await readProblem(response);
  await bare.stop();
  expect([response.status, response.headers.get("Content-Type")]).toEqual([500, "application/problem+json"]);
  expect(problem.detail).toContain("SUPABASE_URL");
});
