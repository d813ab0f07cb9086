import type { Pool } from "pg";
import { expect } from "vitest";
import { expectAccessible, expectNoSidewaysScroll, keepPicture, type Visitor, WIDTHS } from "./browser.ts";
import { history } from "./history.ts";
import { failure, insert, result, run, type SeedResult, type SeedRun } from "./results.ts";

/* What the tests of runs, prices and status share: a month with a run that tells all, and ways to look at a page. */

export const HOSTILE =
  "</pre><script>document.title='hacked'</script><img src=x onerror=alert(1)> שלום 🦊 \u202egnp";

/** Looks at a page at every width: no overflow, a picture; nothing odd in its words, nothing for axe to find. */
export function createLook(visit: Visitor, site: () => string) {
  return async (path: string, name: string, ...texts: readonly (string | RegExp)[]): Promise<void> => {
    await visit(site() + path, async ({ page }) => {
      // What is folded away is looked at too.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      const main = await page.getByRole("main").innerText();
      for (const text of texts) {
        if (typeof text === "string") expect(main).toContain(text);
        else expect(main).toMatch(text);
      }
      expect(main).not.toMatch(/NaN|undefined|Infinity|\[object/);
      expect(await page.title()).not.toBe("hacked");
      await expectAccessible(page);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
      }
      await keepPicture(page, name);
    });
  };
}

/** What a reader without a browser gets: no scripts, no tags. */
export async function textOf(address: string): Promise<string> {
  const html = await (await fetch(address)).text();
  return html
    .replace(/<script[^>]*>.*?<\/script>/gs, "")
    .replace(/<!-- -->/g, "")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#x27;", "'");
}

export interface ToldMonth {
  readonly told: SeedRun;
  readonly answered: SeedResult;
  readonly failed: SeedResult;
}

/** Sixty hours of results, a run with an answer, a failure and all kinds of skipped targets, an outage that goes on. */
export async function storeMonth(sql: Pool): Promise<ToldMonth> {
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

  const { runs, results } = history({ until: new Date(Date.now() - 900_000), hours: 60, simulated: false });
  await insert(sql, [...runs, told], [...results, answered, failed]);
  await sql.query(
    `update public.benchmark_results set response_text = $2, chunk_times_ms = $3 where id = $1`,
    [
      answered.id,
      `${HOSTILE}\n${"a word and another, ".repeat(60)}`,
      Array.from({ length: 150 }, (_, i) => 400 + i * 12),
    ],
  );
  await sql.query("update public.runs set skipped = $2, targets = 3, note = $3 where id = $1", [
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
      sql,
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
  await sql.query(
    `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, timestamp, source)
     select provider_id, id, 0.3, 0.6, now() - interval '1 day', 'https://example.com/prices' from public.models where name = 'gpt-4o-mini'`,
  );
  await sql.query(
    `update public.models set held_price = '{"input": 9, "output": 30, "cachedInput": null, "source": "a feed", "at": "2026-11-22T00:00:00Z"}'
     where name = 'gpt-4o-mini'`,
  );
  return { told, answered, failed };
}
