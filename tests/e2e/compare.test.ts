import type { Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { readComparison } from "../../app/data/compare.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { describeDifference, verdictOf } from "../../app/lib/comparison-words.ts";
import { formatMs, formatSeconds, formatShare, formatTps, formatUsd } from "../../app/lib/format.ts";
import { useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  layoutShift,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { type HistoryOptions, history, PROFILES } from "./support/history.ts";
import { failure, insert, result, run, type SeedResult } from "./support/results.ts";

// biome-ignore-start lint/correctness/useHookAtTopLevel: they have nothing to do with React
const supabase = useSupabase();
const visit = useBrowser();
// biome-ignore-end lint/correctness/useHookAtTopLevel: see above
const servers: DashboardServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));
afterEach(() => supabase.sql.query("delete from public.runs"));

const A = "openai/gpt-4o-mini";
const B = "openrouter/openai/gpt-4o-mini";
const PAIR = `/compare?a=${A}&b=${B}`;

async function serve(bindings: Record<string, string> = {}): Promise<string> {
  const server = await startDashboard({
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    ...bindings,
  });
  servers.push(server);
  return server.url;
}

let plain: Promise<string> | undefined;
const site = () => {
  plain ??= serve();
  return plain;
};

async function store(
  options: Partial<HistoryOptions> = {},
  change: (row: SeedResult, index: number) => SeedResult = (row) => row,
): Promise<SeedResult[]> {
  const { runs, results } = history({ until: new Date(), hours: 24, simulated: false, ...options });
  const changed = results.map(change);
  await insert(supabase.sql, runs, changed);
  return changed;
}

async function expected(window: "24h" | "7d" = "24h") {
  const query = { a: A, b: B, window, location: null };
  const answer = await readComparison(createReader(supabase.url, supabase.anonKey), query, new Set());
  if (!answer.found) throw new Error("both are in the catalogue");
  return answer.comparison;
}

/** The state at every width: no overflow, a picture; and once: the texts, nothing for axe to find. */
async function look(path: string, name: string, ...texts: string[]): Promise<void> {
  await visit((await site()) + path, async ({ page }) => {
    const main = await page.getByRole("main").innerText();
    for (const text of texts) expect(main).toContain(text);
    expect(main).not.toMatch(/NaN|undefined|null|Infinity/);
    await expectAccessible(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await keepPicture(page, `compare-${name}-${width}`);
    }
  });
}

/** What a reader without a browser gets: no scripts, no tags. */
async function textOf(path: string): Promise<string> {
  const html = await (await fetch((await site()) + path)).text();
  return html
    .replace(/<script[^>]*>.*?<\/script>/gs, "")
    .replace(/<!-- -->/g, "")
    .replace(/<[^>]+>/g, "\n")
    .replaceAll("&#x27;", "'");
}

const verdict = (page: Page) => page.getByRole("region", { name: "Verdict" });

