/** What addresses cost that name something nobody has: anybody can think of as many as they like. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { insert, result, run } from "../e2e/support/results.ts";
import { eventually } from "../support/eventually.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
let database: FaultyProxy;
let dashboard: DashboardServer;

beforeAll(async () => {
  const measured = run();
  await insert(supabase.sql, [measured], [result({ run_id: measured.id })]);
  database = await startFaultyProxy(supabase.url);
  dashboard = await startDashboard({ SUPABASE_URL: database.url, SUPABASE_ANON_KEY: supabase.anonKey });
});
afterAll(async () => {
  await dashboard?.stop();
  await database?.stop();
});

const get = (path: string) => fetch(dashboard.url + path, { redirect: "manual" });

/** Addresses of each kind that a value of a filter can stand in, with one that nobody has, and what answers them. */
const UNKNOWN: readonly (readonly [
  address: (value: string) => string,
  status: number,
  /** Null: any. */
  location?: string | null,
])[] = [
  [(value) => `/?provider=${value}`, 302, "/"],
  [(value) => `/?window=7d&model=${value}&sort=tps`, 302, "/?window=7d&sort=tps"],
  [(value) => `/?location=${value}&provider=openai`, 302, "/?provider=openai"],
  [(value) => `/?window=${value}`, 302, "/"],
  [(value) => `/?sort=${value}`, 302, "/"],
  [(value) => `/?limits=ttft%3C%3D${value}&mix=${value}&by=${value}&order=${value}`, 302, "/"],
  [(value) => `/models?q=gpt&provider=${value}`, 302, "/models?q=gpt"],
  [(value) => `/models/openai/gpt-4o-mini?location=${value}`, 302, "/models/openai/gpt-4o-mini"],
  [(value) => `/status?location=${value}&provider=${value}`, 302, "/status"],
  [(value) => `/compare?location=${value}`, 302, "/compare"],
  [(value) => `/compare?with=openai/gpt-4o-mini&with=openai/${value}`, 404],
  [(value) => `/models/openai/${value}`, 404],
  [(value) => `/models/${value}/gpt-4o-mini`, 404],
  [(value) => `/badge/openai/${value}`, 200],
  [(value) => `/badge/openai/gpt-4o-mini?location=${value}`, 200],
  [(value) => `/api/v1/results?provider=${value}`, 200],
  [(value) => `/api/v1/results?provider=openai&model=${value}`, 200],
  [(value) => `/api/v1/results?location=${value}`, 200],
  [(value) => `/api/v1/endpoints?model=${value}`, 200],
  [(value) => `/api/v1/endpoints?location=${value}`, 200],
  [(value) => `/api/v1/models?identity=${value}`, 200],
  [(value) => `/api/v1/models?family=${value}`, 200],
  [(value) => `/api/v1/prices?model=${value}`, 200],
  [(value) => `/api/v1/runs?location=${value}`, 200],
  [(value) => `/api/v1/incidents?provider=${value}`, 200],
  [(value) => `/api/v1/states?location=${value}`, 200],
  [(value) => `/results.csv?provider=${value}`, 200],
  [(value) => `/feed.xml?provider=${value}`, 200],
  [(value) => `/og.png?location=${value}`, 302, "/og.png"],
  [(value) => `/og/models/${value}/x.png`, 404],
  [(value) => `/og/providers/${value}.png`, 404],
  [(value) => `/og/compare.png?with=openai/gpt-4o-mini&with=${value}/x`, 404],
  [(value) => `/embed?location=${value}`, 302, "/embed"],
  [(value) => `/embed/models/openai/${value}`, 404],
  [(value) => `/embed/models/${value}`, 404],
  // Parameters that no address has, or that Remix hides.
  [(value) => `/embed?window=7d&x=${value}`, 302, "/embed?window=7d"],
  [(value) => `/og/models/openai/gpt-4o-mini.png?x=${value}`, 302, "/og/models/openai/gpt-4o-mini.png"],
  [(value) => `/feed.xml?x=${value}&provider=openai`, 302, "/feed.xml?provider=openai"],
  [(value) => `/sitemap.xml?x=${value}`, 302, "/sitemap.xml"],
  [(value) => `/badge/openai/gpt-4o-mini?style=${value}`, 302, "/badge/openai/gpt-4o-mini"],
  [(value) => `/?_routes=${value}`, 400],
  [(value) => `/?index=${value}`, 400],
  [(value) => `/_root.data?_routes=routes%2F_index%2C${value}`, 400],
  [(value) => `/embed?_routes=${value}`, 400],
  // Other spellings.
  [(value) => `/?window=%37d&x=${value}`, 302, null],
  [(value) => `/api/v1/results?provider=%6fpenai&x=${value}`, 302, null],
  [(value) => `/api/v1/%65ndpoints?x=${value}`, 302, null],
  [(value) => `/${mixedCase("api/v1/endpoints", value)}`, 404],
  [(value) => `/${mixedCase("results.csv", value)}`, 404],
  [(value) => `/results.csv.data?x=${value}`, 404],
  [(value) => `/api/v1/endpoints.data?x=${value}`, 404],
  [(value) => `/models/%E0%A4%A/${value}`, 302, null],
];

