import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import { expectAccessible, keepPicture, liveChart, reload, useBrowser } from "./support/browser.ts";
import { history } from "./support/history.ts";
import { insert } from "./support/results.ts";

/* A tab that stays open while the network, the clock or the deployment change under it. */

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();
const ENDPOINT = "/models/groq/openai/gpt-oss-20b";

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 30, simulated: true });
  await insert(supabase.sql, runs, results);
});

/** What the browser itself and Remix say of fetches that these tests make fail. */
function forget(complaints: string[]): void {
  const other = complaints.filter(
    (text) => !/Failed to load resource|route module|TypeError|NoAnswer/.test(text),
  );
  complaints.splice(0, complaints.length, ...other);
}

const statusLink = (page: Page) => page.getByRole("link", { name: "Status", exact: true });
/** Until the page is there: only it, and no error page at its address, has its title. */
const statusShown = (page: Page) => page.waitForFunction(() => /providers are up/.test(document.title));
/** How many documents were asked for from now on. */
function countDocuments(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => {
    if (request.resourceType() === "document") count += 1;
  });
  return () => count;
}

describe("a fetch that gets no answer", () => {
  test("of a refresh is given up after 20 seconds: the page says so, and asks again a minute later", async () => {
    await visit(`${dashboard.url}/status`, async ({ page }) => {
      await page.clock.install();
      await reload(page);
      await page.route("**/*.data*", () => {});
      await page.clock.runFor(61_000);
      const words = page.getByText(/^Updating has failed since/);
      expect(await words.count()).toBe(0);
      await page.clock.runFor(20_000);
      await words.waitFor();
      await page.unroute("**/*.data*");
      // A moment after the next refresh: the fake clock must not run its 20 seconds out.
      await page.clock.runFor(40_000);
      await words.waitFor({ state: "detached" });
    });
  });

  test("of a link is given up after 20 seconds, and the error page tries again", async () => {
    await visit(`${dashboard.url}/methodology`, async ({ page }) => {
      await page.clock.install();
      await reload(page);
      await page.route("**/*.data*", () => {});
      const asked = page.waitForRequest("**/*.data*");
      await statusLink(page).click();
      await asked;
      await page.clock.runFor(21_000);
      await page.getByRole("heading", { name: "No answer from the server" }).waitFor();
      await expectAccessible(page);
      await page.unroute("**/*.data*");
      await page.clock.runFor(6_000);
      await statusShown(page);
    });
  });
});

