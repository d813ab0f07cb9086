import { afterEach, expect, it, vi } from "vitest";
import { createDashboard } from "../../../workers/dashboard/handler.ts";
import { withoutTrailingSlash } from "../../../workers/dashboard/spelling.ts";

afterEach(() => vi.restoreAllMocks());

it.each(["/?_data=routes/_index", "/models?_data=nothing", "/api/v1/runs?_data=root"])(
  "%s is refused before it reaches Remix, and nothing is logged",
  async (path) => {
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
  },
);

it.each([
  ["/models/openai/gpt-4o-mini/", "/models/openai/gpt-4o-mini"],
  ["/status/?provider=openai", "/status?provider=openai"],
  ["/api/v1/endpoints//?limit=1", "/api/v1/endpoints?limit=1"],
  ["//elsewhere.example/", "/elsewhere.example"],
  ["///", "/"],
  ["/", null],
  ["/models/openai/name%2F", null],
])("%s leads to %s", (path, expected) => {
  expect(withoutTrailingSlash(new URL(`https://dashboard.example${path}`))).toBe(expected);
});

it("answers a slash at the end with the address without it, wherever it is", async () => {
  const handle = vi.fn(async () => new Response("from Remix"));
  const answer = createDashboard(
    handle,
    () => {
      throw new Error("no context is needed");
    },
    "build",
  );
  const response = await answer(new Request("https://dashboard.example/status/?provider=openai"), {});
  expect([response.status, response.headers.get("Location")]).toEqual([302, "/status?provider=openai"]);
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
