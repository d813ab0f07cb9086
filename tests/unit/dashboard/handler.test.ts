import { afterEach, expect, it, vi } from "vitest";
import { createDashboard } from "../../../workers/dashboard/handler.ts";

afterEach(() => vi.restoreAllMocks());

it.each(["/?_data=routes/_index", "/models?_data=nothing", "/api/v1/runs?_data=root"])(
  "%s is refused before it reaches Remix, and nothing is logged",
  async (path) => {
    const logged = [vi.spyOn(console, "error"), vi.spyOn(console, "warn"), vi.spyOn(console, "log")];
    const handle = vi.fn(async () => new Response("from Remix"));
    const answer = createDashboard(handle, () => {
      throw new Error("no context is needed");
    });
    const response = await answer(new Request(`https://dashboard.example${path}`), {});
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([400, "no-store"]);
    expect(handle).not.toHaveBeenCalled();
    for (const spy of logged) expect(spy).not.toHaveBeenCalled();
  },
);
