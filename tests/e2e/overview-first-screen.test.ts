import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  useBrowser,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { fleet, measureFleet, TROUBLE } from "./support/fleet.ts";

// biome-ignore-start lint/correctness/useHookAtTopLevel: they have nothing to do with React
const supabase = useSupabase();
const visit = useBrowser();
// biome-ignore-end lint/correctness/useHookAtTopLevel: see above
let dashboard: DashboardServer;

beforeAll(async () => {
  dashboard = await startDashboard({ SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey });
});
afterAll(() => dashboard?.stop());

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

describe("with one provider down and one slow among 34 endpoints", () => {
  beforeAll(() => measureFleet(supabase.sql, fleet(34), { trouble: true }));

  test.each(SCREENS)(
    "both are named without scrolling at $width x $height, and lead to their evidence",
    async (viewport) => {
      await visit(
        dashboard.url,
        async ({ page }) => {
          const state = page.getByRole("list", { name: "State of all endpoints" });
          expect(await bottomOf(state)).toBeLessThan(viewport.height);
          const words = await state.innerText();
          expect(words).toMatch(new RegExp(`Down: ${TROUBLE.down} .*since \\d`));
          expect(words).toMatch(
            new RegExp(`Slow: ${TROUBLE.slow} all 3 endpoints, up to [\\d.]+× their usual TTFT, since`),
          );
          await state.getByRole("link", { name: /Slow:/ }).click();
          await page.waitForURL("**/incidents/*");
        },
        { viewport },
      );
    },
  );

  test.each([390, 768, 1440, 1920])(
    "it fits a window %i pixels wide, and axe finds nothing",
    async (width) => {
      await visit(
        dashboard.url,
        async ({ page }) => {
          await expectNoSidewaysScroll(page);
          await expectAccessible(page);
          await keepPicture(page, `overview-34-${width}`);
        },
        { viewport: { width, height: 900 } },
      );
    },
  );

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
