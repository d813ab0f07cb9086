import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepPicture,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { history } from "./support/history.ts";
import { failure, insert, result, run } from "./support/results.ts";

// biome-ignore-start lint/correctness/useHookAtTopLevel: they have nothing to do with React
const supabase = useSupabase();
const visit = useBrowser();
// biome-ignore-end lint/correctness/useHookAtTopLevel: see above
let dashboard: DashboardServer;
let lockedDashboard: DashboardServer;
const PAGES = ["/runs", "/prices", "/status", "/methodology"] as const;
const HOSTILE =
  "</pre><script>document.title='hacked'</script><img src=x onerror=alert(1)> שלום 🦊 \u202egnp";

beforeAll(async () => {
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  dashboard = await startDashboard(settings);
  lockedDashboard = await startDashboard({ ...settings, LOCKED_METRICS: "ttft,uptime,cost" });
});
afterAll(() => Promise.all([dashboard?.stop(), lockedDashboard?.stop()]));

/** The page at every width: no overflow, a picture; nothing odd in its words, nothing for axe to find. */
async function look(path: string, name: string, ...texts: (string | RegExp)[]): Promise<void> {
  await visit(dashboard.url + path, async ({ page }) => {
    const main = await page.getByRole("main").innerText();
    for (const text of texts) {
      if (typeof text === "string") expect(main).toContain(text);
      else expect(main).toMatch(text);
    }
    expect(main).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(await page.title()).not.toBe("hacked");
    // What is folded away is looked at too.
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    await expectAccessible(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await keepPicture(page, `${name}-${width}`);
    }
  });
}

