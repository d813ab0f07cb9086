import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readModelPage } from "../../app/data/models-page.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { formatMs, formatSeconds, formatShare, formatTps } from "../../app/lib/format.ts";
import { endpointPath } from "../../app/lib/models-path.ts";
import { MODEL_QUERY } from "../../app/lib/queries.ts";
import { useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectFits,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  reload,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { history } from "./support/history.ts";
import { failure, insert, result, run } from "./support/results.ts";

const supabase = useSupabase();
const visit = useBrowser();
let dashboard: DashboardServer;
let locked: DashboardServer;

const GROQ = { provider: "groq", model: "openai/gpt-oss-20b" };
const HOSTILE = { provider: "a/b%2F<b>", model: "<img src=x onerror=alert(1)>//..?x=1#y%2f:free.data" };
const LONG = { provider: "groq", model: `${"long/name:".repeat(49)}end` };
const MARKUP = "</script><script>document.title='hacked'</script><b>bold</b> ‮evil‬ 🦊\u0001";

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 30, simulated: false });
  const one = run();
  await insert(
    supabase.sql,
    [...runs, one],
    [
      ...results,
      failure("rate_limited", { run_id: one.id, ...GROQ, location: "local", status_code: 429 }),
      failure("server_error", {
        run_id: one.id,
        ...GROQ,
        location: "local",
        error_message: MARKUP.slice(0, 80),
      }),
      ...[HOSTILE, LONG].map((endpoint) => result({ run_id: one.id, location: "local", ...endpoint })),
    ],
  );
  // As the engine writes them: with the ids of what they name.
  await supabase.sql.query(`
    update public.benchmark_results r set provider_id = p.id, model_id = m.id
    from public.providers p join public.models m on m.provider_id = p.id
    where p.slug = r.provider and m.name = r.model`);
  await supabase.sql.query("update public.benchmark_results set response_text = $1", [
    `${MARKUP.replace("\u0001", "")}\n- first point\n${"x".repeat(3_000)}`,
  ]);
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  dashboard = await startDashboard(settings);
  locked = await startDashboard({ ...settings, LOCKED_METRICS: "ttft,cost" });
});
afterAll(async () => {
  await dashboard?.stop();
  await locked?.stop();
});

const address = (endpoint: { provider: string; model: string }, query = "") =>
  dashboard.url + endpointPath(endpoint) + query;

function read(endpoint: { provider: string; model: string }, window: "24h" | "7d" = "24h") {
  const reader = createReader(supabase.url, supabase.anonKey);
  return readModelPage(reader, endpoint, { ...MODEL_QUERY.defaults, window }, new Set());
}

async function textOf(url: string): Promise<string> {
  const html = await (await fetch(url)).text();
  return html
    .replace(/<script[^>]*>.*?<\/script>/gs, "")
    .replace(/<!-- -->/g, "")
    .replace(/<[^>]+>/g, "\n");
}