describe("a comparison as it is sent", () => {
  test("holds each figure of both, each difference in words, and what was lost", async () => {
    await store();
    const text = await textOf(PAIR);
    const { a, b, differences } = await expected();
    for (const side of [a, b]) {
      for (const figure of [
        formatMs(side.first?.p50),
        `p95 ${formatMs(side.first?.p95)}`,
        formatSeconds(side.latency?.p50),
        formatTps(side.tps?.p50),
        formatUsd(side.cost?.per_request),
        formatShare(side.success_rate),
      ]) {
        expect(figure).not.toContain("n/a");
        expect(text).toContain(figure);
      }
    }
    expect(differences?.metrics).toHaveLength(4);
    for (const difference of differences?.metrics ?? []) {
      expect(text).toContain(verdictOf(difference.metric, difference.verdict));
      expect(text).toContain(describeDifference(difference));
      expect(text).toContain(`n ${difference.pairs} pairs`);
    }
    expect(text).toContain(`${differences?.runs.both} runs in the last 24 hours, measured from local`);
    expect(text).not.toContain("Simulated data:");
  });

  test("draws each interval where it lies, within a page of its size", async () => {
    await store();
    const html = await (await fetch((await site()) + PAIR)).text();
    for (const metric of ["first", "latency", "tps", "cost"]) {
      expect(html).toMatch(new RegExp(`<svg[^>]*data-drawing="${metric}"`));
    }
    expect(html).not.toMatch(/<[a-z]+ [^>]*style=/);
    expect(html.length).toBeLessThan(100_000);
  });

  test.each([
    [`/compare?b=${B}&a=${A}`, PAIR],
    [`${PAIR}&window=24h`, PAIR],
    [`/compare?window=7d&b=${B}&a=${A}&utm=x`, `${PAIR}&window=7d`],
    ["/compare?a=&b=", "/compare"],
  ])("has one address: %s leads to %s", async (path, canonical) => {
    const response = await fetch((await site()) + path, { redirect: "manual" });
    expect([response.status, response.headers.get("Location")]).toEqual([302, canonical]);
  });

  test("says how long it may be kept and how long the database took", async () => {
    await store();
    const { headers, status } = await fetch((await site()) + PAIR);
    expect(status).toBe(200);
    expect(headers.get("Cache-Control")).toBe("public, max-age=5");
    expect(headers.get("Server-Timing")).toMatch(/^loader;dur=\d+, .*compare_endpoints;dur=\d+/);
    const unknown = await fetch(`${await site()}/compare?a=${A}&b=no/thing`);
    expect([unknown.status, unknown.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
  });

  test("offers the same model direct vs proxy first", async () => {
    await store();
    const html = await (await fetch(`${await site()}/compare`)).text();
    const first = /href="(\/compare\?a=[^"]+)"/.exec(html.slice(html.indexOf("The same model at two")))?.[1];
    expect(first?.replaceAll("&amp;", "&")).toBe(PAIR);
    expect(await textOf("/compare")).toContain("direct vs proxy");
  });
});

