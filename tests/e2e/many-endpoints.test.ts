import { beforeAll, describe, expect, test } from "vitest";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepPicture,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { insert, run } from "./support/results.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();

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
      // Enough results of each endpoint for its 95th percentile; more only take longer to write.
      if (back % 5 >= 2) continue;
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
        await expectAccessible(page);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
        }
        await keepPicture(page, `many-${path.replace(/\W+/g, "-")}`);
      });
    },
  );
});