describe("an endpoint's page as it is sent", () => {
  test("holds the same headline figures as the overview", async () => {
    const page = await read(GROQ);
    const [own, overview] = [await textOf(address(GROQ)), await textOf(dashboard.url)];
    for (const figure of [
      formatShare(page?.endpoint.success_rate),
      formatMs(page?.endpoint.ttft?.p50),
      `p95 ${formatMs(page?.endpoint.ttft?.p95)}`,
      formatTps(page?.endpoint.tps?.p50),
      formatSeconds(page?.endpoint.latency?.p50),
    ]) {
      expect(figure).not.toContain("n/a");
      expect(own).toContain(figure);
      expect(overview).toContain(figure);
    }
  });

  test("names each kind of failure, how often, and whose it is", async () => {
    const text = await textOf(address(GROQ));
    expect(text).toContain("rate_limited");
    expect(text).toContain("Shared (rate limit)");
    expect(text).toContain("Provider failure: counts against its uptime.");
  });

  test("compares with the same model elsewhere and leads to the comparison", async () => {
    const html = await (await fetch(address(GROQ))).text();
    expect(html).toContain("/compare?with=groq/openai/gpt-oss-20b&amp;with=together/openai/gpt-oss-20b");
    expect(html).toContain("/models/together/openai/gpt-oss-20b");
  });

  test.each([
    "/models/groq/no-such-model",
    "/models/nobody/openai/gpt-oss-20b",
    "/models/groq/%00",
    "/models/groq/%ff",
    "/models/groq/%zz",
    "/models/Groq/openai/gpt-oss-20b",
  ])("is not there for %s: 404, kept nowhere", async (path) => {
    const response = await fetch(dashboard.url + path);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
    expect(await response.text()).toContain("Model not found");
  });

  test.each([
    ["?window=24h", ""],
    ["?location=local&window=7d", "?window=7d&location=local"],
    ["?window=7d&x=1", "?window=7d"],
  ])("has one address: %s leads to %s", async (query, canonical) => {
    const response = await fetch(address(GROQ, query), { redirect: "manual" });
    expect([response.status, response.headers.get("Location")]).toEqual([
      302,
      endpointPath(GROQ) + canonical,
    ]);
  });

  test.each([
    ["an endpoint's page", () => address(GROQ)],
    ["the models' page", () => `${dashboard.url}/models`],
  ])("%s is small, with what it loads before and after its charts come alive", async (_name, url) => {
    expect((await (await fetch(url())).text()).length).toBeLessThan(300_000);
    await visit("about:blank", async ({ page }) => {
      const scripts = new Map<string, number>();
      let requests = 0;
      page.on("response", async (response) => {
        requests += 1;
        if (response.url().endsWith(".js"))
          scripts.set(response.url(), gzipSync(await response.body()).length);
      });
      const sum = () => [...scripts.values()].reduce((total, size) => total + size, 0);
      // Nothing is in view of a window so low but the heading.
      await page.setViewportSize({ width: 1_440, height: 60 });
      await page.goto(url(), { waitUntil: "networkidle" });
      expect(scripts.size).toBeGreaterThan(2);
      expect(sum()).toBeLessThanOrEqual(100 * 1_024);
      expect(requests).toBeLessThanOrEqual(12);
      await page.setViewportSize({ width: 1_440, height: 4_000 });
      await page.waitForTimeout(1_000);
      expect(sum()).toBeLessThanOrEqual(175 * 1_024);
    });
  });

  test("holds no locked metric in any byte, neither figure, series nor spread, and keeps list prices", async () => {
    const page = await read(GROQ);
    const secrets = [
      page?.endpoint.ttft?.p50,
      page?.endpoint.cost?.per_million,
      ...(page?.ttft?.over?.buckets.map(([, , p50]) => p50).slice(0, 3) ?? []),
    ].map((value) => String(value));
    expect(secrets).toHaveLength(5);
    for (const suffix of ["", ".data"]) {
      const body = await (await fetch(locked.url + endpointPath(GROQ) + suffix)).text();
      expect(body).toContain("gpt-oss-20b");
      const numbers = new Set(body.match(/\d+(\.\d+)?/g));
      // A short number may stand for something else.
      for (const secret of secrets.filter((text) => text.length > 4)) expect(numbers).not.toContain(secret);
      expect(numbers).toContain("0.075");
    }
    expect(await textOf(locked.url + endpointPath(GROQ))).toContain("Upgrade to Pro");
  });
});

describe("names and texts that mean harm", () => {
  test.each([
    ["markup, slashes, dots and escapes", HOSTILE],
    ["a name of 494 characters", LONG],
  ])("%s have a page that is reached by a click and shows them as text", async (_what, endpoint) => {
    await visit(dashboard.url, async ({ page }) => {
      const link = page.locator(`a[href="${CSS_ESCAPE(endpointPath(endpoint))}"]`).first();
      await link.click();
      await page.waitForURL(`**${"/models/"}**`);
      await page.getByRole("heading", { level: 1, name: endpoint.model, exact: true }).waitFor();
      await reload(page);
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(endpoint.model);
      expect(await page.title()).not.toBe("hacked");
      await expectAccessible(page);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
      }
    });
  });

  test("answers and errors are shown as text, with the request's id", async () => {
    await visit(address(GROQ), async ({ page }) => {
      const line = page.locator("#requests details").first();
      await line.locator("summary").focus();
      await page.keyboard.press("Enter");
      const text = await line.innerText();
      expect(text).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/);
      expect(text).toContain("</script><script>document.title='hacked'</script>");
      expect(text).toContain("The first 1,200 of ");
      expect(await page.title()).toContain("openai/gpt-oss-20b at Groq");
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    });
  });
});

