import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { endpointPath, identityPath } from "../../app/lib/models-path.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import {
  bringToLife,
  expectAccessible,
  expectNoSidewaysScroll,
  keepPicture,
  layoutShift,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { insert, result, run } from "./support/results.ts";

/*
 * What is asked of every page alike: it shows a single result, of a model and in a run that bear hostile names, at every
 * width; it is whole without JavaScript; the Tab key alone reaches all of it; nothing moves for who asked for that.
 */

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();

const MODEL = `"><img src=x onerror="document.title='hacked'">/gnp:a.b-שלום-🦊-${"long".repeat(20)}`;
const RUN_NAME = "</title></script><script>document.title='hacked'</script> {{7*7}} %s";
const ERROR = "</pre><svg onload=\"document.title='hacked'\"> the server failed";
const ONE = run({ run_name: RUN_NAME, targets: 2, location: "local" });
const ENDPOINT = { provider: "groq", model: MODEL };
const INCIDENT = randomUUID();
const key = encodeURIComponent(`groq/${MODEL}`);

/** Each page, and a text that it must show (null: it names no model). */
const PAGES = [
  ["overview", "/", MODEL],
  ["catalogue", "/models", MODEL],
  ["model", endpointPath(ENDPOINT), MODEL],
  ["model-at-all", identityPath(MODEL), MODEL],
  ["provider", "/providers/groq", MODEL],
  ["comparison", `/compare?with=${key}&with=openai/gpt-4o-mini`, MODEL],
  ["runs", "/runs", RUN_NAME],
  ["run", `/runs/${ONE.id}`, MODEL],
  ["prices", "/prices?show=all", MODEL],
  ["status", "/status", MODEL],
  ["incident", `/incidents/${INCIDENT}`, MODEL],
  ["methodology", "/methodology", null],
  ["api", "/api", null],
] as const;

beforeAll(async () => {
  await supabase.sql.query(
    `with made as (
       insert into public.models (provider_id, name, active, last_seen_at, identity_by_hand)
       select id, $1, true, now(), $1 from public.providers where slug = 'groq'
       returning id, provider_id
     )
     insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, source)
     select provider_id, id, 1, 2, $2 from made`,
    [MODEL, "<b>a source</b>"],
  );
  const { rows } = await supabase.sql.query<{ provider_id: string; model_id: string }>(
    "select provider_id, id as model_id from public.models where name = $1",
    [MODEL],
  );
  const common = { run_id: ONE.id, location: "local", ...ENDPOINT, ...rows[0] };
  await insert(
    supabase.sql,
    [ONE],
    [result(common), result({ ...common, success: false, error_kind: "server_error", error_message: ERROR })],
  );
  await supabase.sql.query(
    `insert into public.incidents (id, provider, location, simulated, kind, opened_at, endpoints, revision)
     values ($1, 'groq', 'local', false, 'outage', now(), jsonb_build_array(jsonb_build_object(
       'model', $2::text, 'since', now(), 'until', null, 'reason', $3::text, 'evidence', '[]'::jsonb)), 1)`,
    [INCIDENT, MODEL, ERROR],
  );
});

test("every route that is a page is among them", () => {
  const paths = PAGES.map(([, path]) => new URL(path, dashboard.url).pathname);
  const routes = readdirSync("app/routes").filter((file) => file.endsWith(".tsx"));
  expect(routes.length).toBeGreaterThan(5);
  const missing = routes.filter((file) => !paths.some((path) => addressesOf(file).test(path)));
  expect(missing, "give each a line in PAGES").toEqual([]);
});

/** The addresses of a route by its file's name: "models.$provider.$.tsx" has /models/groq/and/more. */
function addressesOf(file: string): RegExp {
  const parts = file.replace(/\.tsx$/, "").split(".");
  const patterns = parts
    .filter((part) => part !== "_index")
    .map((part) => (part === "$" ? "/.+" : part.startsWith("$") ? "/[^/]+" : `/${part}`));
  return new RegExp(`^${patterns.join("") || "/"}$`);
}

describe.each(PAGES)("the page of the %s", (name, path, text) => {
  test("shows one result under hostile names as they are, at every width, and nothing jumps", async () => {
    await visit(dashboard.url + path, async ({ page }) => {
      expect(await layoutShift(page)).toBeLessThanOrEqual(0.01);
      const main = page.getByRole("main");
      // Marks of direction are set apart by the browser, so the text is looked at as the document holds it.
      if (text !== null) expect(await main.textContent()).toContain(text);
      expect(await page.title()).not.toBe("hacked");
      expect(await main.innerText()).not.toMatch(/NaN|undefined|Infinity|\[object|%5B|&lt;/);
      await expectAccessible(page);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        await keepPicture(page, `one-hostile-${name}-${width}`);
      }
    });
  });

  test("is whole without JavaScript", async () => {
    await visit(
      dashboard.url + path,
      async ({ page }) => {
        await page.getByRole("heading", { level: 1 }).waitFor();
        if (text !== null) expect(await page.getByRole("main").textContent()).toContain(text);
        expect(await page.getByText("Loading").count()).toBe(0);
      },
      { javaScriptEnabled: false },
    );
  });

  test("is walked with the Tab key alone, in its order and in sight, nothing moves, and all of it comes in 12 requests", async () => {
    await visit(
      dashboard.url + path,
      async ({ page }) => {
        const { expected, reached, unseen, moved } = await walk(page);
        expect(expected.length).toBeGreaterThan(10);
        expect(reached).toEqual(expected);
        expect(unseen).toEqual([]);
        expect(moved).toEqual([]);
        const files = await page.evaluate(() =>
          performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
        );
        expect(files.length, files.join("\n")).toBeLessThanOrEqual(11);
      },
      { reducedMotion: "reduce" },
    );
  });
});

/** Presses Tab through the page once. Names of what can be used, of what was reached, and of what had no focus to see. */
async function walk(page: Page) {
  await bringToLife(page);
  const expected = await page.evaluate(() => {
    const usable = "a[href], button:not([disabled]), input, select, textarea, summary, [tabindex='0']";
    return [...document.querySelectorAll<HTMLElement>(usable)]
      .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }))
      .map((element, index) => {
        element.dataset.walk = String(index);
        return `${index} ${element.tagName} ${(element.textContent || element.getAttribute("name") || "").slice(0, 40)}`;
      });
  });
  const reached: string[] = [];
  const unseen: string[] = [];
  const moved: string[] = [];
  // One that scrolls is a stop of the browser's own: it may take more presses than there are things to use.
  for (let press = 0; press < expected.length + 50 && reached.length < expected.length; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return {
        index: element.dataset.walk ?? null,
        seen: (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none",
        animations: document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 10).length,
      };
    });
    if (at === null || at.index === null) continue;
    const known = expected[Number(at.index)] ?? "";
    reached.push(known);
    if (!at.seen) unseen.push(known);
    if (at.animations > 0) moved.push(known);
  }
  return { expected, reached, unseen, moved };
}
