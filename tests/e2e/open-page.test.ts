import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  follow,
  keepPicture,
  layoutShift,
  reload,
  useBrowser,
} from "./support/browser.ts";
import { type DashboardServer, startDashboard } from "./support/dashboard.ts";
import { history } from "./support/history.ts";
import { insert, result, run } from "./support/results.ts";

const supabase = useSupabase();
const visit = useBrowser();
let dashboard: DashboardServer;
/** A way to the database on which single functions are slow or fail. */
let door: Server;
const manners = new Map<string, "slow" | "broken" | "stopped">();
let behindDoor: DashboardServer;
/** Before it, one that asks for nothing compressed: workerd holds back what it compresses here. */
const front = { url: "", server: createServer() };

const SLOW_MS = 1_500;

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 30, simulated: true });
  await insert(supabase.sql, runs, results);
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  dashboard = await startDashboard(settings);
  door = createServer(async (request, response) => {
    const manner = manners.get(/\/rpc\/(\w+)/.exec(request.url ?? "")?.[1] ?? "");
    if (manner === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    if (manner === "broken") {
      response.writeHead(503).end();
      return;
    }
    if (manner === "stopped") {
      response.writeHead(500, { "Content-Type": "application/json" });
      response.end(
        JSON.stringify({ code: "57014", message: "canceling statement due to statement timeout" }),
      );
      return;
    }
    const { host: _, connection: __, ...headers } = request.headers;
    const answer = await fetch(supabase.url + request.url, { headers: headers as Record<string, string> });
    response.writeHead(answer.status, { "Content-Type": answer.headers.get("Content-Type") ?? "" });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const { port } = door.address() as AddressInfo;
  behindDoor = await startDashboard({ ...settings, SUPABASE_URL: `http://127.0.0.1:${port}` });
});
beforeAll(async () => {
  front.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const headers = { ...request.headers, "accept-encoding": "identity" };
    forward(behindDoor.url + request.url, { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => front.server.listen(0, "127.0.0.1", resolve));
  front.url = `http://127.0.0.1:${(front.server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  front.server.closeAllConnections();
  front.server.close();
  await Promise.all([dashboard?.stop(), behindDoor?.stop()]);
  door?.closeAllConnections();
  door?.close();
});

const rows = (page: Page) => page.getByRole("table", { name: "All figures by endpoint" }).locator("tbody tr");
const attemptsOf = async (page: Page) =>
  Number(
    /n (\d+)/.exec(
      await rows(page)
        .filter({ hasText: /OpenAI/ })
        .first()
        .textContent()
        .then((text) => text ?? ""),
    )?.[1],
  );

/** One more result of the endpoint that these tests look at. */
async function measure(): Promise<void> {
  const one = run({ location: "local" });
  await insert(supabase.sql, [one], [result({ run_id: one.id, simulated: true, location: "local" })]);
}

/** Failed fetches are what these tests make: the browser's own lines about them say nothing more. */
function forget(complaints: string[]): void {
  const other = complaints.filter((text) => !text.startsWith("Failed to load resource"));
  complaints.splice(0, complaints.length, ...other);
}

describe("a refresh that fails", () => {
  test.each([
    ["where there is no network", "offline"],
    ["where the database does not answer", "broken"],
    ["where the figures take too long", "stopped"],
  ] as const)(
    "leaves the last figures and says so, %s; the next one that succeeds takes the words back",
    async (_where, how) => {
      await visit(`${behindDoor.url}/?provider=openai`, async ({ page, complaints }) => {
        await page.clock.install();
        await reload(page);
        const light = rows(page).first().getByRole("link").first();
        await light.focus();
        const top = await page.evaluate(() => window.scrollY);
        const shown = await attemptsOf(page);
        if (how === "offline") await page.route("**/*.data*", (route) => route.abort("internetdisconnected"));
        else manners.set("dashboard_endpoints", how);
        await page.clock.fastForward(61_000);
        const words = page.getByText(/^Updating has failed since \d+ \w+, \d\d:\d\d UTC/);
        await words.waitFor();
        expect(await attemptsOf(page)).toBe(shown);
        expect(await light.evaluate((element) => element === document.activeElement)).toBe(true);
        expect(await page.evaluate(() => window.scrollY)).toBe(top);
        await expectAccessible(page);
        await keepPicture(page, `refresh-failed-${how}`);
        await page.unroute("**/*.data*");
        manners.clear();
        await measure();
        await page.clock.fastForward(61_000);
        await words.waitFor({ state: "detached" });
        await expect.poll(() => attemptsOf(page)).toBe(shown + 1);
        forget(complaints);
      });
    },
  );

  test("of another page than the one shown is an error page, which comes back by itself", async () => {
    await visit(dashboard.url, async ({ page, complaints }) => {
      await page.clock.install();
      await reload(page);
      await page.route("**/*.data*", (route) => route.abort("internetdisconnected"));
      await page.getByRole("link", { name: "Status", exact: true }).click();
      const again = page.getByRole("link", { name: "Try again" });
      await again.waitFor();
      expect(await again.getAttribute("href")).toBe("/status");
      await page.unroute("**/*.data*");
      await page.clock.runFor(6_000);
      await page.getByRole("heading", { name: "Uptime by day, 30 days" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/status");
      forget(complaints);
    });
  });

  test("on the first load it is an error page that leads to itself, and asks again with growing pauses", async () => {
    manners.set("dashboard_endpoints", "broken");
    await visit(`${behindDoor.url}/?window=7d`, async ({ page, complaints }) => {
      await page.clock.install();
      await reload(page);
      let reads = 0;
      page.on("request", (request) => {
        if (request.url().includes(".data")) reads += 1;
      });
      expect(await page.getByRole("link", { name: "Try again" }).getAttribute("href")).toBe("/?window=7d");
      const passes = async (ms: number, count: number) => {
        const answered = page.waitForResponse((response) => response.url().includes(".data"));
        await page.clock.runFor(ms);
        await answered;
        await page.waitForTimeout(200);
        expect(reads).toBe(count);
      };
      await passes(5_100, 1);
      await page.clock.runFor(5_100);
      expect(reads).toBe(1);
      await passes(5_100, 2);
      manners.clear();
      await page.clock.runFor(20_100);
      await rows(page).first().waitFor();
      forget(complaints);
    });
  });
});

test("an open explanation stays open through a refresh, by the pointer and in a chart", async () => {
  await visit(dashboard.url, async ({ page }) => {
    await page.clock.install();
    await reload(page);
    // Two refreshes within half a minute of real time: the second one must not come from the browser's cache.
    await page.route("**/*.data*", (route) => route.continue());
    const refresh = async () => {
      const shown = await attemptsOf(page);
      await measure();
      await page.clock.fastForward(61_000);
      await expect.poll(() => attemptsOf(page)).toBe(shown + 1);
    };
    const heading = page.getByRole("columnheader", { name: /^TTFT/ });
    await heading.getByRole("button").hover();
    const tooltip = heading.getByRole("tooltip");
    await tooltip.waitFor();
    await refresh();
    expect(await tooltip.isVisible()).toBe(true);
    await page
      .getByRole("heading", { name: "Time to first token" })
      .evaluate((element) => element.scrollIntoView());
    const canvas = page.locator("[data-chart=live] canvas").first();
    await canvas.waitFor();
    const words = page.locator(".chart-tooltip");
    await canvas.hover({ position: { x: 40, y: 22 } });
    await words.waitFor();
    await refresh();
    expect(await words.innerText()).toContain("p50");
    await page.mouse.move(5, 5);
    await page.clock.runFor(500);
    await words.waitFor({ state: "detached" });
  });
});

describe("choosing a provider or a model", () => {
  test("keeps the keyboard's place, and the arrow keys reach every option", async () => {
    await visit(dashboard.url, async ({ page }) => {
      const list = page.getByRole("combobox", { name: "Provider" });
      const values = await list
        .locator("option")
        .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
      expect(values).toHaveLength(5);
      await list.focus();
      for (const value of values.slice(1)) {
        await page.keyboard.press("ArrowDown");
        await page.waitForURL(`**/?provider=${value}`);
        await expect.poll(() => page.locator("main [aria-busy=true]").count()).toBe(0);
        expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
        expect(await list.inputValue()).toBe(value);
      }
      await page.keyboard.press("Home");
      await page.waitForURL(`${dashboard.url}/`);
      await page.goBack();
      await expect.poll(() => list.inputValue()).toBe(values.at(-1));
    });
  });

  test("works without JavaScript by a button", async () => {
    await visit(
      `${dashboard.url}/?window=7d`,
      async ({ page }) => {
        await page.getByRole("combobox", { name: "Provider" }).selectOption("groq");
        await page.getByRole("combobox", { name: "Model" }).fill("openai/gpt-oss-20b");
        await follow(page, () => page.getByRole("button", { name: "Apply" }).press("Enter"));
        expect(page.url()).toBe(`${dashboard.url}/?window=7d&model=openai%2Fgpt-oss-20b&provider=groq`);
        expect(await rows(page).count()).toBe(1);
      },
      { javaScriptEnabled: false },
    );
  });
});

describe("below 1,024 pixels", () => {
  const phone = { viewport: { width: 390, height: 800 } };

  test("the table is sorted by its headings, which say unit and direction to the keyboard", async () => {
    await visit(
      dashboard.url,
      async ({ page }) => {
        const heading = page.getByRole("columnheader", { name: /^TPS/ });
        // As it is in the document: what is far below the window is not laid out.
        const top = () => rows(page).first().textContent();
        expect(await top()).toContain("llama-3.1-8b-instant");
        await heading.getByRole("button").focus();
        const words = heading.getByRole("tooltip");
        expect(await words.innerText()).toContain("Unit: tok/s, higher is better");
        const box = await words.boundingBox();
        expect(box?.x).toBeGreaterThanOrEqual(0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
        await expectNoSidewaysScroll(page);
        await keepPicture(page, "overview-headings-390");
        await heading.getByRole("link").press("Enter");
        await page.waitForURL("**/?sort=tps");
        await expect.poll(top).not.toContain("llama-3.1-8b-instant");
      },
      phone,
    );
  });

  test.each([
    ["/prices", "Output(?! speed)", "Price of a million generated tokens"],
    ["/models/groq/openai/gpt-oss-20b", "Total latency", "95% of requests were faster than p95"],
  ])("the headings of %s explain themselves", async (path, name, words) => {
    await visit(
      dashboard.url + path,
      async ({ page }) => {
        const heading = page.getByRole("columnheader", { name: new RegExp(`^${name}`) });
        await heading.getByRole("button").focus();
        await heading.getByRole("tooltip").waitFor();
        expect(await heading.getByRole("tooltip").innerText()).toContain(words);
        await expectNoSidewaysScroll(page);
      },
      phone,
    );
  });
});

describe("news that are late", () => {
  // What calls itself headless is taken for a program, which gets the page whole.
  const reader = {
    userAgent:
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
  };
  const panel = (page: Page) =>
    page.getByRole("region", { name: "What changed in the last 24 hours", exact: true });

  test("come after the figures, and move nothing", async () => {
    manners.set("overview_news", "slow");
    await visit(
      "about:blank",
      async ({ page }) => {
        await page.goto(front.url, { waitUntil: "commit" });
        await panel(page).getByText("Still loading.").waitFor();
        expect(await rows(page).count()).toBe(7);
        await panel(page).getByText("No incidents, price changes").waitFor();
        expect(await layoutShift(page)).toBeLessThanOrEqual(0.01);
        await expectAccessible(page);
        await keepPicture(page, "overview-late-news");
      },
      reader,
    );
    manners.clear();
  });

  test("are in the page that a program gets, whole", async () => {
    manners.set("overview_news", "slow");
    const headers = { "User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" };
    const html = await (await fetch(behindDoor.url, { headers })).text();
    manners.clear();
    expect(html).toContain("No incidents");
    expect(html).not.toContain("Still loading.");
  });

  test("lead a reader without scripts to where they stand", async () => {
    manners.set("overview_news", "slow");
    await visit(
      behindDoor.url,
      async ({ page }) => {
        await panel(page).getByText("Still loading.").waitFor();
        await panel(page).getByRole("link", { name: "View status page" }).first().click();
        await page.waitForURL("**/status");
      },
      { ...reader, javaScriptEnabled: false },
    );
    manners.clear();
  });

  test("that cannot be read take nothing else down", async () => {
    manners.set("overview_news", "broken");
    await visit(
      behindDoor.url,
      async ({ page }) => {
        expect(await rows(page).count()).toBe(7);
        expect(await panel(page).getByText("not available right now.").count()).toBe(3);
      },
      { javaScriptEnabled: false },
    );
    manners.clear();
  });
});

test("every page says how long its loader took", async () => {
  const { rows: runs } = await supabase.sql.query("select id from public.runs limit 1");
  for (const path of [
    "/",
    "/models",
    "/models/groq/openai/gpt-oss-20b",
    "/compare",
    "/runs",
    `/runs/${runs[0].id}`,
    "/prices",
    "/status",
    "/methodology",
    "/api",
  ]) {
    const { headers } = await fetch(dashboard.url + path);
    expect(headers.get("Server-Timing"), path).toMatch(/^loader;dur=\d+/);
  }
});

test.each([
  ["/methodology?x=1", "/methodology"],
  ["/models/groq/openai%2Fgpt-oss-20b", "/models/groq/openai/gpt-oss-20b"],
  ["/?window=%37d", "/?window=7d"],
  ["/?location=a%00b", "/?location=a+b"],
  ["/status?location=%00", "/status"],
  ["/models/", "/models"],
])("a page has one address: %s leads to %s", async (path, canonical) => {
  const response = await fetch(dashboard.url + path, { redirect: "manual" });
  expect([response.status, response.headers.get("Location")]).toEqual([302, canonical]);
  expect((await fetch(dashboard.url + canonical)).status).toBe(200);
});