/** For a quoted attribute's value. */
function CSS_ESCAPE(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

describe("an endpoint's page in a browser", () => {
  test("fits every window, and axe finds nothing", async () => {
    await visit(address(GROQ), ({ page }) => expectFits(page, "model"));
  });

  test("a week's charts show the band from the median to the slow end", async () => {
    await visit(address(GROQ, "?window=7d"), async ({ page }) => {
      expect(await page.getByText("p95: 95% were faster").first().isVisible()).toBe(true);
      await keepPicture(page, "model-week");
    });
  });

  test("canvases take the drawings' places when in view, without moving anything, and answer the pointer", async () => {
    await visit(address(GROQ), async ({ page }) => {
      const before = await page.evaluate(() => document.documentElement.scrollHeight);
      for (const heading of ["TTFT", "Output speed (TPS)", "Total latency"]) {
        // The element may be replaced as its part comes to life.
        await page
          .getByRole("heading", { name: heading, exact: true })
          .evaluate((element) => element.scrollIntoView());
      }
      await expect.poll(() => page.locator("[data-chart=live]").count()).toBe(6);
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(before);
      const canvas = page.locator("canvas").nth(1);
      await canvas.scrollIntoViewIfNeeded();
      const picture = () => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
      const still = await picture();
      const box = await canvas.boundingBox();
      await canvas.hover({ position: { x: (box?.width ?? 0) / 4, y: (box?.height ?? 0) - 5 } });
      await expect.poll(picture).not.toBe(still);
      await keepPicture(page, "model-live");
    });
  });

  test("a key of the legend switches its part off and on", async () => {
    await visit(address(GROQ), async ({ page }) => {
      const key = page.getByRole("button", { name: "one request" }).first();
      await key.waitFor();
      const canvas = page.locator("canvas").first();
      const picture = () => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
      const whole = await picture();
      await key.focus();
      await page.keyboard.press("Space");
      expect(await key.getAttribute("aria-pressed")).toBe("false");
      await expect.poll(picture).not.toBe(whole);
      await page.keyboard.press("Space");
      await expect.poll(picture).toBe(whole);
    });
  });

  test("without JavaScript the charts, the figures and the ways on are there", async () => {
    await visit(
      address(GROQ),
      async ({ page }) => {
        expect(await page.locator("figure svg path").count()).toBeGreaterThanOrEqual(3);
        expect(await page.locator("figure svg rect").count()).toBeGreaterThan(20);
        await page.locator("#requests summary").first().click();
        await page.getByText("Request id").first().waitFor();
        await follow(page, () => page.getByRole("link", { name: "7d" }).click());
        expect(new URL(page.url()).search).toBe("?window=7d");
        await follow(page, () =>
          page.getByRole("link", { name: "Together AI openai/gpt-oss-20b", exact: true }).click(),
        );
        expect(new URL(page.url()).pathname).toBe("/models/together/openai/gpt-oss-20b");
      },
      { javaScriptEnabled: false },
    );
  });

  test("a model that was never measured says so, and what is known of it", async () => {
    await supabase.sql.query(
      "insert into public.models (provider_id, name) select id, 'never/measured' from public.providers where slug = 'groq'",
    );
    await visit(address({ provider: "groq", model: "never/measured" }), async ({ page }) => {
      const main = await page.getByRole("main").innerText();
      expect(main).toContain("Not measured yet");
      expect(main).toContain("No known price");
      expect(main).not.toMatch(/NaN|undefined|null|Infinity/);
      await expectAccessible(page);
      await keepPicture(page, "model-unmeasured");
    });
  });
});

describe("the models' page", () => {
  test("lists measured, offered and retired models with their successors, each with its page", async () => {
    const html = await (await fetch(`${dashboard.url}/models`)).text();
    expect(html).toContain('href="/models/groq/openai/gpt-oss-20b"');
    expect(html).toContain('href="/models/together/mistralai/Mixtral-8x7B-Instruct-v0.1"');
    const text = await textOf(`${dashboard.url}/models`);
    expect(text).toContain("succeeded by");
    expect(text).toContain("$0.15 / $0.60 per 1M");
  });

  test("searches with a form that needs no script, and keeps the search in the address", async () => {
    await visit(
      `${dashboard.url}/models`,
      async ({ page }) => {
        await page.getByRole("searchbox").fill("gpt-oss groq");
        await follow(page, () => page.keyboard.press("Enter"));
        expect(page.url()).toBe(`${dashboard.url}/models?q=gpt-oss+groq`);
        const main = await page.getByRole("main").innerText();
        expect(main).toContain("1 model with “gpt-oss groq”");
        expect(main).not.toContain("gpt-4o-mini");
        expect(await page.getByRole("searchbox").inputValue()).toBe("gpt-oss groq");
        await follow(page, () => page.getByRole("link", { name: "Show all models" }).click());
        expect(page.url()).toBe(`${dashboard.url}/models`);
        expect(await page.getByRole("main").innerText()).toContain("gpt-4o-mini");
      },
      { javaScriptEnabled: false },
    );
  });

  test("with JavaScript a search changes the page and Back takes it back", async () => {
    await visit(`${dashboard.url}/models`, async ({ page }) => {
      await page.getByRole("searchbox").fill("nothing-like-this");
      await page.keyboard.press("Enter");
      await page.getByText("No model matches").waitFor();
      await page.goBack();
      await page.getByRole("link", { name: "gpt-4o-mini", exact: true }).waitFor();
    });
  });

  test.each([
    ["?q=", ""],
    ["?q=++gpt+", "?q=gpt"],
    ["?page=2", ""],
    ["?provider=groq&q=a%00b", "?q=a+b&provider=groq"],
  ])("has one address: %s leads to %s", async (query, canonical) => {
    const response = await fetch(`${dashboard.url}/models${query}`, { redirect: "manual" });
    expect([response.status, response.headers.get("Location")]).toEqual([302, `/models${canonical}`]);
  });

  test("fits every window, and axe finds nothing", async () => {
    await visit(`${dashboard.url}/models`, ({ page }) => expectFits(page, "models"));
  });

  test("three thousand models, three hundred of them measured, still make a small page; a provider's are paged", async () => {
    await supabase.sql.query(`
      insert into public.providers (slug, name) select 'bulk-' || i, 'Bulk ' || i from generate_series(1, 9) i;
      insert into public.models (provider_id, name, active, context_window, identity_by_rule)
      select p.id, 'bulk/model-with-a-longer-name-' || i || ':free', i <= 33, 131072, 'bulk-' || i
      from generate_series(1, 333) i, public.providers p where p.slug like 'bulk-%';
      insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m)
      select provider_id, id, 0.15, 0.6 from public.models where name like 'bulk/%';
      insert into public.catalog_events (kind, provider_id, model, at)
      select 'new', provider_id, name, date_trunc('hour', now()) from public.models where name like 'bulk/%';
    `);
    const response = await fetch(`${dashboard.url}/models`);
    const html = await response.text();
    expect(html.length).toBeLessThan(300_000);
    expect(html).toContain("All 333 of Bulk 1");
    expect(await textOf(`${dashboard.url}/models`)).toMatch(/Bulk 1\s*: 333 new models/);
    const second = await (await fetch(`${dashboard.url}/models?provider=bulk-1&page=2`)).text();
    expect(second).toContain("Page 2 of 3");
    expect(second.length).toBeLessThan(300_000);
    await visit(`${dashboard.url}/models`, async ({ page }) => {
      await expectAccessible(page);
      await keepPicture(page, "models-many");
    });
  });
});

describe("the site's navigation", () => {
  test("marks the page one is on, and reaches every page in the keyboard's order", async () => {
    await visit(
      address(GROQ),
      async ({ page }) => {
        const nav = page.getByRole("navigation", { name: "Pages" });
        expect(await nav.getByRole("link").allInnerTexts()).toEqual([
          "Overview",
          "Models",
          "Compare",
          "Runs",
          "Prices",
          "Status",
          "Methodology",
          "API",
        ]);
        expect(await nav.locator("[aria-current]").allInnerTexts()).toEqual(["Models"]);
        await follow(page, () => nav.getByRole("link", { name: "Models" }).click());
        expect(await nav.locator("[aria-current=page]").allInnerTexts()).toEqual(["Models"]);
        await follow(page, () => nav.getByRole("link", { name: "Overview" }).click());
        expect(await nav.locator("[aria-current=page]").allInnerTexts()).toEqual(["Overview"]);
        for (const link of await nav.getByRole("link").all()) {
          const box = await link.boundingBox();
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
        }
      },
      { javaScriptEnabled: false, viewport: { width: 390, height: 800 } },
    );
  });
});
