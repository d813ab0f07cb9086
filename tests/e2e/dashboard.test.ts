import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Overview } from "../../app/data/overview.server.ts";
import { overviewSchema, parseOverview, toOverview } from "../../app/data/overview.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import {
  formatInteger,
  formatMs,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "../../app/lib/format.ts";
import { costOfThousand } from "../../app/lib/overview-figures.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import {
  expectFits,
  follow,
  keepPicture,
  layoutShift,
  liveChart,
  reload,
  useBrowser,
} from "./support/browser.ts";
import { history } from "./support/history.ts";
import { insert, result, run } from "./support/results.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 30, simulated: true });
  await insert(supabase.sql, runs, results);
});

async function overview(window: "24h" | "7d" = "24h"): Promise<Overview> {
  const reader = createReader(supabase.url, supabase.anonKey);
  const answer = await reader.call("dashboard_endpoints", { time_window: window });
  return toOverview(parseOverview(answer), new Set());
}

/** A page's text as a reader without a browser gets it: no scripts, no tags, React's marks between texts gone. */
async function textOf(path: string): Promise<string> {
  const html = await (await fetch(dashboard.url + path)).text();
  return html
    .replace(/<script[^>]*>.*?<\/script>/gs, "")
    .replace(/<!-- -->/g, "")
    .replace(/<[^>]+>/g, "\n")
    .replaceAll("&#x27;", "'");
}

const rows = (page: Page) => page.getByRole("table", { name: "All figures by endpoint" }).locator("tbody tr");

describe("the page as it is sent", () => {
  test("holds every figure of every endpoint with its unit", async () => {
    const text = await textOf("/");
    const { endpoints } = await overview();
    const measured = endpoints.filter((endpoint) => endpoint.attempts > 0);
    expect(measured).toHaveLength(7);
    for (const endpoint of measured) {
      for (const figure of [
        endpoint.model,
        `n ${formatInteger(endpoint.attempts)}`,
        formatShare(endpoint.success_rate),
        formatMs(endpoint.ttft?.p50),
        `p95 ${formatMs(endpoint.ttft?.p95)}`,
        formatTps(endpoint.tps?.p50),
        formatSeconds(endpoint.latency?.p50),
        formatMs(endpoint.stability?.latency_stddev),
        formatInteger(endpoint.value?.score),
        formatUsd(endpoint.cost?.per_million),
        formatUsd(costOfThousand(endpoint.price, [500, 200])),
      ]) {
        expect(figure).not.toContain("n/a");
        expect(text).toContain(figure);
      }
    }
  });

  test("says plainly that its figures are simulated", async () => {
    expect(await textOf("/")).toContain("Simulated data:");
  });

  test("says how long it may be kept, and keeps others from framing or scripting it", async () => {
    const { headers } = await fetch(`${dashboard.url}/`);
    expect(headers.get("Cache-Control")).toBe("public, max-age=5");
    const refreshed = await fetch(`${dashboard.url}/_root.data`);
    expect(refreshed.headers.get("Cache-Control")).toBe("public, max-age=5");
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-inline");
    expect(headers.get("Strict-Transport-Security")).toMatch(/max-age=\d{8}/);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("strict-origin-when-cross-origin");
    expect(headers.get("Permissions-Policy")).toContain("camera=()");
  });

  test("answers a static file with the security headers of a page, and with a policy that lets it load nothing", async () => {
    const page = await fetch(`${dashboard.url}/`);
    const asset = /\/assets\/[^"]+\.js/.exec(await page.text())?.[0] ?? "no asset";
    for (const path of [asset, "/logos/openai.svg", "/favicon.ico", "/favicon.svg"]) {
      const { status, headers } = await fetch(dashboard.url + path);
      expect(status, path).toBe(200);
      for (const name of [
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Permissions-Policy",
        "Cross-Origin-Opener-Policy",
      ]) {
        expect(headers.get(name), `${name} of ${path}`).toBe(page.headers.get(name));
      }
      expect(headers.get("Content-Security-Policy"), path).toBe(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
    }
    // Nor does the page carry the files' policy besides its own.
    expect(page.headers.get("Content-Security-Policy")).toContain("script-src 'self' 'nonce-");
    expect(page.headers.get("Content-Security-Policy")?.match(/default-src/g)).toHaveLength(1);
  });

  test("gives each response a nonce of its own", async () => {
    const nonce = async () =>
      /'nonce-([^']+)'/.exec(
        (await fetch(`${dashboard.url}/`)).headers.get("Content-Security-Policy") ?? "",
      )?.[1];
    const [first, second] = [await nonce(), await nonce()];
    expect(first).toMatch(/^.{20,}$/);
    expect(first).not.toBe(second);
  });

  test("is kept for ever where its name holds its content's hash, and not at all where it failed", async () => {
    const html = await (await fetch(`${dashboard.url}/`)).text();
    const asset = /\/assets\/[^"]+\.js/.exec(html)?.[0] ?? "";
    expect((await fetch(dashboard.url + asset)).headers.get("Cache-Control")).toBe(
      "public, max-age=31536000, immutable",
    );
    const missing = await fetch(`${dashboard.url}/nowhere`);
    expect(missing.status).toBe(404);
    expect(missing.headers.get("Cache-Control")).toBe("no-store");
    expect(await missing.text()).toContain("Page not found");
    expect((await fetch(dashboard.url, { method: "POST" })).status).toBe(405);
  });

  test.each([
    ["/?type=all&window=24h", "/"],
    ["/?window=7d&utm_source=x", "/?window=7d"],
    ["/?type=proxy&window=7d", "/?window=7d&type=proxy"],
    ["/?window=forever", "/"],
  ])("has one address: %s leads to %s", async (path, canonical) => {
    const response = await fetch(dashboard.url + path, { redirect: "manual" });
    expect([response.status, response.headers.get("Location")]).toEqual([302, canonical]);
  });

  test("holds no key and no address of the database, nor does any file for the browser", async () => {
    const client = fileURLToPath(new URL("../../build/client/", import.meta.url));
    const files = readdirSync(client, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(js|css|html|json|svg|txt|map)$/.test(name))
      .map((name) => readFileSync(client + name, "utf8"));
    expect(files.length).toBeGreaterThan(10);
    const pages = await Promise.all(
      ["/", "/nowhere", "/_root.data"].map(async (path) => (await fetch(dashboard.url + path)).text()),
    );
    const { anon, serviceRole } = supabase.legacyKeys;
    for (const text of [...files, ...pages]) {
      for (const secret of [
        supabase.anonKey,
        supabase.serviceRoleKey,
        anon,
        serviceRole,
        supabase.url,
        "createClient",
      ]) {
        expect(text.includes(secret)).toBe(false);
      }
    }
  });
});

