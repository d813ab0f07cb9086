import { beforeAll, describe, expect, test } from "vitest";
import { COMPARISON_QUERY, comparisonHref } from "../../app/lib/queries.ts";
import { eventually } from "../support/eventually.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepPicture,
  useBrowser,
  WIDTHS,
} from "./support/browser.ts";
import { history, PROFILES } from "./support/history.ts";
import { failure, forgetResults, insert, run, type SeedResult } from "./support/results.ts";

/*
 * What the page says in each state it can be in. One history holds them all: each state has two endpoints of its own, whose
 * results are changed to make it.
 */

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
const visit = useBrowser();

const A = "openai/gpt-4o-mini";
const B = "openrouter/openai/gpt-4o-mini";
const address = (...keys: readonly string[]) => comparisonHref({ ...COMPARISON_QUERY.defaults, with: keys });

/** The state: its texts, nothing for axe to find, no overflow at any width, a picture on a phone. */
async function look(path: string, name: string, ...texts: string[]): Promise<string> {
  let main = "";
  await visit(dashboard.url + path, async ({ page }) => {
    main = await page.getByRole("main").innerText();
    for (const text of texts) expect(main).toContain(text);
    expect(main).not.toMatch(/NaN|undefined|null|Infinity/);
    await expectAccessible(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
    }
    await keepPicture(page, `compare-${name}`);
  });
  return main;
}

test("nothing measured at all says so", async () => {
  await look("/compare", "nothing", "No model was measured at two providers");
  await look(address(A, B), "unmeasured", "Neither was measured in this window", "Show the last 30 days");
});

describe("what is chosen", () => {
  test("nobody yet: offers the same model at several providers", async () => {
    await look("/compare", "chooser", "Compare endpoints", "First endpoint", "Second endpoint");
  });

  test("one: asks for another", async () => {
    await look(address(B), "half", "Choose a second endpoint");
  });

  test("the same twice: is one, and says that it is not compared with itself", async () => {
    await look(
      `/compare?with=${A}&with=${A}`,
      "twice",
      "Choose a second endpoint",
      "not compared with itself",
    );
  });

  test("seven: says how many can be, and lets each be taken out", async () => {
    await supabase.sql.query(
      "insert into public.models (provider_id, name, active) select id, 'm' || n, true from public.providers, generate_series(1, 7) n where slug = 'groq'",
    );
    const keys = Array.from({ length: 7 }, (_, index) => `groq/m${index + 1}`);
    await look(address(...keys), "seven", "Too many endpoints", "6 can be compared at once");
    const html = await (await fetch(dashboard.url + address(...keys))).text();
    expect(html.match(/Remove Groq m\d/g)).toHaveLength(7);
  });

  test.each([
    ["unknown", `<script>alert(1)</script>/${"x".repeat(500)} 🦊`, "<script>alert(1)</script>/xxx"],
    ["malformed", "openai", "Endpoints are written provider/model"],
    ["blank", "groq/ ", "groq/"],
    ["control", "groq/\u0001\n\u007f", "groq/"],
  ])("%s: names it, with the way to another", async (name, key, text) => {
    await look(address(A, key), name, "Unknown endpoint", text, "Choose another endpoint");
    const response = await fetch(dashboard.url + address(A, key));
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
  });
});

/** Two endpoints of its own for each state; hostile ones bear such names. */
const STATES = [
  "day",
  "hour",
  "few",
  "one",
  "failures",
  "equal",
  "mixed",
  "simulated",
  "thinks",
  "free",
  "places",
  "odd",
] as const;
type State = (typeof STATES)[number];
const HOSTILE = [
  { provider: "<img src=x onerror=alert(1)>", model: "</select><script>document.title='hacked'</script>" },
  { provider: "שלום 🦊 __proto__", model: `${"very/long:".repeat(45)}end` },
] as const;
const ODD = [
  { provider: "odd", model: " " },
  { provider: "odd", model: "\u0001\n\u007f" },
] as const;