describe("after a deployment", () => {
  async function serveOtherBuild(page: Page): Promise<void> {
    await page.route("**/*.data*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), "x-build-id": "another" } });
    });
  }

  test("a link loads its page as a document, once: no circle where that changes nothing", async () => {
    await visit(`${dashboard.url}/methodology`, async ({ page }) => {
      await serveOtherBuild(page);
      const documents = countDocuments(page);
      await statusLink(page).click();
      await statusShown(page);
      await expect.poll(documents).toBe(1);
      await reload(page);
      await page.getByRole("link", { name: "Runs", exact: true }).click();
      await page.waitForURL("**/runs");
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(documents()).toBe(2);
    });
  });

  test("an open page loads itself when its refresh comes from another build", async () => {
    await visit(`${dashboard.url}/status`, async ({ page }) => {
      await page.clock.install();
      await reload(page);
      await serveOtherBuild(page);
      const documents = countDocuments(page);
      await page.clock.runFor(61_000);
      await expect.poll(documents).toBe(1);
    });
  });

  test("a link whose code is gone loads the page that was clicked", async () => {
    await visit(`${dashboard.url}/methodology`, async ({ page, complaints }) => {
      await page.route("**/assets/status-*.js", (route) => route.fulfill({ status: 404 }), { times: 1 });
      await statusLink(page).click();
      await statusShown(page);
      expect(new URL(page.url()).pathname).toBe("/status");
      forget(complaints);
    });
  });

  test("a part of a page whose code is gone leaves the rest of the page, and a way to load it", async () => {
    await visit(`${dashboard.url}/methodology`, async ({ page, complaints }) => {
      await page.route("**/assets/charts.late-*.js", (route) => route.fulfill({ status: 404 }), { times: 1 });
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
      await page.getByText("This part of the page could not be loaded.").waitFor();
      expect(await page.getByRole("table").first().isVisible()).toBe(true);
      await page.getByRole("link", { name: "Load the page again" }).click();
      await page.getByRole("heading", { name: "Time to first token" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/");
      forget(complaints);
    });
  });

  test("without a network too a click leads to our own words, and to the page once there is one", async () => {
    await visit(`${dashboard.url}/methodology`, async ({ page, complaints }) => {
      await page.clock.install();
      await reload(page);
      await page.context().setOffline(true);
      await statusLink(page).click();
      await page.getByRole("heading", { name: "No answer from the server" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/status");
      await page.clock.runFor(1_000);
      await page.context().setOffline(false);
      await page.clock.runFor(11_000);
      await statusShown(page);
      forget(complaints);
    });
  });
});

test("a clock that is set back does not end the refreshes", async () => {
  await visit(`${dashboard.url}/status`, async ({ page }) => {
    await page.clock.install();
    await reload(page);
    await page.clock.setSystemTime(Date.now() - 3_600_000);
    const asked = page.waitForRequest("**/*.data*");
    await page.clock.runFor(61_000);
    await asked;
  });
});

test("Escape closes an explanation that the pointer opened, until the pointer comes back", async () => {
  await visit(dashboard.url + ENDPOINT, async ({ page }) => {
    const hint = page.locator("main .hint").first();
    const words = hint.getByRole("tooltip");
    await hint.hover();
    await words.waitFor();
    await page.keyboard.press("Escape");
    await words.waitFor({ state: "hidden" });
    await page.mouse.move(0, 0);
    await hint.hover();
    await words.waitFor();
  });
});

test("a swipe over a chart leaves no tooltip behind; a tap opens one", async () => {
  await visit(
    dashboard.url + ENDPOINT,
    async ({ page }) => {
      const canvas = (await liveChart(page)).locator("canvas");
      const tooltip = page.locator(".chart-tooltip");
      const devtools = await page.context().newCDPSession(page);
      const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
        devtools.send("Input.dispatchTouchEvent", { type, touchPoints: points });
      // Playwright waits until the chart stands still, and says where it then is.
      await canvas.tap();
      await tooltip.waitFor();
      const box = await canvas.boundingBox();
      if (box === null) throw new Error("the chart has no place");
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await touch("touchStart", [{ x, y }]);
      await touch("touchMove", [{ x: x + 30, y }]);
      await touch("touchEnd", []);
      await tooltip.waitFor({ state: "detached" });
    },
    { hasTouch: true, viewport: { width: 390, height: 844 } },
  );
});

test("a pointer anywhere over a line tells of the median that is nearest in time", async () => {
  await visit(dashboard.url + ENDPOINT, async ({ page }) => {
    const canvas = (await liveChart(page)).locator("canvas");
    const { width = 0, height = 0 } = (await canvas.boundingBox()) ?? {};
    const told = [];
    for (const share of [0.1, 0.35, 0.6, 0.85]) {
      // At the bottom, where neither the line nor a single request is.
      await canvas.hover({ position: { x: width * share, y: height - 2 } });
      told.push(await page.locator(".chart-tooltip").innerText());
    }
    for (const text of told) expect(text).toMatch(/^1 h from .*\bp50 \d+ ms \(median\)/s);
    expect(new Set(told).size).toBe(4);
  });
});

test("a tooltip is forgotten with its chart", async () => {
  await visit(dashboard.url + ENDPOINT, async ({ page }) => {
    await (await liveChart(page)).locator("canvas").hover();
    await page.locator(".chart-tooltip").waitFor();
    // Without a scroll on the way, which would end it.
    await page
      .getByRole("link", { name: "Methodology" })
      .evaluate((link) => link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })));
    await page.waitForURL("**/methodology");
    await page.getByRole("heading", { level: 1, name: "What the numbers mean" }).waitFor();
    // What fails here stands in the console, which the visit looks at when it ends.
    await page.mouse.wheel(0, 300);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
  });
});

test("in forced colours what is chosen can be told from what is not", async () => {
  await visit(
    dashboard.url + ENDPOINT,
    async ({ page }) => {
      const outline = (chosen: boolean) =>
        page
          .getByRole("navigation", { name: "Time window" })
          .locator(chosen ? "a[aria-current]" : "a:not([aria-current])")
          .first()
          .evaluate((element) => getComputedStyle(element).outlineStyle);
      expect([await outline(true), await outline(false)]).toEqual(["solid", "none"]);
      await keepPicture(page, "endpoint-forced-colours");
    },
    { forcedColors: "active" },
  );
});

test("on paper a page is dark on white, without what is only for a screen", async () => {
  await visit(dashboard.url + ENDPOINT, async ({ page }) => {
    await page.emulateMedia({ media: "print" });
    const look = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.documentElement);
      const shown = (selector: string) => document.querySelector(selector)?.checkVisibility() ?? false;
      return { backgroundColor, color, nav: shown("header nav"), main: shown("main h1") };
    });
    expect(look).toEqual({
      backgroundColor: "rgb(255, 255, 255)",
      color: "rgb(17, 24, 39)",
      nav: false,
      main: true,
    });
    await keepPicture(page, "endpoint-print");
  });
});
