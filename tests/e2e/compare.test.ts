import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readComparison } from "../../app/data/compare.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { formatMs, formatSeconds, formatShare, formatTps, formatUsd } from "../../app/lib/format.ts";
import { COMPARISON_QUERY } from "../../app/lib/queries.ts";
import { useSupabase } from "../support/supabase.ts";
import {
  bringToLife,
  expectAccessible,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  layoutShift,
  useBrowser,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { history, PROFILES } from "./support/history.ts";
import { forgetResults, insert } from "./support/results.ts";

const supabase = useSupabase();
const visit = useBrowser();

const A = "openai/gpt-4o-mini";
const B = "openrouter/openai/gpt-4o-mini";
const PAIR = `/compare?with=${A}&with=${B}`;
/** The same model at three providers. */
const THREE = ["groq", "together", "openrouter"].map((provider) => `${provider}/openai/gpt-oss-20b`);
const TRIO = `/compare?${THREE.map((key) => `with=${key}`).join("&")}`;

const servers: DashboardServer[] = [];
let site = "";
beforeAll(async () => {
  site = await serve();
  const { runs, results } = history({ until: new Date(), hours: 24, simulated: false });
  await insert(supabase.sql, runs, results);
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

async function serve(bindings: Record<string, string> = {}): Promise<string> {
  const server = await startDashboard({
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    ...bindings,
  });
  servers.push(server);
  return server.url;
}

async function expected(keys: readonly string[] = [A, B]) {
  const query = { ...COMPARISON_QUERY.defaults, with: keys };
  const answer = await readComparison(createReader(supabase.url, supabase.anonKey), query, new Set());
  if (!answer.found) throw new Error("all are in the catalogue");
  return answer.comparison;
}

/** What a reader without a browser gets: no scripts, no tags. */
async function textOf(path: string): Promise<string> {
  const html = await (await fetch(site + path)).text();
  return html
    .replace(/<script[^>]*>.*?<\/script>/gs, "")
    .replace(/<!-- -->/g, "")
    .replace(/<[^>]+>/g, "\n")
    .replaceAll("&#x27;", "'");
}

const verdict = (page: Page) => page.getByRole("region", { name: "Verdict" });

describe("a comparison as it is sent", () => {
  test.each([
    ["two", [A, B]],
    ["three", THREE],
  ])("holds each figure of %s, each difference in words, and what was lost", async (_, keys) => {
    const text = await textOf(`/compare?${keys.map((key) => `with=${key}`).join("&")}`);
    const { endpoints, pairs, headline } = await expected(keys);
    expect(headline).not.toBeNull();
    expect(text).toContain(headline);
    for (const endpoint of endpoints) {
      for (const figure of [
        formatMs(endpoint.first?.p50),
        `p95 ${formatMs(endpoint.first?.p95)}`,
        formatMs(endpoint.recent?.value),
        formatSeconds(endpoint.latency?.p50),
        formatTps(endpoint.tps?.p50),
        formatUsd((endpoint.cost?.per_request ?? Number.NaN) * 1_000),
        formatShare(endpoint.success_rate),
      ]) {
        expect(figure).not.toContain("n/a");
        expect(text).toContain(figure);
      }
    }
    for (const { metrics, runs } of pairs) {
      expect(metrics).toHaveLength(4);
      for (const { title, text: words } of metrics) {
        expect(text).toContain(title);
        expect(words).toMatch(/ n \d+ pairs/);
        expect(text).toContain(words);
      }
      expect(runs).toMatch(/^\d+ runs in which both succeeded/);
      expect(text).toContain(runs);
    }
    expect(text).toContain("in the last 24 hours, measured from local".slice(3));
    expect(text).not.toContain("Simulated data:");
  });

  test("draws each interval and each line where they lie, within a page of its size", async () => {
    const html = await (await fetch(site + PAIR)).text();
    for (const metric of ["first", "latency", "tps", "cost"]) {
      expect(html).toMatch(new RegExp(`<svg[^>]*data-drawing="${metric}"`));
    }
    const { plots } = await expected();
    const points = Object.values(plots).flatMap((plot) => plot?.lines.flat(2) ?? []);
    expect(html.match(/<use /g)).toHaveLength(points.length);
    // The code to embed it, which a field holds, has a style of its own.
    expect(html.replace(/ value="[^"]*"/g, "")).not.toMatch(/<[a-z]+ [^>]*style=/);
    expect(html.length).toBeLessThan(120_000);
  });

  test.each([
    [`/compare?b=${B}&a=${A}`, PAIR],
    [`${PAIR}&window=24h`, PAIR],
    [`/compare?window=7d&with=${A}&with=${B}&utm=x&with=${A}`, `${PAIR}&window=7d`],
    ["/compare?with=&with=", "/compare"],
  ])("has one address: %s leads to %s", async (path, canonical) => {
    const response = await fetch(site + path, { redirect: "manual" });
    expect([response.status, response.headers.get("Location")]).toEqual([302, canonical]);
  });

  test("says how long it may be kept and how long the database took", async () => {
    const { headers, status } = await fetch(site + PAIR);
    expect(status).toBe(200);
    expect(headers.get("Cache-Control")).toBe("public, max-age=5");
    expect(headers.get("Server-Timing")).toMatch(/^loader;dur=\d+, .*compare_endpoints;dur=\d+/);
  });

  test("offers the same model at most providers first", async () => {
    const html = await (await fetch(`${site}/compare`)).text();
    const first = /href="(\/compare\?with=[^"]+)"/.exec(html.slice(html.indexOf("The same model at")))?.[1];
    expect(first?.replaceAll("&amp;", "&")).toBe(TRIO);
    expect(await textOf("/compare")).toContain("direct vs proxy");
  });
});

test("locked metrics are in neither the page nor its data", async () => {
  const url = await serve({ LOCKED_METRICS: "ttft,cost" });
  const comparison = await expected();
  const first = comparison.pairs[0]?.metrics.find(({ metric }) => metric === "first");
  for (const path of [PAIR, PAIR.replace("/compare", "/compare.data")]) {
    const text = await (await fetch(url + path)).text();
    // A figure such as "500 ms" may stand for something else here: tests/worker/locked.test.ts looks for those.
    for (const secret of [String(first?.estimate?.ratio), 'data-drawing="first"', "OpenAI starts"]) {
      expect(text.includes(secret), secret).toBe(false);
    }
    expect(text).toContain(path === PAIR ? "Upgrade to Pro" : "latency");
  }
  await visit(url + PAIR, async ({ page }) => {
    const words = await verdict(page).innerText();
    expect(words).not.toMatch(/starts|TTFT|cost/);
    await expectAccessible(page);
    await keepPicture(page, "compare-locked");
  });
});

test("without JavaScript endpoints are chosen, added and taken out, and windows changed", async () => {
  await visit(
    `${site}/compare`,
    async ({ page }) => {
      const chosen = () => new URL(page.url()).searchParams.getAll("with");
      await page.getByLabel("First endpoint").selectOption(A);
      await page.getByLabel("Second endpoint").selectOption(B);
      await follow(page, () => page.getByRole("button", { name: "Compare" }).click());
      expect(chosen()).toEqual([A, B]);
      expect(await verdict(page).innerText()).toContain("OpenAI starts");
      expect(await page.locator("svg[data-drawing]").count()).toBe(4);
      await follow(page, () => page.getByRole("link", { name: "7d" }).click());
      await page.getByLabel("Add an endpoint").selectOption(THREE[0] ?? "");
      await follow(page, () => page.getByRole("button", { name: "Add" }).click());
      expect(chosen()).toEqual([A, B, THREE[0]]);
      expect(new URL(page.url()).searchParams.get("window")).toBe("7d");
      expect(await verdict(page).innerText()).toContain("Groq leads");
      // The evidence of a pair opens without a script.
      await page.locator("summary", { hasText: " vs " }).first().click();
      await page.getByText("Compare only these two").first().waitFor();
      await follow(page, () => page.getByRole("link", { name: "Remove OpenAI gpt-4o-mini" }).click());
      expect(chosen()).toEqual([B, THREE[0]]);
      await keepPicture(page, "compare-no-script");
    },
    { javaScriptEnabled: false },
  );
});

test("with the keyboard alone a pair is chosen, and an explanation opens and closes", async () => {
  await visit(`${site}/compare`, async ({ page }) => {
    await page.getByLabel("First endpoint").focus();
    await page.keyboard.type("OpenAI gpt-4o");
    await page.keyboard.press("Tab");
    await page.getByLabel("Second endpoint").selectOption(B);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/compare?with=*&with=*");
    await verdict(page).waitFor();
    const hint = page.getByRole("columnheader", { name: "TTFT ms" }).getByRole("button");
    await hint.focus();
    const tooltip = page.getByRole("columnheader", { name: "TTFT ms" }).getByRole("tooltip");
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toContain("Unit: ms, lower is better.");
    await page.keyboard.press("Escape");
    await tooltip.waitFor({ state: "hidden" });
  });
});

test("three providers of one model are two clicks from the start, and Back undoes them", async () => {
  await visit(site, async ({ page }) => {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Compare" }).click();
    await page.getByRole("link", { name: /gpt-oss-20b.*Groq.*Together.*OpenRouter/s }).click();
    await page.waitForURL(`**${TRIO}`);
    const headline = await verdict(page).getByRole("heading").innerText();
    // The link shows the same to who gets it.
    expect(await textOf(TRIO)).toContain(headline);
    await page.goBack();
    await page.getByLabel("First endpoint").waitFor();
  });
});

test("pointing at a chart tells every endpoint's figure of that time", async () => {
  await visit(site + TRIO, async ({ page }) => {
    const figure = page.getByRole("region", { name: "Total latency" }).locator("figure");
    await bringToLife(page);
    await figure.scrollIntoViewIfNeeded();
    const box = await figure.boundingBox();
    if (box === null) throw new Error("the chart is there");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const tip = figure.locator("div[style]");
    await tip.waitFor();
    const text = await tip.innerText();
    for (const name of ["Groq", "Together", "OpenRouter"]) expect(text).toContain(name);
    expect(text).toMatch(/\d\.\d\d s/);
    await page.mouse.move(5, 5);
    await tip.waitFor({ state: "hidden" });
    // Dragging shows a span of all of them.
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=.+to=/);
    expect(new URL(page.url()).searchParams.getAll("with")).toHaveLength(3);
  });
});

test("nothing moves after first paint, nor for a reader who asked for less motion", async () => {
  await visit(
    site + PAIR,
    async ({ page }) => {
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
      expect(await layoutShift(page)).toBeLessThanOrEqual(0.01);
    },
    { reducedMotion: "reduce" },
  );
});

test("three hundred endpoints stay within the page's size", async () => {
  const profiles = Array.from({ length: 300 }, (_, index) => ({
    ...(PROFILES[index % PROFILES.length] as (typeof PROFILES)[number]),
    model: `${"a-rather-long-family-name/model"}-${index}`,
  }));
  await forgetResults(supabase.sql);
  const { runs, results } = history({ until: new Date(), hours: 13, simulated: false, profiles });
  await insert(supabase.sql, runs, results);
  const [a, b] = ["openai/a-rather-long-family-name/model-0", "groq/a-rather-long-family-name/model-1"];
  const path = `/compare?with=${a}&with=${b}`;
  const response = await fetch(`${site}${path}`);
  const html = await response.text();
  console.log(
    `compare with 300 endpoints: ${html.length} characters, ${response.headers.get("Server-Timing")}`,
  );
  expect(html.length).toBeLessThan(300_000);
  expect(html.match(/<option /g)?.length).toBeGreaterThan(298);
  await visit(site + path, async ({ page }) => {
    await expectNoSidewaysScroll(page);
    await keepPicture(page, "compare-three-hundred");
  });
});