function profilesOf(state: State) {
  const [fast, slow] = [PROFILES[0], PROFILES[4]];
  if (fast === undefined || slow === undefined) throw new Error("there are profiles");
  const second = state === "equal" ? fast : slow;
  if (state === "odd")
    return [
      { ...fast, ...ODD[0] },
      { ...slow, ...ODD[1] },
    ];
  return [
    { ...fast, provider: `${state}-a`, model: "m" },
    { ...second, provider: `${state}-b`, model: "m" },
  ];
}

const two = (state: State) => address(`${state}-a/m`, `${state}-b/m`);

/** What of a row says which result it is. */
function idOf({ run_id, provider, model, created_at, simulated, location }: SeedResult) {
  return { run_id, provider, model, created_at, simulated, location };
}

describe("a page with", () => {
  const until = new Date();
  beforeAll(async () => {
    const profiles = [
      ...STATES.flatMap(profilesOf),
      ...HOSTILE.map((name, index) => ({ ...(PROFILES[4 * index] ?? profilesOf("day")[0]), ...name })),
    ] as typeof PROFILES;
    const { runs, results } = history({ until, hours: 24, simulated: false, profiles, seed: 3 });
    const age = (row: SeedResult) => until.getTime() - Date.parse(row.created_at);
    const made = results.flatMap((row): SeedResult[] => {
      const [state, side] = (row.provider ?? "").split("-");
      switch (state) {
        case "few":
          return age(row) < 10 * 3_600_000 ? [row] : [];
        case "one":
          if (age(row) > 15 * 60_000) return [];
          return side === "b" ? [{ ...row, ttft_ms: null, answer_ttft_ms: null, tps: null }] : [row];
        case "hour":
          return row.success && side === "b" && age(row) < 3_600_000
            ? [{ ...row, ttft_ms: (row.ttft_ms ?? 0) * 3.4 }]
            : [row];
        case "failures":
          return side === "b" ? [failure("server_error", idOf(row))] : [row];
        case "mixed":
          return [{ ...row, simulated: side === "b" }];
        case "simulated":
          return [{ ...row, simulated: true }];
        case "thinks":
          return side === "a" && row.success
            ? [{ ...row, answer_ttft_ms: (row.ttft_ms ?? 0) + 3_000 }]
            : [row];
        case "free":
          return side === "a" ? [{ ...row, cost_usd: 0 }] : [row];
        default:
          return [row];
      }
    });
    await insert(supabase.sql, runs, made);
    const elsewhere = history({
      until,
      hours: 13,
      simulated: false,
      location: "weur",
      profiles: profilesOf("places"),
      seed: 9,
    });
    await insert(supabase.sql, elsewhere.runs, elsewhere.results);
    // A place that is known, by a run that came to nothing.
    await insert(supabase.sql, [run({ location: "nowhere" })], []);
    // It reads what names there are only so often, and was asked for some that are none.
    await eventually(
      async () => (await fetch(dashboard.url + two("day"))).ok,
      "the dashboard knows the new names",
    );
  });

  test("a day of results says who starts sooner, and by how much", async () => {
    await look(two("day"), "day", "day-a starts", "times sooner", "day-b takes", "day-a is faster");
  });

  test("too few pairs gives no verdict, says what it can, and leads to a longer window", async () => {
    await look(
      two("few"),
      "few",
      "Too few pairs for a verdict",
      "of the 48 that a verdict needs",
      "So far few-a was faster in",
      "Look at the last 7 days",
    );
  });

  test("an hour's four runs tells them beside the usual", async () => {
    const main = await look(
      `${two("hour")}&window=1h`,
      "hour",
      "Too few pairs for a verdict",
      "So far hour-a was faster in 4 of 4",
      "Last 4 runs: hour-a",
    );
    expect(main).toMatch(/hour-b [2-5]\.\d times its usual TTFT/);
  });

  test("one result each breaks nothing", async () => {
    await look(
      two("one"),
      "one",
      "Too few pairs",
      "0 pairs of the 48",
      "1 more without this figure for one of the two",
    );
  });

  test("only failures has rates, no figures and no verdict", async () => {
    await look(
      two("failures"),
      "failures",
      "Too few pairs",
      "failures-b succeeded in only 0%",
      "lost because failures-b failed",
      "n/a",
    );
  });

  test("figures that hardly differ says that none can be shown", async () => {
    await look(two("equal"), "equal", "No significant difference");
  });

  test("a real and a simulated endpoint draws no difference between them", async () => {
    await look(
      two("mixed"),
      "mixed",
      "Real and simulated are not compared",
      "mixed-b was generated",
      "Simulated data:",
    );
    const html = await (await fetch(dashboard.url + two("mixed"))).text();
    expect(html).not.toContain("data-drawing");
  });

  test("two simulated endpoints compares them and says what they are", async () => {
    await look(
      two("simulated"),
      "simulated",
      "simulated-a is faster",
      "Simulated data:",
      "say nothing about real providers",
    );
  });

  test("an endpoint that thinks is judged by its first answer", async () => {
    await look(
      two("thinks"),
      "thinks",
      "thinks-b is faster",
      "Time to first answer token",
      "starts to answer",
    );
  });

  test("a free endpoint is cheaper without a ratio", async () => {
    await look(two("free"), "free", "free-a is cheaper", "free-a is free, so there is no ratio.");
  });

  test("several places keeps to one, and offers the others", async () => {
    await look(two("places"), "places", "measured from local", "weur");
    await look(`${two("places")}&location=weur`, "place", "measured from weur");
    await look(`${two("places")}&location=nowhere`, "nowhere", "Neither was measured", "from nowhere");
  });

  test("hostile and very long names shows them as text", async () => {
    const keys = HOSTILE.map(({ provider, model }) => `${provider}/${model}`);
    await look(address(...keys), "hostile", ...HOSTILE.flatMap(({ provider, model }) => [provider, model]));
    await look("/compare", "hostile-chooser", "Compare endpoints");
    await visit(dashboard.url + address(...keys), async ({ page }) => {
      expect(await page.title()).toContain(" vs ");
    });
  });

  test("names of a blank and of control characters finds them, by links and by the form", async () => {
    const keys = ODD.map(({ provider, model }) => `${provider}/${model}`);
    await look(address(...keys), "odd", "starts", "All figures");
    await visit(
      `${dashboard.url}/compare`,
      async ({ page }) => {
        for (const [index, label] of ["First endpoint", "Second endpoint"].entries()) {
          await page.getByLabel(label).selectOption(keys[index] ?? "");
        }
        await page.getByRole("button", { name: "Compare" }).click();
        await page.getByRole("region", { name: "Verdict" }).waitFor();
        expect(new URL(page.url()).searchParams.getAll("with")).toEqual(keys);
      },
      { javaScriptEnabled: false },
    );
  });

  test("six endpoints compares each with each", async () => {
    const keys = (["day", "few", "equal"] as const).flatMap((state) => [`${state}-a/m`, `${state}-b/m`]);
    const main = await look(address(...keys), "six", "Pair by pair", "The intervals of the 15 pairs");
    expect(main.match(/ vs /g)?.length).toBeGreaterThanOrEqual(5);
    const html = await (await fetch(dashboard.url + address(...keys))).text();
    expect(html.match(/Compare only these two/g)).toHaveLength(15);
    expect(html.length).toBeLessThan(300_000);
  });

  test("old results says that measuring has stopped", async () => {
    await forgetResults(supabase.sql);
    const old = history({ until: new Date(Date.now() - 3 * 3_600_000), hours: 24, simulated: false });
    await insert(supabase.sql, old.runs, old.results);
    await look(address(A, B), "stale", "Out of date:");
  });
});
