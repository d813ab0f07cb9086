import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Turns } from "../../app/data/turns.server.ts";
import { callerOf } from "../../workers/dashboard/limits.ts";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { readProblem } from "../support/api.ts";
import { roomInPeriod } from "../support/clock.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
let dashboard: DashboardServer;

beforeAll(async () => {
  const limit = (namespace_id: string, most: number) => ({
    namespace_id,
    simple: { limit: most, period: 60 as const },
  });
  dashboard = await startDashboard(
    { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey },
    { PAGE_LIMIT: limit("1", 4), PROGRAM_LIMIT: limit("2", 3), TABLE_LIMIT: limit("3", 2) },
  );
});
afterAll(() => dashboard?.stop());

const from = (address: string, path: string) =>
  fetch(dashboard.url + path, { headers: { "CF-Connecting-IP": address } });
async function statuses(address: string, path: string, times: number): Promise<number[]> {
  const seen = [];
  for (let time = 0; time < times; time++) {
    const response = await from(address, path);
    await response.arrayBuffer();
    seen.push(response.status);
  }
  return seen;
}

describe("the dashboard's rate limits", () => {
  // Miniflare counts by the minute of the clock.
  beforeEach(() => roomInPeriod(60_000, 10_000), 20_000);

  it("count pages, programs and tables apart, and each address by itself", async () => {
    expect(await statuses("203.0.113.7", "/methodology", 5)).toEqual([200, 200, 200, 200, 429]);
    expect(await statuses("203.0.113.7", "/api/v1/runs", 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses("203.0.113.7", "/results.csv", 3)).toEqual([200, 200, 429]);
    expect(await statuses("203.0.113.8", "/methodology", 1)).toEqual([200]);
  });

  it("tell a person and a program, each in its own way, when to ask again, and are kept by nobody", async () => {
    await statuses("203.0.113.9", "/api/v1/runs", 3);
    const program = await from("203.0.113.9", "/api/v1/runs");
    expect(program.headers.get("Content-Type")).toBe("application/problem+json");
    expect(program.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect((await readProblem(program)).status).toBe(429);
    await statuses("203.0.113.9", "/methodology", 4);
    const page = await from("203.0.113.9", "/methodology");
    expect(await page.text()).toContain("Ask again in a minute");
    for (const { status, headers } of [program, page]) {
      expect([status, headers.get("Retry-After"), headers.get("Cache-Control")]).toEqual([
        429,
        "60",
        "no-store",
      ]);
    }
  });

  it("let whoever asks far more than others wait, while the others' pages come at once", async () => {
    const path = "/api/v1/runs";
    const unlimited = await startDashboard({
      SUPABASE_URL: supabase.url,
      SUPABASE_ANON_KEY: supabase.anonKey,
    });
    const ask = async (address: string) => {
      const response = await fetch(unlimited.url + path, { headers: { "CF-Connecting-IP": address } });
      await response.arrayBuffer();
      return response.status;
    };
    try {
      let answered = 0;
      const greedy = Array.from({ length: 30 }, () => ask("203.0.113.20").then(() => answered++));
      expect(await ask("203.0.113.21")).toBe(200);
      // The last of the greedy requests has its turn after three seconds.
      expect(answered).toBeLessThan(30);
      await Promise.all(greedy);
    } finally {
      await unlimited.stop();
    }
  });

  it("count nobody on a developer's own machine", async () => {
    expect(new Set(await statuses("127.0.0.1", "/methodology", 8))).toEqual(new Set([200]));
  });

  it("take a whole network of IPv6 for one caller, however its addresses are written", () => {
    const one = callerOf("2001:db8:1:2:3:4:5:6");
    expect(one).toBe("2001:db8:1:2");
    expect(callerOf("2001:0DB8:1:2::9")).toBe(one);
    expect(callerOf("2001:db8:1:3::1")).not.toBe(one);
    expect(callerOf("2001:db8::1")).toBe("2001:db8:0:0");
    expect(callerOf("::1")).toBeNull();
    expect(callerOf("198.51.100.1")).toBe("198.51.100.1");
    expect(callerOf(null)).toBeNull();
  });
});

describe("calls to the database", () => {
  it("are under way a few at a time, and each has its turn", async () => {
    const turns = new Turns(3, 5_000);
    let underWay = 0;
    let most = 0;
    const work = async (result: number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      return result;
    };
    const results = await Promise.all(Array.from({ length: 30 }, (_, index) => turns.run(() => work(index))));
    expect(results).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(most).toBe(3);
  });

  it("are given up where no turn comes, and give theirs back when they fail", async () => {
    const turns = new Turns(1, 30);
    let free: () => void = () => undefined;
    const long = turns.run(() => new Promise<void>((resolve) => (free = resolve)));
    await expect(turns.run(async () => 1)).rejects.toMatchObject({ name: "ReadError", failure: "busy" });
    free();
    await long;
    await expect(turns.run(() => Promise.reject(new Error("broke")))).rejects.toThrow("broke");
    expect(await turns.run(async () => 2)).toBe(2);
  });
});