/** A spelling in capitals and others, never the usual one. */
function mixedCase(path: string, seed: string): string {
  const capital = (index: number) => index === 0 || (seed.charCodeAt(2 + index) ?? 0) % 2 === 0;
  return [...path].map((letter, index) => (capital(index) ? letter.toUpperCase() : letter)).join("");
}

it("costs a few reads of the names for 1,000 random addresses, and nothing else", async () => {
  const began = Date.now();
  const before = database.passed.length;
  const waiting = Array.from({ length: 1_000 }, (_, index) => index);
  const wrong: string[] = [];
  const client = async () => {
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      const kind = UNKNOWN[index % UNKNOWN.length];
      if (kind === undefined) throw new Error("there are kinds of addresses");
      const [address, status, location] = kind;
      const path = address(`x-${randomUUID()}`);
      const response = await get(path);
      const body = await response.text();
      const leads = location === null || response.headers.get("Location") === (location ?? null);
      if (response.status !== status || !leads)
        wrong.push(`${path}: ${response.status} ${response.headers.get("Location")}`);
      if (status === 200 && path.startsWith("/api/") && JSON.parse(body).data.length !== 0)
        wrong.push(`${path}: not empty`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  expect(wrong).toEqual([]);
  const calls = database.passed.slice(before).map((path) => path.split("/").at(-1));
  const seconds = (Date.now() - began) / 1_000;
  console.info(`1,000 random addresses in ${seconds.toFixed(1)} s cost ${calls.length} calls`);
  expect(new Set(calls)).toEqual(new Set(["known_values"]));
  expect(calls.length).toBeLessThanOrEqual(5 + seconds / 5);
}, 120_000);

it("leads to an image's one address whoever may read that one, a page of another site included", async () => {
  for (const path of [
    "/og.png?v=2",
    "/og.png?location=nowhere",
    "/og.png?&&",
    "/badge/openai/gpt-4o-mini?x=1",
  ]) {
    const { status, headers } = await get(path);
    const told = ["Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"].map((name) =>
      headers.get(name),
    );
    expect([status, ...told], path).toEqual([302, "*", "cross-origin"]);
  }
  expect((await get("/robots.txt?x=1")).headers.get("Location")).toBe("/robots.txt");
  const head = await fetch(`${dashboard.url}/_root.data`, {
    method: "HEAD",
    headers: { Origin: "https://x.example" },
  });
  expect(head.status).toBe(405);
});

it("is short for programs and pages to keep, since the value may appear", async () => {
  const { headers } = await get("/api/v1/results?provider=nobody");
  expect(headers.get("Cloudflare-CDN-Cache-Control")).toBe("public, max-age=15");
  expect((await get("/?provider=nobody")).headers.get("Cache-Control")).toBe("no-store");
});

it("finds a value that appeared since, within seconds", async () => {
  const path = "/api/v1/results?location=brand-new";
  expect((await (await get(path)).json()) as object).toMatchObject({ data: [] });
  const later = run({ location: "brand-new" });
  await insert(supabase.sql, [later], [result({ run_id: later.id, location: "brand-new" })]);
  await eventually(
    async () => ((await (await get(path)).json()) as { data: unknown[] }).data.length === 1,
    "the new location's result",
    20_000,
  );
  expect((await get("/?location=brand-new")).status).toBe(200);
});

it("is an error, and no empty answer, where the database cannot say what there is", async () => {
  await database.set("unavailable");
  const cold = await startDashboard({ SUPABASE_URL: database.url, SUPABASE_ANON_KEY: supabase.anonKey });
  try {
    for (const path of ["/?provider=nobody", "/models/openai/gpt-4o-mini", "/api/v1/results?provider=x"]) {
      expect((await fetch(cold.url + path, { redirect: "manual" })).status, path).toBe(503);
    }
  } finally {
    await cold.stop();
    await database.set("up");
  }
});