describe("without JavaScript", () => {
  const noScript = { javaScriptEnabled: false };

  test("the chart, the lights and the table are there, and filters are links that work", async () => {
    await visit(
      dashboard.url,
      async ({ page }) => {
        expect(await page.locator("figure svg rect").count()).toBeGreaterThanOrEqual(7);
        expect(await page.locator("[data-light]").count()).toBe(5);
        expect(await rows(page).count()).toBe(7);
        await follow(page, () => page.getByRole("link", { name: "proxy" }).click());
        expect(new URL(page.url()).search).toBe("?type=proxy");
        expect(await rows(page).count()).toBe(2);
        await follow(page, () => page.getByRole("link", { name: "7d" }).click());
        expect(new URL(page.url()).search).toBe("?window=7d&type=proxy");
        await keepPicture(page, "overview-no-script");
      },
      noScript,
    );
  });
});

describe("in a browser", () => {
  test("fits every window, and axe finds nothing", async () => {
    await visit(dashboard.url, ({ page }) => expectFits(page, "overview"));
  });

  describe("on a phone", () => {
    const phone = { viewport: { width: 390, height: 844 } };
    const panels = (page: Page) =>
      page.locator("main section.panel").evaluateAll((elements) =>
        elements.map((element) => ({
          inAStep: (element as HTMLElement).style.contentVisibility === "visible",
          drawn: element.firstElementChild?.checkVisibility({ contentVisibilityAuto: true }),
        })),
      );

    test.each([
      ["the overview", "/"],
      ["a model's page", "/models/openai/gpt-4o-mini"],
    ])(
      "%s is drawn panel by panel, all of it before scripts take it over, and nothing moves",
      async (_, path) => {
        await visit(
          dashboard.url + path,
          async ({ page }) => {
            const seen = await panels(page);
            expect(seen.filter(({ inAStep }) => inAStep).length).toBeGreaterThan(2);
            expect(seen.every(({ drawn }) => drawn)).toBe(true);
            expect(await layoutShift(page)).toBeLessThanOrEqual(0.01);
          },
          phone,
        );
      },
    );

    test("who comes back is where they were, with all drawn at once", async () => {
      await visit(
        dashboard.url,
        async ({ page }) => {
          await page.evaluate(() => window.scrollTo(0, 1_500));
          await reload(page);
          // To a few pixels: a font that came too late for the first visit is there for the second.
          expect(Math.abs((await page.evaluate(() => window.scrollY)) - 1_500)).toBeLessThan(10);
          expect((await panels(page)).some(({ inAStep }) => inAStep)).toBe(false);
        },
        phone,
      );
    });
  });

  test("Chart.js takes the drawing's place without moving anything, and answers the pointer", async () => {
    await visit(dashboard.url, async ({ page }) => {
      const chart = await liveChart(page);
      await page.getByRole("heading", { name: "Time to first token" }).scrollIntoViewIfNeeded();
      await chart.waitFor();
      expect(await layoutShift(page)).toBeLessThanOrEqual(0.01);
      const tooltip = page.locator(".chart-tooltip");
      const pointAt = () => chart.locator("canvas").hover({ position: { x: 40, y: 24 } });
      await pointAt();
      expect(await tooltip.innerText()).toContain("p50");
      // Above the labels, in the page's font, and gone with the next scroll.
      const top = await tooltip.evaluate((element) => {
        const { left, top } = element.getBoundingClientRect();
        element.style.pointerEvents = "auto";
        const seen = document.elementFromPoint(left + 5, top + 5);
        return [element.contains(seen), getComputedStyle(element).fontFamily.includes("Inter")];
      });
      expect(top).toEqual([true, true]);
      await keepPicture(page, "overview-tooltip");
      await page.mouse.wheel(0, 30);
      await tooltip.waitFor({ state: "detached" });
      // Where the window ends below the point, it stands above it.
      await page.setViewportSize({ width: 1440, height: 500 });
      await chart.evaluate((element) =>
        window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - innerHeight + 40),
      );
      await pointAt();
      const box = await tooltip.boundingBox();
      expect((box?.y ?? Number.NaN) + (box?.height ?? 0)).toBeLessThanOrEqual(500);
    });
  });

  test("the filter and the window change figures and address, and Back takes them back", async () => {
    await visit(dashboard.url, async ({ page }) => {
      await page.getByRole("link", { name: "proxy" }).click();
      await page.waitForURL("**/?type=proxy");
      await expect.poll(() => rows(page).count()).toBe(2);
      expect(await page.getByRole("link", { name: "proxy" }).getAttribute("aria-current")).toBe("true");
      await page.getByRole("link", { name: "7d" }).click();
      await page.waitForURL("**/?window=7d&type=proxy");
      const { endpoints } = await overview("7d");
      const proxy = endpoints.find((endpoint) => endpoint.model === "openai/gpt-4o-mini");
      await expect
        .poll(() => rows(page).filter({ hasText: "openai/gpt-4o-mini" }).textContent())
        .toContain(`n ${formatInteger(proxy?.attempts)}`);
      await page.goBack();
      await page.goBack();
      await expect.poll(() => rows(page).count()).toBe(7);
    });
  });

  test("a provider that was chosen before the scripts came is kept", async () => {
    await visit("about:blank", async ({ page }) => {
      let send = () => {};
      const sent = new Promise<void>((resolve) => {
        send = resolve;
      });
      await page.route("**/assets/entry.client-*.js", async (route) => {
        await sent;
        await route.continue();
      });
      await page.goto(dashboard.url, { waitUntil: "commit" });
      await page.getByLabel("Provider", { exact: true }).selectOption("groq");
      expect(await rows(page).count()).toBe(7);
      send();
      await page.waitForURL("**/?provider=groq");
      await expect.poll(() => rows(page).count()).toBe(2);
    });
  });

  test("Back leads to the place on the page and the choice that one came from, Forward too", async () => {
    await visit(`${dashboard.url}/?type=direct&sort=tps`, async ({ page }) => {
      const place = () => page.evaluate(() => Math.round(window.scrollY));
      await page.evaluate(() => window.scrollTo(0, 300));
      const link = rows(page).nth(4).locator("a.model");
      await link.hover();
      const left = await place();
      expect(left).toBeGreaterThan(100);
      await link.click();
      await expect.poll(() => page.title()).toContain("how fast is it");
      await expect.poll(place).toBe(0);
      await page.evaluate(() => window.scrollTo(0, 500));
      await page.goBack();
      await expect.poll(place).toBe(left);
      expect(new URL(page.url()).search).toBe("?type=direct&sort=tps");
      expect(await rows(page).count()).toBe(5);
      await page.goForward();
      await expect.poll(place).toBe(500);
    });
  });

  test("a heading sorts the table by its figure, best first", async () => {
    await visit(dashboard.url, async ({ page }) => {
      await page.getByRole("link", { name: "TPS", exact: true }).click();
      await page.waitForURL("**/?sort=tps");
      const { endpoints } = await overview();
      const best = [...endpoints].sort((a, b) => (b.tps?.p50 ?? 0) - (a.tps?.p50 ?? 0))[0];
      await expect.poll(() => rows(page).first().innerText()).toContain(formatTps(best?.tps?.p50));
      expect(await page.locator("th[aria-sort]").innerText()).toContain("TPS");
    });
  });

  test("new results appear after a minute, and scroll and focus stay where they were", async () => {
    await visit(`${dashboard.url}/?type=direct`, async ({ page }) => {
      await page.clock.install();
      await reload(page);
      await page.setViewportSize({ width: 1440, height: 500 });
      const light = rows(page).last().getByRole("link").first();
      await light.focus();
      const top = await page.evaluate(() => window.scrollY);
      expect(top).toBeGreaterThan(100);
      const model = rows(page).filter({ hasText: "gpt-4o-mini" });
      const shown = Number(/n (\d+)/.exec((await model.textContent()) ?? "")?.[1]);
      const one = run({ location: "local" });
      await insert(supabase.sql, [one], [result({ run_id: one.id, simulated: true, location: "local" })]);
      await page.clock.fastForward(61_000);
      // One run came in; another may have left the window in the meantime.
      await expect
        .poll(async () => Number(/n (\d+)/.exec((await model.textContent()) ?? "")?.[1]))
        .toBe(shown + 1);
      expect(await page.evaluate(() => window.scrollY)).toBe(top);
      expect(await light.evaluate((element) => element === document.activeElement)).toBe(true);
    });
  });

  test("nothing is read while the tab is hidden, and at once when it is looked at again", async () => {
    await visit(dashboard.url, async ({ page }) => {
      await page.clock.install();
      await page.addInitScript(() =>
        Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" }),
      );
      await reload(page);
      let reads = 0;
      page.on("request", (request) => {
        if (request.url().includes(".data")) reads += 1;
      });
      await page.clock.runFor(200_000);
      await page.waitForTimeout(300);
      expect(reads).toBe(0);
      await page.evaluate(() => {
        Object.defineProperty(document, "visibilityState", { get: () => "visible" });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await expect.poll(() => reads).toBe(1);
    });
  });

  test("the keyboard opens an explanation, and Escape closes it", async () => {
    await visit(dashboard.url, async ({ page }) => {
      const heading = page.getByRole("columnheader", { name: /^TTFT/ });
      await heading.getByRole("button").focus();
      const tooltip = heading.getByRole("tooltip");
      await tooltip.waitFor();
      expect(await tooltip.innerText()).toContain("Time to first token: from sending the request");
      await page.keyboard.press("Escape");
      await tooltip.waitFor({ state: "hidden" });
    });
  });

  test("nothing moves for a reader who asked for less motion", async () => {
    await visit(
      dashboard.url,
      async ({ page }) => {
        expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
      },
      { reducedMotion: "reduce" },
    );
  });
});

test("the schema the pages read by is the one the function answers with", async () => {
  const { data } = await supabase.anon.rpc("dashboard_endpoints");
  expect(overviewSchema.safeParse(data).error).toBeUndefined();
});
