import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endpointPath, identityPath, providerPath } from "../../app/lib/models-path.ts";
import { useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  liveChart,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { history } from "./support/history.ts";
import { failure, insert, result, run } from "./support/results.ts";

/* From a name to what it names, and from a doubt to its evidence. */

const supabase = useSupabase();
const visit = useBrowser();
let dashboard: DashboardServer;
let locked: DashboardServer;

const IDENTITY = "gpt-oss-20b";
const HOSTILE = 'a/b%2F<b>?"#.data';
const TOGETHER = { provider: "together", model: "openai/gpt-oss-20b" };
const OPENAI = { provider: "openai", model: "gpt-4o-mini" };
const FAILED = ["server_error", "timeout", "server_error"] as const;
const now = Date.now();
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

beforeAll(async () => {
  const made = history({ until: new Date(now - 60 * 60_000), hours: 30, simulated: false });
  // The last three runs: one provider is down, one is slow, the others are as they were.
  const late = [45, 30, 15].map((minutes) => run({ started_at: minutesAgo(minutes), location: "local" }));
  const results = late.flatMap(({ id, started_at }, index) => [
    failure(FAILED[index] ?? "timeout", { run_id: id, ...OPENAI, location: "local", created_at: started_at }),
    result({
      run_id: id,
      ...TOGETHER,
      location: "local",
      created_at: started_at,
      ttft_ms: 1_150 + index,
      answer_ttft_ms: 1_150 + index,
      tps: 205,
    }),
    result({
      run_id: id,
      provider: "groq",
      model: "openai/gpt-oss-20b",
      location: "local",
      created_at: started_at,
      ttft_ms: 190,
      answer_ttft_ms: 190,
      tps: 800,
    }),
    result({ run_id: id, provider: HOSTILE, model: HOSTILE, location: "local", created_at: started_at }),
  ]);
  await insert(supabase.sql, [...made.runs, ...late], [...made.results, ...results]);
  await supabase.sql.query(`
    update public.benchmark_results r set provider_id = p.id, model_id = m.id
    from public.providers p join public.models m on m.provider_id = p.id
    where p.slug = r.provider and m.name = r.model`);
  await supabase.sql.query(
    `update public.models set identity_by_hand = $1 where name = 'llama-3.1-8b-instant'`,
    [HOSTILE],
  );
  const slow = results.filter(({ provider }) => provider === "together");
  const reason = "TTFT of the last 3 requests 1,150 to 1,152 ms, usually 340 ms";
  await supabase.sql.query(
    `insert into public.endpoint_states (provider, model, location, simulated, state, since, reason, measured_at)
     values ('together', 'openai/gpt-oss-20b', 'local', false, 'degraded', $1, $2, $3)`,
    [minutesAgo(45), reason, minutesAgo(15)],
  );
  await supabase.sql.query(
    `insert into public.incidents (id, provider, location, simulated, kind, opened_at, endpoints, revision)
     values ($1, 'together', 'local', false, 'slowdown', $2, $3, 1)`,
    [
      slow[0]?.id,
      minutesAgo(45),
      JSON.stringify([
        {
          model: TOGETHER.model,
          since: minutesAgo(45),
          until: null,
          reason,
          evidence: slow.map(({ id }) => id),
        },
      ]),
    ],
  );
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  dashboard = await startDashboard(settings);
  locked = await startDashboard({ ...settings, LOCKED_METRICS: "ttft,cost,uptime" });
});
afterAll(async () => {
  await dashboard?.stop();
  await locked?.stop();
});

const ALL_WIDTHS = [...WIDTHS, 1_920] as const;
const PAGES = [
  ["model", identityPath(IDENTITY)],
  ["model-hostile", identityPath(HOSTILE)],
  ["provider", providerPath("together")],
  ["provider-hostile", providerPath(HOSTILE)],
] as const;

describe.each(PAGES)("the page of a %s", (name, path) => {
  test("is whole without scripts, accessible, and as wide as any window", async () => {
    await visit(dashboard.url + path, async ({ page }) => {
      await expectAccessible(page);
      for (const width of ALL_WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        await keepPicture(page, `ways-${name}-${width}`);
      }
    });
    await visit(
      dashboard.url + path,
      async ({ page }) => {
        await page.getByRole("heading", { level: 1 }).waitFor();
        expect(await page.locator("[data-endpoint]").count()).toBeGreaterThan(0);
      },
      { javaScriptEnabled: false },
    );
  });

  test("has one address: a slash at its end, other orders and unknown values lead to it", async () => {
    for (const [spelling, canonical] of [
      [`${path}/`, path],
      [`${path}?window=24h`, path],
      [`${path}?location=local&window=7d`, `${path}?window=7d&location=local`],
      [`${path}?location=nowhere`, path],
      [`${path}?sort=nonsense&window=2d`, path],
    ] as const) {
      const response = await fetch(dashboard.url + spelling, { redirect: "manual" });
      expect(response.status, spelling).toBe(302);
      expect(response.headers.get("Location"), spelling).toBe(canonical);
    }
  });
});

test("a slash at the end of an endpoint's address leads to the endpoint, as do a provider alone and no name at all", async () => {
  const path = endpointPath(TOGETHER);
  for (const [from, to] of [
    [`${path}/`, path],
    [`${path}//?window=7d`, `${path}?window=7d`],
    ["/models/together", "/providers/together"],
    ["/models/together/", "/providers/together"],
    ["/providers", "/status"],
  ] as const) {
    const response = await fetch(dashboard.url + from);
    expect(response.url, from).toBe(dashboard.url + to);
    expect(response.status, from).toBe(200);
  }
});

test.each([
  "/models/no-such-model",
  "/providers/nobody",
  "/providers/%FF",
  "/models/%00",
  "/models/nobody/x/",
])("%s is not found, in words", async (path) => {
  const response = await fetch(dashboard.url + path);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain("not found");
});

test("what is locked is neither shown nor in what scripts read", async () => {
  for (const path of [identityPath(IDENTITY), providerPath("together")]) {
    const html = await (await fetch(locked.url + path)).text();
    expect(html).toContain("Upgrade to Pro");
    const data = await (await fetch(`${locked.url}${path}.data`)).text();
    for (const text of [html, data])
      expect(text).not.toMatch(/usually 340|degraded|Degraded|"per_request",\d/);
  }
});

describe("a name leads on with the window and the place", () => {
  test("from a model to an endpoint, to its provider, and back to the model", async () => {
    await visit(`${dashboard.url}${identityPath(IDENTITY)}?window=7d&location=local`, async ({ page }) => {
      const at = () => new URL(page.url());
      const row = page.locator('[data-endpoint="together/openai/gpt-oss-20b"]');
      await row.getByRole("link", { name: /gpt-oss-20b/ }).click();
      await page.waitForURL(/\/models\/together\//);
      expect(at().search).toBe("?window=7d&location=local");
      await page.getByRole("main").getByRole("link", { name: "Together AI" }).first().click();
      await page.waitForURL(/\/providers\/together/);
      expect(at().search).toBe("?window=7d&location=local");
      await page.getByRole("link", { name: "gpt-oss-20b at all providers" }).click();
      await page.waitForURL(/\/models\/gpt-oss-20b/);
      expect(at().search).toBe("?window=7d&location=local");
    });
  });

  test("rows that are ticked are compared, without scripts too", async () => {
    await visit(
      `${dashboard.url}${identityPath(IDENTITY)}?window=7d`,
      async ({ page }) => {
        await page.getByRole("checkbox", { name: /Groq/ }).check();
        await page.getByRole("checkbox", { name: /Together/ }).check();
        await follow(page, () => page.getByRole("button", { name: "Compare selected" }).click());
        const { pathname, searchParams } = new URL(page.url());
        expect(pathname).toBe("/compare");
        expect(searchParams.get("window")).toBe("7d");
      },
      { javaScriptEnabled: false },
    );
  });
});

describe("an endpoint that fails or is slow", () => {
  test.each([
    ["down", OPENAI, "All failed requests"],
    ["degraded", TOGETHER, "Slowest requests"],
  ] as const)(
    "%s: its page begins with the evidence, one click from each request",
    async (state, endpoint, list) => {
      await visit(dashboard.url + endpointPath(endpoint), async ({ page }) => {
        await expectAccessible(page);
        const strip = page.locator("[data-evidence]");
        expect(await strip.locator("[data-state]").getAttribute("data-state")).toBe(state);
        expect((await strip.boundingBox())?.y ?? 900).toBeLessThan(400);
        const requests = strip.locator(`[data-request="${state === "down" ? "failed" : "success"}"]`);
        expect(await requests.count()).toBe(3);
        for (const width of ALL_WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
          await keepPicture(page, `ways-${state}-${width}`);
        }
        const href = await requests.first().getByRole("link").getAttribute("href");
        expect(href).toMatch(/^\/runs\/[0-9a-f-]{36}\?result=[0-9a-f-]{36}$/);
        expect((await fetch(dashboard.url + href)).status).toBe(200);
        await strip.getByRole("link", { name: list }).click();
        await page.waitForURL(/show=/);
        const listed = page.locator("#requests li");
        expect(await listed.count()).toBeGreaterThanOrEqual(3);
      });
    },
  );

  test("is told against its usual figures, with the incident", async () => {
    await visit(dashboard.url + endpointPath(TOGETHER), async ({ page }) => {
      const strip = page.locator("[data-evidence]");
      expect(await strip.innerText()).toMatch(/TTFT\s+1,151 ms\s+usually 3\d\d ms, 3\.\d+ times its usual/);
      await strip.getByRole("link", { name: "Incident" }).click();
      await page.waitForURL(/\/incidents\//);
    });
  });

  test("has the failed requests of the page's time as CSV", async () => {
    await visit(`${dashboard.url}${endpointPath(OPENAI)}?show=failed`, async ({ page }) => {
      const href = await page.getByRole("link", { name: "Failed requests as CSV" }).getAttribute("href");
      const rows = (await (await fetch(dashboard.url + href)).text()).trim().split("\r\n");
      expect(rows.length - 1).toBe(await page.locator("#requests li").count());
      const owned = (await (await fetch(`${dashboard.url}${href}&failure_owner=operator`)).text()).trim();
      expect(owned.split("\r\n")).toHaveLength(1);
    });
  });
});

describe("a time of one's own", () => {
  const day = (back: number) => new Date(now - back * 86_400_000).toISOString().slice(0, 10);

  test("is chosen in a form, without scripts too, and the address says it", async () => {
    for (const path of [endpointPath(TOGETHER), identityPath(IDENTITY), "/runs"]) {
      await visit(
        dashboard.url + path,
        async ({ page }) => {
          await page.getByText("custom range").click();
          await page.getByLabel("From (UTC)").fill(`${day(1)}T00:30`);
          await page.getByLabel("To (UTC)").fill(`${day(1)}T12:00`);
          await follow(page, () => page.getByRole("button", { name: "Show" }).click());
          expect(new URL(page.url()).search).toBe(`?from=${day(1)}T00%3A30Z&to=${day(1)}T12%3A00Z`);
          const text = await page.getByRole("main").innerText();
          expect(text).toMatch(/from \d+ \w{3}, 00:30 UTC to \d+ \w{3}, 12:00 UTC/);
        },
        { javaScriptEnabled: false },
      );
    }
  });

  test("is set by dragging over a chart, and Escape lets go of it", async () => {
    await visit(dashboard.url + endpointPath(TOGETHER), async ({ page }) => {
      const chart = await liveChart(page);
      await page.getByRole("heading", { name: "Over time" }).first().scrollIntoViewIfNeeded();
      const box = await chart.locator("canvas").boundingBox();
      if (box === null) throw new Error("no canvas");
      const drag = async (release: () => Promise<void>) => {
        await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
        await release();
        await page.mouse.up();
      };
      await drag(() => page.keyboard.press("Escape"));
      expect(new URL(page.url()).search).toBe("");
      await drag(async () => {});
      await page.waitForURL(/from=/);
      const { searchParams } = new URL(page.url());
      const [from, to] = ["from", "to"].map((end) => Date.parse(searchParams.get(end) ?? ""));
      expect(((to ?? 0) - (from ?? 0)) / 3_600_000).toBeCloseTo(6, 0);
      await page.getByText(/requests? from \d+ /).waitFor();
    });
  });

  test("that cannot be read, or has one end, is left out of the address", async () => {
    const path = endpointPath(TOGETHER);
    for (const query of ["?from=yesterday&to=today", `?from=${day(1)}`, `?from=${day(1)}&to=${day(1)}`]) {
      const response = await fetch(dashboard.url + path + query, { redirect: "manual" });
      expect(response.headers.get("Location")).toBe(path);
    }
  });
});
