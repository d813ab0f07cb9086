import { afterEach, expect, it, vi } from "vitest";
import { createDashboard } from "../../../workers/dashboard/handler.ts";
import { respell } from "../../../workers/dashboard/spelling.ts";

afterEach(() => vi.restoreAllMocks());

it.each([
  "/?_data=routes/_index",
  "/models?_data=nothing",
  "/api/v1/runs?_data=root",
  "/?index",
  "/_root.data?index=1",
  "/?window=7d&_routes=routes/_index",
  "/og.png?_routes=x",
])("%s is refused before it reaches Remix, and nothing is logged", async (path) => {
  const logged = [vi.spyOn(console, "error"), vi.spyOn(console, "warn"), vi.spyOn(console, "log")];
  const handle = vi.fn(async () => new Response("from Remix"));
  const answer = createDashboard(
    handle,
    () => {
      throw new Error("no context is needed");
    },
    "build",
  );
  const response = await answer(new Request(`https://dashboard.example${path}`), {});
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([400, "no-store"]);
  expect(handle).not.toHaveBeenCalled();
  for (const spy of logged) expect(spy).not.toHaveBeenCalled();
});

it.each([
  ["/models/openai/gpt-4o-mini/", "/models/openai/gpt-4o-mini"],
  ["/status/?provider=openai", "/status?provider=openai"],
  ["/api/v1/endpoints//?limit=1", "/api/v1/endpoints?limit=1"],
  ["//elsewhere.example/", "/elsewhere.example"],
  ["//elsewhere.example", "/elsewhere.example"],
  ["/\\\\elsewhere.example", "/elsewhere.example"],
  ["///", "/"],
  ["/", null],
  ["/_root.data", null],
  ["/.data", "/_root.data"],
  ["/models/.data", "/models.data"],
  ["/results%2Ecsv", "/results.csv"],
  ["/m%6fdels", "/models"],
  ["/models/openai/a%2fb", "/models/openai/a%2Fb"],
  ["/models/openai/name%2F", null],
  ["/models/openai/v1%2Edata", null],
  ["/models/openai/v1%2Edata.data", null],
  ["/models/openai/gpt%3Afree%40x", "/models/openai/gpt:free@x"],
  ["/models/openai/%E2%9C%93", null],
  ["/models/%E0%A4%A", "/models/%25E0%25A4%25A"],
  ["/runs/%", "/runs/%25"],
])("%s leads to %s, whoever asks", (path, expected) => {
  const url = new URL(`https://dashboard.example${path}`);
  const spelt = respell(url, true);
  expect(spelt).toBe(expected);
  expect(respell(url, false)).toBe(expected);
  if (spelt !== null) expect(respell(new URL(spelt, url), true)).toBe(null);
});

it.each([
  ["?window=%37d", "?window=7d", "?window=7d"],
  ["?q=%c3%a9", "?q=%C3%A9", "?q=%C3%A9"],
  ["?with=openai/a:b", null, null],
  ["?with=openai%2Fa%3Ab", null, null],
  ["?with=openai%2Fa:b", "?with=openai%2Fa%3Ab", null],
  ["?q=a%20b", "?q=a+b", null],
  ["?&window=7d", "?window=7d", "?window=7d"],
  ["?window=7d&&", "?window=7d", "?window=7d"],
  ["?&&&", "", ""],
  ["?since=2026-11-01T00:00:00Z&model=x@y,z~", "?since=2026-11-01T00%3A00%3A00Z&model=x%40y%2Cz%7E", null],
])("the query %s of a page leads to %s, of a program's address to %s", (query, ofPage, ofProgram) => {
  const url = new URL(`https://dashboard.example/path${query}`);
  expect(respell(url, true)).toBe(ofPage === null ? null : `/path${ofPage}`);
  expect(respell(url, false)).toBe(ofProgram === null ? null : `/path${ofProgram}`);
});

it("leads from an odd spelling to the usual one before anything is read, other sites' pages too", async () => {
  const handle = vi.fn(async () => new Response("from Remix"));
  const answer = createDashboard(
    handle,
    () => {
      throw new Error("no context is needed");
    },
    "build",
  );
  const ask = async (path: string) => {
    const { status, headers } = await answer(new Request(`https://dashboard.example${path}`), {});
    return [status, headers.get("Location"), headers.get("Access-Control-Allow-Origin")];
  };
  expect(await ask("/status/?provider=openai")).toEqual([302, "/status?provider=openai", null]);
  expect(await ask("/?window=%37d")).toEqual([302, "/?window=7d", null]);
  expect(await ask("/api/v1/runs?name=%61")).toEqual([302, "/api/v1/runs?name=a", "*"]);
  expect(await ask("/og.png?&")).toEqual([302, "/og.png", "*"]);
  expect(handle).not.toHaveBeenCalled();
});

it("answers too many requests for a badge with an image that says so", async () => {
  const answer = createDashboard(
    async () => new Response("from Remix"),
    () => ({}) as never,
    "build",
  );
  const none = { limit: async () => ({ success: false }) };
  const headers = { "CF-Connecting-IP": "192.0.2.1" };
  const response = await answer(new Request("https://dashboard.example/badge/openai/gpt", { headers }), {
    PROGRAM_LIMIT: none,
  });
  expect([response.status, response.headers.get("Content-Type")]).toEqual([
    200,
    "image/svg+xml; charset=utf-8",
  ]);
  expect(await response.text()).toContain("too many requests");
});
