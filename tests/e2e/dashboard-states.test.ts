import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { freshSupabase, useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepPicture,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { history, PROFILES } from "./support/history.ts";
import { failure, insert, result, run, type SeedResult } from "./support/results.ts";

const supabase = useSupabase();
const visit = useBrowser();
const servers: DashboardServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));
afterEach(() => supabase.sql.query("delete from public.runs"));

async function serve(bindings: Record<string, string> = {}): Promise<string> {
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey, ...bindings };
  const server = await startDashboard(settings);
  servers.push(server);
  return server.url;
}

let plain: Promise<string> | undefined;
const site = () => {
  plain ??= serve();
  return plain;
};

/** The state at every width: no overflow, a picture; and once: the texts, nothing for axe to find. */
async function look(url: string, name: string, ...texts: string[]): Promise<void> {
  await visit(url, async ({ page }) => {
    const main = await page.getByRole("main").innerText();
    for (const text of texts) expect(main).toContain(text);
    expect(main).not.toMatch(/NaN|undefined|null|Infinity/);
    await expectAccessible(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await keepPicture(page, `${name}-${width}`);
    }
  });
}

async function store(make: (runId: string) => readonly SeedResult[], startedAt = new Date()): Promise<void> {
  const one = run({ started_at: startedAt.toISOString() });
  await insert(supabase.sql, [one], make(one.id));
}

describe("a page with", () => {
  test("no result says so, and names what will be measured", async () => {
    expect((await fetch(await site())).headers.get("Cache-Control")).toBe("no-store");
    await look(await site(), "empty", "No results yet", "gpt-4o-mini");
  });

  test("no result fills by itself when the first ones come", async () => {
    await visit(await site(), async ({ page }) => {
      await page.getByText("No results yet").waitFor();
      await store((run_id) => [result({ run_id })]);
      await page.getByRole("table", { name: "All figures by endpoint" }).waitFor({ timeout: 15_000 });
    });
  });

  test("one result shows it, ranks nothing and lights no light", async () => {
    await store((run_id) => [result({ run_id, ttft_ms: 412 })]);
    await look(await site(), "one-result", "412 ms", "Not enough samples yet", "too few samples");
  });

  test("only failures shows rates, no speeds, and no winner", async () => {
    await store((run_id) => Array.from({ length: 20 }, () => failure("server_error", { run_id })));
    await look(
      await site(),
      "only-failures",
      "0%",
      "n/a",
      "Not enough samples yet",
      "No endpoint generated a token",
    );
  });

  test("no price and no first token breaks nothing", async () => {
    await store((run_id) =>
      Array.from({ length: 20 }, () =>
        result({
          run_id,
          ttft_ms: null,
          answer_ttft_ms: null,
          tps: null,
          cost_usd: 0,
          cost_source: "unknown",
        }),
      ),
    );
    await look(await site(), "no-price", "2.40 s", "n/a");
  });

  test("hostile and very long names shows them as text", async () => {
    await store((run_id) => [
      result({
        run_id,
        provider: "<script>document.title='hacked'</script>",
        model: "<img src=x onerror=alert(1)>",
      }),
      result({ run_id, provider: "a".repeat(200), model: `${"very/long:".repeat(45)}end` }),
      result({ run_id, provider: "שלום 🦊 __proto__", model: "../../etc/passwd?x=1#y" }),
    ]);
    await look(await site(), "hostile-names", "<img src=x onerror=alert(1)>", "שלום 🦊 __proto__");
    await visit(await site(), async ({ page }) => {
      expect(await page.title()).toContain("How fast are AI providers");
    });
  });

  test("more endpoints than fit a page still fits and works", async () => {
    const profiles = Array.from({ length: 170 }, (_, index) => {
      const profile = PROFILES[index % PROFILES.length];
      if (profile === undefined) throw new Error("there are profiles");
      return { ...profile, model: `${profile.model}-${index}` };
    });
    const { runs, results } = history({ until: new Date(), hours: 5, simulated: false, profiles });
    await insert(supabase.sql, runs, results);
    await visit(await site(), async ({ page }) => {
      expect(await page.getByRole("main").innerText()).toContain("to 170 endpoints");
      const rows = page.getByRole("table", { name: "All figures" }).locator("tbody tr");
      const pages = page.getByRole("navigation", { name: "Pages of the table" });
      expect([await rows.count(), await pages.innerText()]).toEqual([
        75,
        expect.stringContaining("Page 1 of 3"),
      ]);
      for (const width of [...WIDTHS].reverse()) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
      }
      await keepPicture(page, "many-endpoints");
      const first = await rows.first().innerText();
      await pages.getByRole("link", { name: "Next" }).click();
      await page.waitForURL("**/?page=2");
      // The address changes before the page does.
      await pages.getByText("Page 2 of 3").waitFor();
      await pages.getByRole("link", { name: "Next" }).click();
      await page.waitForURL("**/?page=3");
      await expect.poll(() => rows.count()).toBe(20);
      expect(await rows.first().innerText()).not.toBe(first);
    });
  });

  test("old results says that measuring has stopped", async () => {
    const old = new Date(Date.now() - 3 * 3_600_000);
    await store((run_id) => [result({ run_id, created_at: old.toISOString() })], old);
    await look(await site(), "stale", "Out of date:", "3 h ago");
  });

  test("nothing in the last hour names the newest result and leads to a longer window", async () => {
    const old = new Date(Date.now() - 3 * 3_600_000);
    await store((run_id) => [result({ run_id, created_at: old.toISOString() })], old);
    await look(`${await site()}/?window=1h`, "empty-window", "No results in the last hour", "3 h ago");
  });

  test("no endpoint of the chosen kind offers all of them", async () => {
    await store((run_id) => [result({ run_id })]);
    await look(
      `${await site()}/?type=proxy`,
      "nothing-matches",
      "Nothing matches these filters",
      "Show all endpoints",
    );
  });

  test("real and simulated results marks each simulated one, and lets none of them win", async () => {
    const real = history({ until: new Date(), hours: 5, simulated: false, profiles: PROFILES.slice(0, 1) });
    const simulated = history({
      until: new Date(),
      hours: 5,
      simulated: true,
      profiles: PROFILES.slice(1, 3),
    });
    await insert(supabase.sql, [...real.runs, ...simulated.runs], [...real.results, ...simulated.results]);
    await look(await site(), "partly-simulated", "Simulated data: endpoints marked");
    await visit(await site(), async ({ page }) => {
      expect(await page.getByRole("region", { name: "Leaders" }).innerText()).not.toContain("simulated");
      const panel = (name: string) => page.getByRole("region", { name, exact: true });
      const marked = (name: string, element: string) =>
        panel(name).locator(element).filter({ hasText: "simulated" }).count();
      // Each panel names the two simulated endpoints, and marks both.
      for (const [name, element] of [
        ["Time to first token", "ol li"],
        ["Time to first token", "tbody tr"],
        ["Output speed vs price", "svg text"],
        ["Output speed vs price", "tbody tr"],
        ["Jitter", "li"],
        ["Value score", "li"],
        ["3 endpoints", "tbody tr"],
      ] as const) {
        expect(await marked(name, element), `${name}: ${element}`).toBe(2);
      }
      const failing = await panel("Error rate").locator("li").allInnerTexts();
      for (const line of failing) expect(line.includes("simulated")).toBe(!line.includes("gpt-4o-mini"));
    });
  });

  test("real results alone carries no mark of simulation", async () => {
    await store((run_id) => [result({ run_id })]);
    expect(await (await fetch(await site())).text()).not.toMatch(/[Ss]imulated data|>simulated</);
  });
});

