import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import { expectFits, keepPicture, useBrowser } from "./support/browser.ts";
import { history } from "./support/history.ts";
import { insert } from "./support/results.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 2, simulated: true });
  await insert(supabase.sql, runs, results);
});

interface Shown {
  paths: Record<
    string,
    { get: { summary: string; parameters: { name: string }[]; "x-codeSamples": { source: string }[] } }
  >;
}

describe("the documentation for programs", () => {
  test("says what the OpenAPI document says: each address, parameter and sample", async () => {
    const document = (await (await fetch(`${dashboard.url}/api/v1/openapi.json`)).json()) as Shown;
    await visit(
      `${dashboard.url}/api`,
      async ({ page }) => {
        for (const [path, { get }] of Object.entries(document.paths)) {
          const section = page.getByRole("region", { name: get.summary, exact: true });
          const text = await section.innerText();
          expect(text).toContain(path);
          for (const { name } of get.parameters) expect(text).toContain(name);
          for (const { source } of get["x-codeSamples"]) expect(text).toContain(source);
        }
        expect(await page.getByText("Simulated data:").count()).toBe(1);
      },
      { javaScriptEnabled: false },
    );
  });

  test("fits every window and suits every reader, closed and open", async () => {
    await visit(`${dashboard.url}/api`, async ({ page }) => {
      await expectFits(page, "api");
      for (const details of await page.locator("details").all()) await details.locator("summary").click();
      await expectFits(page, "api-open");
    });
  });

  test("opens a field list and jumps to an address by keyboard alone", async () => {
    await visit(`${dashboard.url}/api`, async ({ page }) => {
      const link = page.getByRole("link", { name: "/api/v1/runs", exact: true });
      await link.focus();
      await page.keyboard.press("Enter");
      await page.waitForURL("**/api#listRuns");
      const summary = page.getByRole("region", { name: "Runs", exact: true }).locator("summary");
      await summary.focus();
      await page.keyboard.press("Enter");
      expect(await page.getByText("Number of endpoints it set out to measure.").isVisible()).toBe(true);
    });
  });

  test("is small, has one address, and is kept as other pages are", async () => {
    const response = await fetch(`${dashboard.url}/api`);
    expect((await response.text()).length).toBeLessThan(300_000);
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=5");
    const other = await fetch(`${dashboard.url}/api?x=1`, { redirect: "manual" });
    expect([other.status, other.headers.get("Location")]).toEqual([302, "/api"]);
  });
});

describe("elsewhere", () => {
  let server: Server;
  const elsewhere = { url: "" };
  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end(
        '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>elsewhere</title></html>',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    elsewhere.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });

  test("a page of another site can read the data, also with a tag that makes the browser ask first", async () => {
    await visit(`${dashboard.url}/api`, async ({ page }) => {
      await page.goto(elsewhere.url);
      const statuses = await page.evaluate(async (origin) => {
        const first = await fetch(`${origin}/api/v1/runs`);
        const tag = first.headers.get("ETag") ?? "";
        const second = await fetch(`${origin}/api/v1/runs`, {
          headers: { "If-None-Match": tag },
          cache: "no-store",
        });
        return [first.status, tag.length, second.status];
      }, dashboard.url);
      expect(statuses).toEqual([200, 34, 304]);
    });
  });

  test("a badge is drawn in a page of another site", async () => {
    await visit(elsewhere.url, async ({ page }) => {
      const paths = [
        "openai/gpt-4o-mini",
        "groq/openai/gpt-oss-20b?metric=tps",
        "openai/gpt-4o-mini?metric=uptime",
      ];
      const widths = await page.evaluate(
        (sources) =>
          Promise.all(
            sources.map(async (source) => {
              const image = new Image();
              image.src = source;
              document.body.appendChild(image);
              await image.decode();
              return image.naturalWidth;
            }),
          ),
        paths.map((path) => `${dashboard.url}/badge/${path}`),
      );
      for (const width of widths) expect(width).toBeGreaterThan(200);
      await page.setViewportSize({ width: 600, height: 120 });
      await keepPicture(page, "api-badges");
    });
  });
});
