import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { getChromium, HOW_TO_GET_CHROMIUM } from "./chromium.ts";

const artifacts = fileURLToPath(new URL("../../.artifacts/", import.meta.url));

/** Not what @axe-core/playwright sends to a page: that is axe unminified, for a third of a second of CPU a page. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Desktop, tablet, phone. A page is opened at the first, so that a walk through them lays it out twice more, not three times. */
export const WIDTHS = [1440, 768, 390] as const;

export interface Visit {
  readonly page: Page;
  /** What the console and uncaught errors said; empty is what it should be. */
  readonly complaints: string[];
}

/** Opens a page in a fresh profile, runs the steps and closes it; complaints in the console fail the test. */
export type Visitor = (
  url: string,
  steps: (visit: Visit) => Promise<void>,
  options?: BrowserContextOptions,
) => Promise<void>;

const OVERTAKEN = "AbortError: signal is aborted without reason";

/**
 * A real browser for a test file. Where none can be had, each test is reported as not run, with the way to
 * get one; with CI=true that is a failure.
 */
export function useBrowser(): Visitor {
  let browser: Browser | null = null;
  beforeAll(async () => {
    const executablePath = await getChromium();
    if (executablePath === null) {
      if (process.env.CI === "true") throw new Error(HOW_TO_GET_CHROMIUM);
      console.warn(`Browser tests are not run. ${HOW_TO_GET_CHROMIUM}`);
      return;
    }
    // Chromium refuses its sandbox to root.
    const unsandboxed = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    // One process for all pages of a file, one after the other, which then has what each needs compiled already.
    const args = [...unsandboxed, "--renderer-process-limit=1"];
    browser = await chromium.launch({ executablePath, args });
  });
  beforeEach((context) => {
    if (browser === null) context.skip(HOW_TO_GET_CHROMIUM);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (url, steps, options = {}) => {
    if (browser === null) throw new Error(HOW_TO_GET_CHROMIUM);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      const response = await page.goto(url);
      if (options.javaScriptEnabled !== false) await ready(page);
      const status = response?.status() ?? 0;
      await steps({ page, complaints });
      // The browser itself writes a line for a document that is an error page, and the router one for a fetch
      // that the next navigation overtook (https://github.com/remix-run/react-router/issues/14203).
      const own = complaints.filter(
        (text) =>
          !(status >= 400 && text.startsWith("Failed to load resource")) && !text.startsWith(OVERTAKEN),
      );
      expect(own).toEqual([]);
    } finally {
      await context.close();
    }
  };
}

/** Opens the page's address again, as a reader does who presses F5. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await ready(page);
}

/**
 * Follows a link or sends a form where no script takes that over, until the next document is whole: what only
 * reads a page, and does not wait for it, would else find the half of it that has come so far.
 */
export async function follow(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent("load"), act()]);
}

/** Until React has taken the page over (its props are on the elements then), or nothing is under way that could. */
async function ready(page: Page): Promise<void> {
  await Promise.race([
    page.waitForFunction(
      () => Object.keys(document.documentElement).some((key) => key.startsWith("__reactProps")),
      undefined,
      { polling: 25 },
    ),
    page.waitForLoadState("networkidle"),
  ]);
}

/** Keeps a picture of the whole page under tests/.artifacts, where PICTURES=1 asks for it. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (process.env.PICTURES !== "1") return;
  mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: `${artifacts}${name}.png`, fullPage: true });
}

/** How much has moved since the page was opened, by itself: Cumulative Layout Shift, without its windows of time. */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 500);
      }),
  );
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, view, widest } = await page.evaluate(() => {
    const { scrollWidth: content, clientWidth: view } = document.documentElement;
    const beyond = [...document.querySelectorAll("main *")].filter(
      (element) => element.getBoundingClientRect().right > view,
    );
    return { content, view, widest: beyond.at(-1)?.outerHTML.slice(0, 200) };
  });
  expect(content, `the page is wider than the window: ${widest}`).toBeLessThanOrEqual(view);
}

/** axe with all its rules but the experimental ones, and with the one on targets that are too small to hit. */
export async function expectAccessible(page: Page): Promise<void> {
  await finishAnimations(page);
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const found = await window.axe.run(document, {
      rules: { "target-size": { enabled: true } },
      resultTypes: ["violations"],
    });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
  expect(violations).toEqual([]);
}

/**
 * The page fits windows of these widths, and axe finds nothing in any: in one visit, since axe takes a third of the time
 * where it has looked before.
 * @param name of the pictures
 */
export async function expectFits(
  page: Page,
  name: string,
  widths: readonly number[] = WIDTHS,
): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await keepPicture(page, `${name}-${width}`);
  }
}

/** Waits until nothing moves, twice: a colour halfway through a fade has a contrast of its own. */
async function finishAnimations(page: Page): Promise<void> {
  const finishRunning = () =>
    page.evaluate(async () => {
      const running = document
        .getAnimations()
        .filter(
          ({ effect, playState }) =>
            playState === "running" && Number.isFinite(effect?.getComputedTiming().endTime),
        );
      await Promise.allSettled(running.map(({ finished }) => finished));
      return running.length;
    });
  for (let still = 0; still < 2; still = (await finishRunning()) === 0 ? still + 1 : 0) {
    // What has just been drawn begins to fade with its next frame, which is not asked for: tests stop the page's clock.
    await page.waitForTimeout(20);
  }
}

/** The page's first chart, once Chart.js has taken the drawing's place. */
export async function liveChart(page: Page): Promise<Locator> {
  await bringToLife(page);
  const chart = page.locator("[data-chart]").first();
  await expect.poll(() => chart.getAttribute("data-chart")).toBe("live");
  return chart;
}

/** Shows all of the page once, so that what comes to life when it comes near is what it will be. */
export async function bringToLife(page: Page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let top = 0; top < height; top += 400) {
    await page.evaluate((to) => {
      window.scrollTo(0, to);
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }, top);
  }
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => window.scrollTo(0, 0));
}