test("locked metrics are in no byte that leaves the Worker, and say how to get them", async () => {
  const url = await serve({ LOCKED_METRICS: "ttft, cost, value" });
  await store((run_id) =>
    Array.from({ length: 20 }, () =>
      result({ run_id, ttft_ms: 431.5, answer_ttft_ms: 433.5, cost_usd: 0.000777 }),
    ),
  );
  await look(url, "locked", "🔒", "Upgrade to Pro");
  for (const path of ["/", "/_root.data"]) {
    const body = await (await fetch(url + path)).text();
    expect(body).toContain("gpt-4o-mini");
    expect(body).not.toMatch(/(?<![\w.])43[123](\.5)? ?m?s?\b|433\.5|0\.000777|(?<![\w.])1\.11\b/);
  }
});

test("a site's name of sixty letters without a blank breaks, and widens no page", async () => {
  await look(await serve({ SITE_NAME: "W".repeat(60) }), "long-name", "How fast are AI providers right now?");
});

describe("where it cannot work it says why:", () => {
  test("settings that are missing are named", async () => {
    const url = await serve({ SUPABASE_URL: "", SUPABASE_ANON_KEY: "" });
    expect((await fetch(url)).status).toBe(500);
    await look(url, "error-settings", "A setting is missing or wrong", "SUPABASE_URL", "SUPABASE_ANON_KEY");
  });

  test("a secret key in place of the public one is refused unseen", async () => {
    const url = await serve({ SUPABASE_ANON_KEY: supabase.serviceRoleKey });
    const response = await fetch(url);
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(body).toContain("SUPABASE_ANON_KEY holds a secret key");
    expect(body).not.toContain(supabase.serviceRoleKey);
  });

  test("a database that is not there", async () => {
    const url = await serve({ SUPABASE_URL: "http://127.0.0.1:9" });
    const response = await fetch(url);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([503, "no-store"]);
    await look(url, "error-unreachable", "The database is not responding");
  });

  test("a database that never answers is given up", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    try {
      const url = await serve({ SUPABASE_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });
      const started = Date.now();
      expect((await fetch(url)).status).toBe(503);
      expect(Date.now() - started).toBeLessThan(20_000);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  test("a key that is not the project's", async () => {
    const url = await serve({ SUPABASE_ANON_KEY: "sb_publishable_wrong" });
    await look(url, "error-key", "The database refused the key");
  });

  test("a project without the migrations", async () => {
    const bare = await freshSupabase("bare");
    try {
      const url = await serve({ SUPABASE_URL: bare.url, SUPABASE_ANON_KEY: bare.anonKey });
      await look(url, "error-migrations", "Migrations are missing");
    } finally {
      await bare.stop();
    }
  });

  test("a page that does not exist", async () => {
    await look(`${await site()}/no/such/page`, "error-404", "Page not found");
  });
});
