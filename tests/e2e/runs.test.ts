import { beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import { useBrowser } from "./support/browser.ts";
import { failure, insert, run } from "./support/results.ts";
import { createLook, HOSTILE, storeMonth, type ToldMonth, textOf } from "./support/told-month.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();
const look = createLook(visit, () => dashboard.url);
const textAt = (path: string, site = dashboard) => textOf(site.url + path);
let told: ToldMonth["told"];
let answered: ToldMonth["answered"];
let failed: ToldMonth["failed"];
beforeAll(async () => {
  ({ told, answered, failed } = await storeMonth(supabase.sql));
});

describe("runs", () => {
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
    const text = await textAt(`/runs/${told.id}`);
    for (const figure of ["432 ms", "90.0 tok/s", "2.40 s", "520 / 180", "$0.000777"])
      expect(text).toContain(figure);
  });

  test("a stream is drawn without JavaScript", async () => {
    await visit(
      `${dashboard.url}/runs/${told.id}`,
      async ({ page }) => {
        await page.locator("summary", { hasText: "gpt-4o-mini" }).click();
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
      await page.locator("summary", { hasText: "gpt-4o-mini" }).click();
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
        await page.locator("summary", { hasText: "gpt-4o-mini" }).click();
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
    const text = await textAt(`/runs/${down.id}`);
    expect(text).toContain("Its failures are ours and excluded from every figure.");
    expect(text.match(/Probe failure: excluded from every figure\./g)).toHaveLength(2);
    expect(text.match(/our connection was down/g)).toHaveLength(2);
    expect(text).not.toContain("counts against its uptime");
  });

  test("failed requests alone, one request alone, an unknown run and no id at all", async () => {
    const failures = await textAt(`/runs/${told.id}?show=failed`);
    expect(failures).toContain(failed.id);
    expect(failures).not.toContain(answered.id);
    const alone = await textAt(`/runs/${told.id}?result=${answered.id}`);
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
});
