import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import {
  expectFits,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { fleet, measureFleet, TROUBLE } from "./support/fleet.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();

const SCREENS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const rows = (page: Page) =>
  page.getByRole("table", { name: "All figures by endpoint" }).locator("tbody tr[data-state]");
const bottomOf = async (selector: ReturnType<typeof rows>) => {
  const box = await selector.boundingBox();
  return (box?.y ?? Number.NaN) + (box?.height ?? Number.NaN);
};

describe.each([7, 34, 300])("with %i endpoints", (count) => {
  beforeAll(() => measureFleet(supabase.sql, fleet(count), { trouble: count > 12, hours: 26 }));

  test.each(SCREENS)("the table begins on the first screen of $width x $height", async (viewport) => {
    await visit(
      dashboard.url,
      async ({ page }) => {
        await expectNoSidewaysScroll(page);
        await keepPicture(page, `first-screen-${count}-${viewport.width}`);
        expect(await bottomOf(rows(page).first())).toBeLessThanOrEqual(viewport.height);
        if (viewport.width === 390 && count === 34) {
          expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(6_000);
        }
      },
      { viewport },
    );
  });

  test("the page is at most 300 kB", async () => {
    const html = await (await fetch(dashboard.url)).text();
    expect(html.length).toBeLessThanOrEqual(300_000);
  });
});

describe("with an outage, a slow provider and one that lost 28 % of its speed among 34 endpoints of 12", () => {
  beforeAll(() => measureFleet(supabase.sql, fleet(34), { trouble: true }));

  const state = (page: Page) => page.getByRole("list", { name: "State of all endpoints" });

  test.each(SCREENS)("they are named without scrolling at $width x $height", async (viewport) => {
    await visit(
      dashboard.url,
      async ({ page }) => {
        expect(await bottomOf(state(page))).toBeLessThan(viewport.height);
        const words = await state(page).innerText();
        expect(words).toMatch(new RegExp(`Down: ${TROUBLE.down} .*since \\d`));
        expect(words).toMatch(
          new RegExp(`Slow: ${TROUBLE.slow} all 3 endpoints, up to [\\d.]+× their usual TTFT, since`),
        );
        expect(words).toMatch(new RegExp(`Slow: ${TROUBLE.weak} `));
      },
      { viewport },
    );
  });

  // Who is on call.
  test.each([
    [/Down:/, "server_error"],
    [new RegExp(`Slow: ${TROUBLE.slow}`), "success"],
  ] as const)("two clicks lead from %s to the requests that showed it", async (link, outcome) => {
    await visit(dashboard.url, async ({ page }) => {
      await state(page).getByRole("link", { name: link }).click();
      const shown = page.getByRole("row").filter({ hasText: "evidence" });
      await shown.first().waitFor();
      expect(await shown.count()).toBeGreaterThan(1);
      await shown.first().getByRole("link").click();
      await page.waitForURL("**/api/v1/results?id=**");
      const { data } = JSON.parse(await page.locator("body").innerText()) as {
        data: readonly { error_kind: string | null; ttft_ms: number | null }[];
      };
      expect(data.map(({ error_kind }) => error_kind ?? "success")).toEqual([outcome]);
    });
  });

  // Who chooses a provider.
  test("three clicks lead to three providers of one model side by side, at an address that shows the same", async () => {
    await visit(dashboard.url, async ({ page }) => {
      await page.getByRole("link", { name: "by model" }).click();
      await page.locator(".group-row").getByRole("link", { name: "gpt-oss-20b" }).click();
      await page.getByRole("link", { name: "Compare the first 3" }).click();
      await page.waitForURL("**/compare?**");
      const headline = async (opened: Page) => {
        await opened.getByRole("heading", { level: 1, name: / vs .+ vs / }).waitFor();
        const table = opened.getByRole("main").getByRole("table").first();
        return [await opened.title(), await table.locator("thead").innerText()];
      };
      const seen = await headline(page);
      expect(new URL(page.url()).searchParams.getAll("with")).toHaveLength(3);
      await visit(page.url(), async ({ page: another }) => expect(await headline(another)).toEqual(seen));
    });
  });

  // Who wants to share.
  test("the page names an image of itself", async () => {
    const html = await (await fetch(`${dashboard.url}/?by=model`)).text();
    const image = /<meta property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? "";
    const answer = await fetch(new URL(new URL(image).pathname + new URL(image).search, dashboard.url));
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "image/png"]);
    const header = new DataView(await answer.arrayBuffer());
    // Width and height stand first in a PNG's header.
    expect([header.getUint32(16), header.getUint32(20)]).toEqual([1200, 630]);
  });

  test("it fits every window, and axe finds nothing", async () => {
    await visit(dashboard.url, ({ page }) => expectFits(page, "overview-34", [1920, ...WIDTHS]));
  });

  test("it is sorted, worst first, filtered, limited and grouped by its address alone", async () => {
    const names = async (page: Page) => rows(page).locator("th").allInnerTexts();
    await visit(
      `${dashboard.url}/?sort=state`,
      async ({ page }) => {
        expect((await names(page))[0]).toContain(TROUBLE.down);
        await follow(page, () => page.getByRole("columnheader", { name: /^TPS/ }).getByRole("link").click());
        const best = await names(page);
        expect(new URL(page.url()).search).toBe("?sort=tps");
        await follow(page, () => page.getByRole("columnheader", { name: /^TPS/ }).getByRole("link").click());
        expect(new URL(page.url()).search).toBe("?sort=tps&order=worst");
        expect((await names(page))[0]).toBe(best.at(-1));
        await page.goto(`${dashboard.url}/?by=model`);
        expect(await page.locator(".group-row").count()).toBe(3);
        expect(await page.locator(".group-row").first().innerText()).toMatch(/1[0-2] providers/);
        await page.getByLabel("Limits").fill("ttft <= 400, success >= 99");
        await follow(page, () => page.getByRole("button", { name: "Apply" }).click());
        expect(new URL(page.url()).searchParams.get("limits")).toBe("ttft<=400,success>=99");
        const ms = (await rows(page).locator("[data-metric=ttft]").allInnerTexts()).map((text) =>
          Number.parseInt(text, 10),
        );
        expect(ms.length).toBeGreaterThan(0);
        expect(Math.max(...ms)).toBeLessThanOrEqual(400);
        await page.goto(dashboard.url);
        await page.getByRole("combobox", { name: "Model" }).fill("gpt-oss-20b");
        await follow(page, () => page.getByRole("button", { name: "Apply" }).click());
        expect(await rows(page).count()).toBe(12);
        for (const index of [0, 1, 2]) await rows(page).nth(index).getByRole("checkbox").check();
        const asked = page.waitForRequest("**/compare?**");
        await page.getByRole("button", { name: "Compare selected" }).click();
        expect(new URL((await asked).url()).searchParams.getAll("with")).toHaveLength(3);
      },
      { javaScriptEnabled: false },
    );
  });
});