describe("a page with", () => {
  test("a day of results names the faster one", async () => {
    await store();
    await look(PAIR, "day", "A is faster", "takes", "proxy");
  });

  test("no choice yet offers pairs", async () => {
    await store();
    await look("/compare", "chooser", "Compare two endpoints", "The same model at two providers");
  });

  test("nothing measured at all says so", async () => {
    await look("/compare", "nothing", "No model was measured at two providers");
    await look(PAIR, "unmeasured", "Neither was measured in this window", "Show the last 30 days");
  });

  test("one chosen asks for the other", async () => {
    await store();
    await look(`/compare?b=${B}`, "half", "Choose a second endpoint", "Choose A above");
  });

  test("the same endpoint twice says so", async () => {
    await look(`/compare?a=${A}&b=${A}`, "twice", "The same endpoint twice");
  });

  test("an unknown endpoint names it, however it is written", async () => {
    await look(
      `/compare?a=${A}&b=${encodeURIComponent(`<script>alert(1)</script>/${"x".repeat(500)} 🦊`)}`,
      "unknown",
      "Unknown endpoint",
      "<script>alert(1)</script>/xxx",
    );
  });

  test("too few pairs gives no verdict and leads to a longer window", async () => {
    await store({ hours: 10 });
    await look(PAIR, "few", "Too few pairs", "of the 48 that a verdict needs", "Look at the last 7 days");
  });

  test("one result each breaks nothing", async () => {
    const one = run();
    const at = { run_id: one.id };
    await insert(
      supabase.sql,
      [one],
      [
        result(at),
        result({ ...at, provider: "openrouter", model: "openai/gpt-4o-mini", ttft_ms: null, tps: null }),
      ],
    );
    await look(
      PAIR,
      "one",
      "Too few pairs",
      "0 pairs of the 48",
      "n 1 pair",
      "1 more without this figure for one of the two",
    );
  });

  test("only failures has rates, no figures and no verdict", async () => {
    await store({}, (row) =>
      row.provider === "openrouter" ? failure("server_error", { ...idOf(row) }) : row,
    );
    await look(PAIR, "failures", "Too few pairs", "B succeeded in only 0%", "lost because B failed", "n/a");
  });

  test("figures that hardly differ says that none can be shown", async () => {
    const profile = PROFILES[0];
    if (profile === undefined) throw new Error("there are profiles");
    const twin = { ...profile, provider: "openrouter", model: "openai/gpt-4o-mini" };
    await store({ profiles: [profile, twin], seed: 3 });
    await look(PAIR, "equal", "No significant difference", "no significant difference");
  });

  test("a real and a simulated endpoint draws no difference between them", async () => {
    await store({}, (row) => ({ ...row, simulated: row.provider === "openrouter" }));
    await look(PAIR, "mixed", "Real and simulated are not compared", "B was generated", "Simulated data:");
    expect(await (await fetch((await site()) + PAIR)).text()).not.toContain("data-drawing");
  });

  test("two simulated endpoints compares them and says what they are", async () => {
    await store({ simulated: true });
    await look(PAIR, "simulated", "A is faster", "Simulated data:", "say nothing about real providers");
  });

  test("an endpoint that thinks is judged by its first answer", async () => {
    await store({}, (row) =>
      row.provider === "openai" && row.success ? { ...row, answer_ttft_ms: (row.ttft_ms ?? 0) + 3_000 } : row,
    );
    await look(PAIR, "thinks", "B is faster", "Time to first answer token");
  });

  test("a free endpoint is cheaper without a ratio", async () => {
    await store({}, (row) => (row.provider === "openai" ? { ...row, cost_usd: 0 } : row));
    await look(PAIR, "free", "A is cheaper", "A is free, so there is no ratio.");
  });

  test("old results says that measuring has stopped", async () => {
    await store({ until: new Date(Date.now() - 3 * 3_600_000) });
    await look(PAIR, "stale", "Out of date:");
  });

  test("several places keeps to one, and offers the others", async () => {
    await store();
    const { runs, results } = history({
      until: new Date(),
      hours: 13,
      simulated: false,
      location: "weur",
      seed: 9,
    });
    await insert(supabase.sql, runs, results);
    await look(PAIR, "places", "measured from local", "weur");
    await look(`${PAIR}&location=weur`, "place", "measured from weur");
    // A place that is known, by a run that came to nothing.
    await insert(supabase.sql, [run({ location: "nowhere" })], []);
    await look(`${PAIR}&location=nowhere`, "nowhere", "Neither was measured", "from nowhere");
  });

  test("hostile and very long names shows them as text", async () => {
    const [left, right] = [
      {
        provider: "<img src=x onerror=alert(1)>",
        model: "</select><script>document.title='hacked'</script>",
      },
      { provider: "שלום 🦊 __proto__", model: `${"very/long:".repeat(45)}end` },
    ];
    await store({
      profiles: [left, right].map((name) => ({ ...(PROFILES[0] as (typeof PROFILES)[number]), ...name })),
    });
    const address = new URLSearchParams({
      a: `${left.provider}/${left.model}`,
      b: `${right.provider}/${right.model}`,
    });
    await look(`/compare?${address}`, "hostile", left.provider, left.model, right.provider, right.model);
    await look("/compare", "hostile-chooser", "Compare two endpoints");
    await visit(`${await site()}/compare?${address}`, async ({ page }) => {
      expect(await page.title()).toContain(" vs ");
    });
  });
});

/** What of a row says which result it is. */
function idOf(row: SeedResult) {
  const { run_id, provider, model, created_at, simulated, location } = row;
  return { run_id, provider, model, created_at, simulated, location };
}

