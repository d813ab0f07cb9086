import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  liveChart,
  useBrowser,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { createLook, storeMonth, type ToldMonth, textOf } from "./support/told-month.ts";

const supabase = useSupabase();
const visit = useBrowser();
let dashboard: DashboardServer;
let lockedDashboard: DashboardServer;
const look = createLook(visit, () => dashboard.url);
const textAt = (path: string, site = dashboard) => textOf(site.url + path);
const PAGES = ["/runs", "/prices", "/status", "/methodology"] as const;

beforeAll(async () => {
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  dashboard = await startDashboard(settings);
  lockedDashboard = await startDashboard({ ...settings, LOCKED_METRICS: "ttft,uptime,cost" });
});
afterAll(() => Promise.all([dashboard?.stop(), lockedDashboard?.stop()]));

describe("before the first result", () => {
  test.each(PAGES)("%s has something to say at every width", async (path) => {
    const words = {
      "/runs": "No runs yet",
      "/prices": "without a known price",
      "/status": "No results in 30 days",
      "/methodology": "What the numbers mean",
    }[path];
    if (path === "/prices") await supabase.sql.query("delete from public.prices where source like '%groq%'");
    await look(path, `empty${path.replace("/", "-")}`, words);
  });
});

describe("with a month of results", () => {
  let told: ToldMonth["told"];
  let answered: ToldMonth["answered"];
  beforeAll(async () => {
    ({ told, answered } = await storeMonth(supabase.sql));
  });

  test("results that have stopped are said to be out of date where runs and models are listed", async () => {
    const old = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const kept = await supabase.sql.query<{ id: string; created_at: Date }>(
      "select id, created_at from public.benchmark_results where created_at > $1",
      [old],
    );
    await supabase.sql.query("update public.benchmark_results set created_at = $1 where created_at > $1", [
      old,
    ]);
    for (const path of ["/runs", "/models"])
      expect(await textAt(path), path).toMatch(/Out of date:.*3 h ago/s);
    await supabase.sql.query(
      `update public.benchmark_results r set created_at = k.created_at
       from jsonb_to_recordset($1) k (id uuid, created_at timestamptz) where k.id = r.id`,
      [JSON.stringify(kept.rows)],
    );
    for (const path of ["/runs", "/models"]) expect(await textAt(path), path).not.toContain("Out of date:");
  });

  test("prices are shown with what the reader's month would cost, cheapest first", async () => {
    await look(
      "/prices?in=1000000&out=500000",
      "prices",
      "Prices awaiting review",
      "unknown",
      "▲",
      "example.com",
      "+100%",
    );
    await visit(`${dashboard.url}/prices`, async ({ page }) => {
      await page.getByLabel("Input tokens a month").fill("3M");
      await page.getByLabel("Output tokens a month").fill("1,000,000");
      await page.getByLabel("Output tokens a month").press("Enter");
      await page.waitForURL(/\/prices\?in=3000000&out=1000000$/);
      const row = page
        .locator("tbody tr")
        .filter({ has: page.getByText("OpenAI", { exact: true }) })
        .first();
      // 3 million in at 0.30, one out at 0.60.
      // The address changes a moment before the page does.
      await expect.poll(() => row.locator("[data-column=monthly]").innerText()).toContain("$1.50");
      const costs = await page.locator("[data-column=monthly]").allInnerTexts();
      const known = costs
        .filter((cost) => cost.includes("$"))
        .map((cost) => Number(cost.replace(/[^\d.]/g, "")));
      expect(known).toEqual(known.toSorted((a, b) => a - b));
      expect(known.length).toBeGreaterThan(2);
      expect(costs.findIndex((cost) => cost.includes("unknown"))).toBe(known.length);
    });
  });

  test("a month that is no number says what to write, and works nothing out", async () => {
    await look(
      "/prices?in=lots&cached=200",
      "prices-problem",
      "Tokens in must be a number of tokens",
      "percentage from 0 to 100",
    );
    await visit(`${dashboard.url}/prices?in=lots`, async ({ page }) => {
      const months = await page.locator("[data-column=monthly]").allInnerTexts();
      expect(months.length).toBeGreaterThan(3);
      expect(new Set(months.map((month) => month.split("\n")[0]))).toEqual(new Set(["n/a"]));
    });
  });

  test("an incident's page draws its time with a margin, and leads to its endpoint over the same time", async () => {
    await visit(`${dashboard.url}/status`, async ({ page }) => {
      await page.getByRole("link", { name: "openai/gpt-oss-20b: outage" }).first().click();
      await page.waitForURL(/incidents/);
      await page.getByText("3 failures in a row since").waitFor();
      // Without a script too.
      expect((await (await fetch(page.url())).text()).split("data-chart=")).toHaveLength(4);
      const table = page.getByRole("table", { name: "Together AI: TTFT over time" });
      expect(await table.locator("tbody tr").count()).toBeGreaterThan(2);
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await keepPicture(page, "incident");
      await page
        .locator("li", { has: page.locator("[data-chart]") })
        .getByRole("link")
        .click();
      await page.waitForURL(/from=.*to=/);
      await page.goBack();
      const box = await (await liveChart(page)).locator("canvas").boundingBox();
      if (box === null) throw new Error("the chart has no place");
      await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.75, box.y + 40, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/\/models\/together\/.+from=.+to=/);
    });
  });

  test("who is up, since when one is not, and what the engine left out", async () => {
    await look(
      "/status",
      "status",
      "1 endpoint failing at 1 provider",
      "3 failures in a row since",
      "spending limit",
      "1 of 2 endpoints failing",
      "for about 30 min. 2 failures in a row since",
    );
  });

  test("what fails comes first, and a day opens its failing requests, each with the way to its answer", async () => {
    const order = async () =>
      (await (await fetch(`${dashboard.url}/status`)).text()).match(/data-provider="[^"]+"/g) ?? [];
    expect((await order())[0]).toBe('data-provider="together"');
    let address = "";
    await visit(
      `${dashboard.url}/status`,
      async ({ page }) => {
        const card = page.locator("[data-provider=together]");
        const newest = card.locator("a[title]").last();
        const title = await newest.getAttribute("title");
        await follow(page, () => newest.click());
        const day = new URL(page.url()).searchParams.get("day");
        const list = page.getByRole("region", { name: /^Failing requests on/ });
        expect(await list.innerText()).toContain(title?.split(":")[0]);
        const { rows } = await supabase.sql.query(
          `select count(*)::int as n from public.benchmark_results
           where provider = 'together' and location = 'local' and not success
             and (created_at at time zone 'UTC')::date = $1::date`,
          [day],
        );
        expect(rows[0].n).toBeGreaterThan(0);
        expect(await list.getByRole("listitem").count()).toBe(rows[0].n);
        address = page.url().slice(dashboard.url.length);
        await follow(page, () => list.getByRole("link", { name: /UTC$/ }).first().click());
        expect(new URL(page.url()).pathname).toMatch(/^\/runs\/[0-9a-f-]{36}$/);
        expect(await page.getByRole("main").innerText()).toContain("timed out");
      },
      { javaScriptEnabled: false },
    );
    await look(address, "status-day", "failing requests", "timed out");
    const odd = await fetch(`${dashboard.url}/status?day=2026-11-01`, { redirect: "manual" });
    expect([odd.status, odd.headers.get("Location")]).toEqual([302, "/status"]);
    expect((await fetch(`${dashboard.url}/status?provider=groq&day=1970-01-01`)).status).toBe(200);
  });

  test("prices are sorted by the address alone, both ways, with speeds beside them", async () => {
    const column = async (address: string, name: string) => {
      const html = await (await fetch(dashboard.url + address)).text();
      return [...html.matchAll(new RegExp(`data-column="${name}".*?<span[^>]*>([^<]*)</span>`, "g"))].map(
        ([, text]) => text ?? "",
      );
    };
    const numbers = (texts: readonly string[]) =>
      texts.filter((text) => /\d/.test(text)).map((text) => Number(text.replace(/[^\d.]/g, "")));
    for (const [sort, name, down] of [
      ["ttft", "ttft", false],
      ["tps", "tps", true],
      ["input", "input", false],
      ["output", "output", false],
    ] as const) {
      const best = numbers(await column(`/prices?sort=${sort}`, name));
      expect(best.length, sort).toBeGreaterThan(2);
      expect(best, sort).toEqual(best.toSorted((a, b) => (down ? b - a : a - b)));
      const worst = await column(`/prices?sort=${sort}&dir=worst`, name);
      expect(numbers(worst), sort).toEqual(best.toReversed());
      // What is not known comes last either way.
      const unknown = worst.findIndex((text) => !/\d/.test(text));
      expect(unknown === -1 || worst.slice(unknown).every((text) => !/\d/.test(text)), sort).toBe(true);
    }
    const locked = await (await fetch(`${lockedDashboard.url}/prices?sort=ttft`)).text();
    const byName = await (await fetch(`${lockedDashboard.url}/prices?sort=name`)).text();
    const names = (html: string) => html.match(/href="\/models\/[^"?]+"/g);
    expect(names(locked)).toEqual(names(byName));
  });

  test("nothing that is locked leaves the Worker", async () => {
    for (const path of [`/runs/${told.id}`, `/runs/${told.id}.data`]) {
      const body = await (await fetch(lockedDashboard.url + path)).text();
      expect(body, path).toContain(answered.id);
      expect(body, path).not.toMatch(/431\.5|432 ms|0\.000777|Arrivals over time|"steps"/);
    }
    for (const path of ["/status", "/status.data"]) {
      const body = await (await fetch(lockedDashboard.url + path)).text();
      expect(body, path).not.toMatch(/\d% of|\d% of \d|gggg|----/);
    }
    expect(await textAt("/prices", lockedDashboard)).toContain("Upgrade to Pro");
  });

  test("methodology is the document, with headings that can be linked to and tables that can be read", async () => {
    await visit(`${dashboard.url}/methodology#how-a-request-ends`, async ({ page }) => {
      expect(await page.locator("h2#how-a-request-ends").innerText()).toBe("How a request ends");
      const table = page.getByRole("region", { name: /How a request ends/ }).first();
      expect(await table.getByRole("columnheader").allInnerTexts()).toContain("whose");
      expect(await table.getByRole("rowheader").count()).toBeGreaterThan(10);
      await page
        .getByRole("navigation", { name: "Contents" })
        .getByRole("link", { name: "Known errors" })
        .click();
      await page.waitForURL("**/methodology#known-errors");
    });
  });

  test("every page has its words and figures without JavaScript, and the keyboard reaches what explains them", async () => {
    for (const path of [...PAGES, `/runs/${told.id}`]) {
      await visit(
        dashboard.url + path,
        async ({ page }) => {
          expect((await page.getByRole("main").innerText()).length, path).toBeGreaterThan(300);
        },
        { javaScriptEnabled: false },
      );
    }
    await visit(`${dashboard.url}/prices`, async ({ page }) => {
      const hint = page.getByRole("columnheader").getByRole("button").first();
      await hint.focus();
      await page.getByText("Price of a million input tokens.").waitFor();
    });
  });
});