async function textOf(path: string, site = dashboard): Promise<string> {
  const html = await (await fetch(site.url + path)).text();
  return html
    .replace(/<script[^>]*>.*?<\/script>/gs, "")
    .replace(/<!-- -->/g, "")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#x27;", "'");
}

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
  const told = run({
    run_name: "told-run",
    started_at: new Date(Date.now() - 60_000).toISOString(),
    targets: 3,
  });
  const answered = result({
    run_id: told.id,
    created_at: told.started_at,
    ttft_ms: 431.5,
    total_latency_ms: 2_400,
    cost_usd: 0.000777,
  });
  const failed = failure("server_error", {
    run_id: told.id,
    provider: "groq",
    model: "<b>bold</b>/".repeat(40),
    error_message: HOSTILE,
    created_at: new Date(Date.now() - 50_000).toISOString(),
  });

  beforeAll(async () => {
    const { runs, results } = history({ until: new Date(Date.now() - 900_000), hours: 60, simulated: false });
    await insert(supabase.sql, [...runs, told], [...results, answered, failed]);
    await supabase.sql.query(
      `update public.benchmark_results set response_text = $2, chunk_times_ms = $3 where id = $1`,
      [
        answered.id,
        `${HOSTILE}\n${"a word and another, ".repeat(60)}`,
        Array.from({ length: 150 }, (_, i) => 400 + i * 12),
      ],
    );
    await supabase.sql.query("update public.runs set skipped = $2, targets = 3, note = $3 where id = $1", [
      told.id,
      JSON.stringify([
        { provider: "together", model: HOSTILE, reason: "budget", until: null },
        { provider: "openrouter", model: "m", reason: "rate_limited", until: "2026-11-23T15:00:00Z" },
        { provider: "x", model: "y", reason: "<i>odd</i>", until: 7 },
        "nonsense",
      ]),
      null,
    ]);
    // One incident that goes on, of an endpoint that the history measures.
    for (const minutes of [14, 13, 12]) {
      const one = run({ started_at: new Date(Date.now() - minutes * 60_000).toISOString() });
      await insert(
        supabase.sql,
        [one],
        [
          failure("timeout", {
            run_id: one.id,
            provider: "together",
            model: "openai/gpt-oss-20b",
            location: "local",
            created_at: one.started_at,
          }),
        ],
      );
    }
    await supabase.sql.query(
      `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, timestamp, source)
       select provider_id, id, 0.3, 0.6, now() - interval '1 day', 'https://example.com/prices' from public.models where name = 'gpt-4o-mini'`,
    );
    await supabase.sql.query(
      `update public.models set held_price = '{"input": 9, "output": 30, "cachedInput": null, "source": "a feed", "at": "2026-11-22T00:00:00Z"}'
       where name = 'gpt-4o-mini'`,
    );
  });

  test("the list of runs says of each how it went, and leads to older ones", async () => {
    await look("/runs", "runs", "spending limit", "schedule", "Older runs");
    await visit(`${dashboard.url}/runs`, async ({ page }) => {
      expect(await page.locator("tbody tr").count()).toBe(50);
      const last = await page.locator("tbody tr time").last().getAttribute("datetime");
      await page.getByRole("link", { name: "Older runs" }).click();
      await page.waitForURL(/before=/);
      const timeOf = async (row: "first" | "last") =>
        Date.parse((await page.locator("tbody tr time")[row]().getAttribute("datetime")) ?? "");
      await expect.poll(() => timeOf("first")).toBeLessThan(Date.parse(last ?? ""));
      await page.getByRole("link", { name: "Newer runs" }).click();
      await page.waitForURL(/after=/);
      await expect.poll(() => timeOf("last")).toBe(Date.parse(last ?? ""));
    });
  });

  test("a run's page shows answer, error and what was left out, as text whatever they hold", async () => {
    await look(
      `/runs/${told.id}`,
      "run",
      answered.id,
      failed.id,
      "server error",
      HOSTILE.slice(0, 60),
      "Spending limit reached",
      "Rate limited",
      "<i>odd</i>",
      "2 requests of 3: 1 succeeded, 1 failed",
      "4 skipped",
    );
    const text = await textOf(`/runs/${told.id}`);
    for (const figure of ["432 ms", "90.0 tok/s", "2.40 s", "520 / 180", "$0.000777"])
      expect(text).toContain(figure);
  });

  test("a stream is drawn without JavaScript", async () => {
    await visit(
      `${dashboard.url}/runs/${told.id}`,
      async ({ page }) => {
        await page
          .getByRole("img", { name: /Arrivals over time: nothing until 400 ms, the last at 2.19 s/ })
          .waitFor();
        expect(await page.getByRole("main").innerText()).toContain("150 chunks received");
        expect(await page.getByRole("button", { name: /Replay/ }).count()).toBe(0);
      },
      { javaScriptEnabled: false },
    );
  });

  test("a stream is shown again at the speed it came, and ends with the whole text", async () => {
    await visit(`${dashboard.url}/runs/${told.id}`, async ({ page }) => {
      const began = Date.now();
      await page.getByRole("button", { name: "Replay (2.19 s)" }).click();
      const shown = page.locator("[data-replay-text]");
      // Asked within the page, at each of its frames: from here a busy machine could miss the whole replay.
      const part = await page.waitForFunction(() => {
        const length = document.querySelector("[data-replay-text]")?.textContent?.length ?? 0;
        return length > 50 ? length : null;
      });
      expect(await part.jsonValue()).toBeLessThan(1_200);
      await page.getByRole("button", { name: "Replay" }).waitFor();
      expect(Date.now() - began).toBeGreaterThan(2_100);
      expect(await shown.textContent()).toBe(`${HOSTILE}\n${"a word and another, ".repeat(60)}`);
      await page.getByRole("slider", { name: "Moment of the stream" }).press("Home");
      expect(await shown.textContent()).toBe("");
    });
  });

  test("who asked for less motion moves through the stream by hand", async () => {
    await visit(
      `${dashboard.url}/runs/${told.id}`,
      async ({ page }) => {
        const slider = page.getByRole("slider", { name: "Moment of the stream" });
        await slider.press("End");
        expect(await page.getByRole("button", { name: /Replay/ }).count()).toBe(0);
        expect((await page.locator("[data-replay-text]").textContent())?.length).toBeGreaterThan(1_000);
      },
      { reducedMotion: "reduce" },
    );
  });

  test("where our own line was down a failure is worded as ours", async () => {
    const down = run({ run_name: "offline-run", started_at: new Date(Date.now() - 70_000).toISOString() });
    const lost = (provider: string, model: string) =>
      failure("network", { run_id: down.id, provider, model });
    await insert(supabase.sql, [down], [lost("openai", "gpt-4o-mini"), lost("groq", "openai/gpt-oss-20b")]);
    const text = await textOf(`/runs/${down.id}`);
    expect(text).toContain("Its failures are ours and excluded from every figure.");
    expect(text.match(/Probe failure: excluded from every figure\./g)).toHaveLength(2);
    expect(text.match(/our connection was down/g)).toHaveLength(2);
    expect(text).not.toContain("counts against its uptime");
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
      expect(await textOf(path), path).toMatch(/Out of date:.*3 h ago/s);
    await supabase.sql.query(
      `update public.benchmark_results r set created_at = k.created_at
       from jsonb_to_recordset($1) k (id uuid, created_at timestamptz) where k.id = r.id`,
      [JSON.stringify(kept.rows)],
    );
    for (const path of ["/runs", "/models"]) expect(await textOf(path), path).not.toContain("Out of date:");
  });

  test("failed requests alone, one request alone, an unknown run and no id at all", async () => {
    const failures = await textOf(`/runs/${told.id}?show=failed`);
    expect(failures).toContain(failed.id);
    expect(failures).not.toContain(answered.id);
    const alone = await textOf(`/runs/${told.id}?result=${answered.id}`);
    expect(alone).toContain("Show all 2 requests of this run");
    expect(alone).not.toContain(failed.id);
    for (const path of [
      "/runs/no-id",
      "/runs/00000000-0000-0000-0000-000000000000",
      `/runs/${told.id}?result=00000000-0000-4000-8000-000000000000`,
      "/runs?before=00000000-0000-4000-8000-000000000000",
    ]) {
      expect((await fetch(dashboard.url + path)).status, path).toBe(404);
    }
    const odd = await fetch(`${dashboard.url}/runs/${told.id.toUpperCase()}?page=-3&x=1`, {
      redirect: "manual",
    });
    expect([odd.status, odd.headers.get("Location")]).toEqual([302, `/runs/${told.id}`]);
  });

  test("prices are shown with what the reader's month would cost, cheapest first", async () => {
    await look(
      "/prices?in=1000000&out=500000",
      "prices",
      "Prices in doubt",
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
      await expect.poll(() => row.locator("[data-monthly]").innerText()).toContain("$1.50");
      const costs = await page.locator("[data-monthly]").allInnerTexts();
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
      const months = await page.locator("[data-monthly]").allInnerTexts();
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

  test("nothing that is locked leaves the Worker", async () => {
    for (const path of [`/runs/${told.id}`, `/runs/${told.id}.data`]) {
      const body = await (await fetch(lockedDashboard.url + path)).text();
      expect(body, path).toContain(answered.id);
      expect(body, path).not.toMatch(/431\.5|432 ms|0\.000777|Arrivals over time|"steps"/);
    }
    for (const path of ["/status", "/status.data"]) {
      const body = await (await fetch(lockedDashboard.url + path)).text();
      expect(body, path).not.toMatch(/\d% of|\d% of \d|uuuu|nnnn/);
    }
    expect(await textOf("/prices", lockedDashboard)).toContain("Upgrade to Pro");
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

describe("with three hundred endpoints", () => {
  let big = "";
  beforeAll(async () => {
    await supabase.sql.query("delete from public.runs");
    await supabase.sql.query(
      `insert into public.models (name, provider_id, active)
       select 'vendor/some-family-model-' || i || '-instruct-2026-11', (select id from public.providers order by slug offset i % 4 limit 1), true
       from generate_series(1, 300) i`,
    );
    await supabase.sql.query(
      `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, timestamp)
       select provider_id, id, 0.1 + p, 0.4 + p, now() - p * interval '3 days' from public.models, generate_series(0, 3) p
       where name like 'vendor/%'`,
    );
    for (let back = 0; back < 60; back += 1) {
      const one = run({
        started_at: new Date(Date.now() - back * 11.8 * 3_600_000 - 1_000).toISOString(),
        targets: 300,
      });
      if (back === 0) big = one.id;
      await insert(supabase.sql, [one], []);
      await supabase.sql.query(
        `insert into public.benchmark_results (run_id, provider_id, model_id, provider, model, input_tokens, output_tokens,
           total_latency_ms, ttft_ms, tps, cost_usd, cost_source, success, error_kind, created_at, location, prompt_version,
           response_text, chunk_times_ms)
         select $1, m.provider_id, m.id, p.slug, m.name, 520, 180, 2000, 300, 80, 0.0002, 'price', f.ok,
           case when not f.ok then 'server_error' end, $2::timestamptz, 'enam', 'v',
           case when f.ok then repeat('- a bullet of some words ', 48) end,
           case when f.ok then array(select (300 + g * 9)::real from generate_series(1, 180) g) end
         from public.models m join public.providers p on p.id = m.provider_id
         cross join lateral (select random() > 0.04 + 0 * length(m.name) as ok) f
         where m.name like 'vendor/%'`,
        [one.id, one.started_at],
      );
    }
  });

  test.each(["/?window=30d", "/runs", "/prices", "/prices?show=all", "/status", "run"])(
    "%s stays under 300 kB, fits every window, and axe finds nothing",
    async (path) => {
      const response = await fetch(dashboard.url + (path === "run" ? `/runs/${big}` : path));
      expect(response.status).toBe(200);
      const size = (await response.text()).length;
      console.info(`${path}: ${Math.round(size / 1000)} kB of HTML`);
      expect(size).toBeLessThan(300_000);
      await visit(response.url, async ({ page }) => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
        }
        await expectAccessible(page);
        await keepPicture(page, `many-${path.replace(/\W+/g, "-")}`);
      });
    },
  );
});