test("locked metrics are in neither the page nor its data", async () => {
  await store();
  const url = await serve({ LOCKED_METRICS: "ttft,cost" });
  const comparison = await expected();
  for (const path of [PAIR, PAIR.replace("/compare", "/compare.data")]) {
    const text = await (await fetch(url + path)).text();
    const first = comparison.differences?.metrics.find(({ metric }) => metric === "first");
    for (const secret of [
      formatMs(comparison.a.first?.p50),
      String(first?.estimate?.ratio),
      'data-drawing="first"',
    ]) {
      expect(text.includes(secret)).toBe(false);
    }
    expect(text).toContain(path === PAIR ? "Upgrade to Pro" : "latency");
  }
  await visit(url + PAIR, async ({ page }) => {
    expect(await verdict(page).innerText()).toContain("Side by side");
    await expectAccessible(page);
    await keepPicture(page, "compare-locked");
  });
});

test("without JavaScript the form, the swap and the windows work", async () => {
  await store();
  await visit(
    `${await site()}/compare`,
    async ({ page }) => {
      await page.getByLabel("First provider + model").selectOption(A);
      await page.getByLabel("Second provider + model").selectOption(B);
      await follow(page, () => page.getByRole("button", { name: "Compare" }).click());
      expect(new URL(page.url()).searchParams.get("b")).toBe(B);
      expect(await verdict(page).innerText()).toContain("A is faster");
      expect(await page.locator("svg[data-drawing]").count()).toBe(4);
      await follow(page, () => page.getByRole("link", { name: "Swap A and B" }).click());
      expect(await verdict(page).innerText()).toContain("B is faster");
      expect(await page.getByLabel("First provider + model").inputValue()).toBe(B);
      await follow(page, () => page.getByRole("link", { name: "7d" }).click());
      expect(new URL(page.url()).searchParams.get("window")).toBe("7d");
      await follow(page, () => page.getByRole("button", { name: "Compare" }).click());
      expect(new URL(page.url()).searchParams.get("window")).toBe("7d");
      await keepPicture(page, "compare-no-script");
    },
    { javaScriptEnabled: false },
  );
});

test("with the keyboard alone a pair is chosen, and an explanation opens and closes", async () => {
  await store();
  await visit(`${await site()}/compare`, async ({ page }) => {
    await page.getByLabel("First provider + model").focus();
    await page.keyboard.type("OpenAI gpt-4o");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("b");
    await page.getByLabel("Second provider + model").selectOption(B);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/compare?a=*&b=*");
    await verdict(page).waitFor();
    const hint = page.getByRole("button", { name: "ms, lower is better" });
    await hint.focus();
    const tooltip = page.getByRole("region", { name: "TTFT" }).getByRole("tooltip");
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toContain("Unit: ms, lower is better.");
    await page.keyboard.press("Escape");
    await tooltip.waitFor({ state: "hidden" });
  });
});

test("a suggestion changes the choice in the form, and Back takes it back", async () => {
  await store();
  await visit(await site().then((url) => url + PAIR), async ({ page }) => {
    await page
      .getByRole("link", { name: /Groq.*Together/s })
      .first()
      .click();
    await page.waitForURL("**a=groq/**");
    await expect
      .poll(() => page.getByLabel("First provider + model").inputValue())
      .toBe("groq/openai/gpt-oss-20b");
    await page.goBack();
    await expect.poll(() => page.getByLabel("First provider + model").inputValue()).toBe(A);
  });
});

test("nothing moves after first paint, nor for a reader who asked for less motion", async () => {
  await store();
  await visit(
    (await site()) + PAIR,
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
  const { runs, results } = history({ until: new Date(), hours: 13, simulated: false, profiles });
  await insert(supabase.sql, runs, results);
  const [a, b] = ["openai/a-rather-long-family-name/model-0", "groq/a-rather-long-family-name/model-1"];
  const response = await fetch(`${await site()}/compare?a=${a}&b=${b}`);
  const html = await response.text();
  console.log(
    `compare with 300 endpoints: ${html.length} characters, ${response.headers.get("Server-Timing")}`,
  );
  expect(html.length).toBeLessThan(300_000);
  expect(html.match(/<option /g)?.length).toBeGreaterThan(600);
  await look(`/compare?a=${a}&b=${b}`, "three-hundred", "is faster");
});
