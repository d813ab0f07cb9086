import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { catalogSchema } from "../../app/data/models.server.ts";
import { modelPageSchema } from "../../app/data/models-page.server.ts";
import { endpointSchema } from "../../app/data/overview.server.ts";
import { forgetResults, insert, type SeedResult } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { blame } from "./dashboard-recomputed.ts";
import { AS_OF, ENDPOINTS, mixedMonth } from "./mixed-month.ts";

const UNTIL = Date.parse(AS_OF);
const HOURS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
const STEP_MS = { "1h": 900_000, "24h": 3_600_000, "7d": 21_600_000, "30d": 86_400_000 } as const;
type Window = keyof typeof HOURS;
const WINDOWS = Object.keys(HOURS) as Window[];

const supabase = useSupabase();

async function readPage(provider: string, model: string, window: Window = "24h", location?: string) {
  const { data, error } = await supabase.anon.rpc("model_page", {
    of_provider: provider,
    of_model: model,
    time_window: window,
    ...(location === undefined ? {} : { at_location: location }),
  });
  expect(error).toBeNull();
  return data === null ? null : modelPageSchema.parse(data);
}

async function readOverview(window: Window, location?: string) {
  const { data, error } = await supabase.anon.rpc("dashboard_endpoints", {
    time_window: window,
    ...(location === undefined ? {} : { at_location: location }),
  });
  expect(error).toBeNull();
  return comparable.parse(data);
}

/** What both functions say of an endpoint; steps over time are held to the rows themselves below. */
const comparable = z.object({
  location: z.string().nullable(),
  locations: z.array(z.object({ location: z.string(), results: z.number() })),
  endpoints: z.array(z.looseObject({ provider: z.string(), model: z.string() })),
});

function figuresOf({ trend: _, ...rest }: z.infer<typeof endpointSchema>): Record<string, unknown> {
  return rest;
}

function sharedFigures(entry: object): Record<string, unknown> {
  return figuresOf(endpointSchema.parse(entry));
}

/** The results that an endpoint's page is made of, chosen by plain loops. */
function chosen(
  results: readonly SeedResult[],
  provider: string,
  model: string,
  window: Window,
  location: string,
) {
  const own = results.filter((row) => row.provider === provider && row.model === model);
  const real = own.some((row) => !row.simulated);
  const offline = new Set(
    results
      .map((row) => row.run_id)
      .filter((id, index, all) => all.indexOf(id) === index)
      .filter((id) => {
        const asked = results.filter((row) => row.run_id === id);
        return (
          asked.every((row) => row.error_kind === "network") &&
          new Set(asked.map((row) => row.provider_id ?? row.provider)).size > 1
        );
      }),
  );
  return own
    .filter((row) => row.simulated === !real && row.location === location)
    .filter((row) => row.prompt_version === null || row.prompt_version === "ba9876543210")
    .filter((row) => Date.parse(row.created_at) > UNTIL - HOURS[window] * 3_600_000)
    .map((row) => ({ ...row, owner: offline.has(row.run_id) ? ("probe" as const) : blame(row) }));
}

function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (rank - Math.floor(rank));
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** Equal, but for the last digits of a sum taken in another order. */
function close(actual: unknown, expected: unknown, path = ""): void {
  if (typeof expected === "number") {
    expect(actual, path).toBeTypeOf("number");
    expect(Math.abs(Number(actual) - expected), `${path}: ${actual}, ${expected}`).toBeLessThanOrEqual(
      Math.max(1e-9, Math.abs(expected) * 1e-9),
    );
  } else if (typeof expected === "object" && expected !== null) {
    if (Array.isArray(expected)) expect(actual, path).toHaveLength(expected.length);
    for (const [name, value] of Object.entries(expected))
      close(Reflect.get(Object(actual), name), value, `${path}.${name}`);
  } else expect(actual, path).toEqual(expected);
}

describe("an endpoint's page over a mixed month", () => {
  let rows: SeedResult[];
  beforeAll(async () => {
    const { runs, results } = await mixedMonth(supabase.sql);
    rows = results;
    await forgetResults(supabase.sql);
    await insert(supabase.sql, runs, results, AS_OF);
  });

  describe.each(WINDOWS)("in the last %s", (window) => {
    test.each([undefined, "weur"])(
      "has exactly the overview's figures, measured from %s",
      async (location) => {
        const overview = await readOverview(window, location);
        let measured = 0;
        for (const [provider, model] of ENDPOINTS) {
          const entry = overview.endpoints.find((each) => each.provider === provider && each.model === model);
          const page = await readPage(provider, model, window, location);
          expect(page?.location).toBe(overview.location);
          expect(page?.locations).toEqual(overview.locations);
          if (page === null || entry === undefined) expect(page?.endpoint.figures.attempts).toBe(0);
          else close(endpointSchema.parse(entry), page.endpoint);
          measured += page?.endpoint.figures.attempts ?? 0;
          for (const other of page?.elsewhere ?? []) {
            const same = overview.endpoints.find(
              (each) => each.provider === other.endpoint.provider && each.model === other.endpoint.model,
            );
            if (same !== undefined) close(sharedFigures(same), figuresOf(other.endpoint));
          }
        }
        expect(measured).toBeGreaterThan(0);
      },
    );

    test("has steps, spreads and failures that a second computation over the same rows finds too", async () => {
      for (const [provider, model] of ENDPOINTS) {
        const page = await readPage(provider, model, window, "enam");
        const own = chosen(rows, provider, model, window, "enam");
        expect(own.length).toBeGreaterThan(0);
        const successes = own.filter((row) => row.success);

        const starts = [
          ...new Set(own.map((row) => Math.floor(Date.parse(row.created_at) / STEP_MS[window]))),
        ].sort((a, b) => a - b);
        expect(page?.buckets.map((bucket) => Date.parse(bucket.at) / STEP_MS[window])).toEqual(starts);
        starts.forEach((start, index) => {
          const inside = own.filter(
            (row) => Math.floor(Date.parse(row.created_at) / STEP_MS[window]) === start,
          );
          const good = inside.filter((row) => row.success);
          const figures = (values: number[], slow: number) => [
            values.length,
            percentile(values, 0.5),
            values.length >= 20 ? percentile(values, slow) : null,
          ];
          const bucket = page?.buckets[index];
          close(bucket?.ttft.slice(0, 3), figures(present(good.map((row) => row.ttft_ms)), 0.95));
          close(bucket?.tps.slice(0, 3), figures(present(good.map((row) => row.tps)), 0.05));
          close(
            bucket?.latency.slice(0, 3),
            figures(
              good.map((row) => row.total_latency_ms),
              0.95,
            ),
          );
          expect(bucket?.attempts).toBe(inside.filter((row) => row.owner !== "probe").length);
          expect(bucket?.provider_failures).toBe(inside.filter((row) => row.owner === "provider").length);
        });

        for (const [name, values] of [
          ["ttft", present(successes.map((row) => row.ttft_ms))],
          ["tps", present(successes.map((row) => row.tps))],
          ["latency", successes.map((row) => row.total_latency_ms)],
        ] as const) {
          const spread = page?.distributions[name];
          expect(spread?.n).toBe(values.length);
          const step = spread?.step ?? 0;
          for (const [start, n] of spread?.bins ?? []) {
            // A value on the very edge of two steps may be either's by its last digit.
            const inner = values.filter(
              (value) => value > start + 1e-6 && value < start + step - 1e-6,
            ).length;
            const outer = values.filter(
              (value) => value > start - 1e-6 && value < start + step + 1e-6,
            ).length;
            expect(n).toBeGreaterThanOrEqual(inner);
            expect(n).toBeLessThanOrEqual(outer);
          }
          const counted = (spread?.bins ?? []).reduce((sum, [, n]) => sum + n, 0) + (spread?.above_n ?? 0);
          expect(counted).toBe(values.length);
          if (values.length > 0) expect(spread?.bins.length).toBeLessThanOrEqual(52);
        }

        const failures = new Map<string, number>();
        for (const row of own.filter((each) => !each.success)) {
          const key = `${row.error_kind ?? `status ${row.status_code}`} ${row.owner}`;
          failures.set(key, (failures.get(key) ?? 0) + 1);
        }
        expect(new Map(page?.failures.map((each) => [`${each.kind} ${each.owner}`, each.n]))).toEqual(
          failures,
        );

        const dots = window === "1h" || window === "24h" ? Math.min(300, successes.length) : 0;
        expect(page?.answers).toHaveLength(dots);
      }
    });
  });

  test("lists the newest results of its class, newest first, without those of others", async () => {
    const page = await readPage("groq", "openai/gpt-oss-20b", "1h", "enam");
    const newest = chosen(rows, "groq", "openai/gpt-oss-20b", "30d", "enam")
      .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
      .slice(0, 10);
    expect(page?.results.map(({ id }) => id)).toEqual(newest.map(({ id }) => id));
  });

  test("finds the same model elsewhere by its identity, and leads to no other", async () => {
    const page = await readPage("groq", "openai/gpt-oss-20b");
    expect(page?.elsewhere.map(({ endpoint }) => `${endpoint.provider}/${endpoint.model}`)).toEqual([
      "together/openai/gpt-oss-20b",
      "openrouter/openai/gpt-oss-20b",
    ]);
    expect((await readPage("openrouter", "openai/gpt-4o-mini"))?.elsewhere).toHaveLength(1);
    expect((await readPage("stranger", "some/model:free"))?.elsewhere).toEqual([]);
  });

  test.each([
    ["nobody", "gpt-4o-mini"],
    ["openai", "no-such-model"],
    ["OpenAI", "gpt-4o-mini"],
    ["", ""],
    ["stranger", "openai/gpt-oss-20b"],
  ])("is null for %s/%s, which nobody knows", async (provider, model) => {
    expect(await readPage(provider, model)).toBeNull();
  });

  test("knows a place where nothing was measured from, and says nothing of it", async () => {
    const page = await readPage("openai", "gpt-4o-mini", "24h", "nowhere");
    expect(page).toMatchObject({ location: "nowhere", buckets: [], results: [], failures: [] });
    expect(page?.endpoint.figures).toMatchObject({ attempts: 0, success_rate: null });
    expect(page?.distributions.ttft).toMatchObject({ n: 0, bins: [] });
  });

  test("an unknown window is refused with the ones there are", async () => {
    const { error } = await supabase.anon.rpc("model_page", {
      of_provider: "openai",
      of_model: "gpt-4o-mini",
      time_window: "2d",
    });
    expect(error?.message).toBe("time_window must be 1h, 24h, 7d or 30d");
  });
});

describe("a spread", () => {
  async function bins(values: readonly number[]) {
    const { rows } = await supabase.sql.query("select internal.value_bins($1) as bins", [values]);
    return rows[0].bins as {
      n: number;
      step: number;
      bins: [number, number][];
      above: number;
      above_n: number;
    };
  }

  test("of one value, of equal values and of zeros has one column", async () => {
    for (const values of [[412.5], [7, 7, 7], [0, 0]]) {
      const spread = await bins(values);
      expect(spread.bins).toHaveLength(1);
      expect(spread.bins[0]?.[1]).toBe(values.length);
      expect(spread.step).toBeGreaterThan(0);
    }
  });

  test("is not squeezed by one answer that took a hundred times as long", async () => {
    const spread = await bins([...Array.from({ length: 500 }, (_, index) => 200 + (index % 100)), 30_000]);
    expect(spread.step).toBeLessThanOrEqual(10);
    expect(spread.above_n).toBe(1);
    expect(spread.above).toBeLessThanOrEqual(310);
  });
});

describe("the catalogue", () => {
  async function read(parameters: Record<string, unknown> = {}) {
    const { data, error } = await supabase.anon.rpc("model_catalog", parameters);
    expect(error).toBeNull();
    return catalogSchema.parse(data);
  }
  const names = (catalog: Awaited<ReturnType<typeof read>>) =>
    catalog.providers.flatMap((each) => each.models.map(({ model }) => `${each.provider}/${model}`)).sort();

  beforeAll(async () => {
    await supabase.sql.query(`
      insert into public.providers (slug, name) values ('acme', 'Acme 100%');
      insert into public.models (provider_id, name, active, available, retired_at, identity_by_rule, family)
      select p.id, 'big_' || i, i = 7, i <> 30, case when i = 30 then '2026-01-01T00:00:00Z'::timestamptz end,
        'big-' || i, 'bigs'
      from generate_series(1, 30) i, public.providers p where p.slug = 'acme';
      -- Somebody's typing error.
      insert into public.models (provider_id, name, available)
      select p.id, 'bgi_1', false from public.providers p where p.slug = 'acme';
      insert into public.catalog_events (kind, provider_id, model, at)
      select 'new', p.id, 'big_' || i, now() - interval '1 hour' from generate_series(1, 30) i, public.providers p
      where p.slug = 'acme';
      insert into public.catalog_events (kind, provider_id, model, at, before, after)
      select 'price', p.id, 'big_1', now() - interval '1 minute', '{"input": 1, "output": 2}', '{"input": 2, "output": 3}'
      from public.providers p where p.slug = 'acme';
      insert into public.catalog_events (kind, provider_id, model, at)
      select 'retired', p.id, 'long-ago', now() - interval '31 days' from public.providers p where p.slug = 'acme'`);
  });

  test("has measured models first, what else is offered, and retired ones apart with their successors", async () => {
    const catalog = await read();
    const acme = catalog.providers.find((each) => each.provider === "acme");
    expect(acme).toMatchObject({ total: 29, active: 1 });
    expect(acme?.models).toHaveLength(20);
    expect(acme?.models[0]).toMatchObject({ model: "big_7", active: true });
    expect(catalog.retired.map(({ model }) => model)).toEqual([
      "llama-3.1-8b-instant",
      "mistralai/Mixtral-8x7B-Instruct-v0.1",
      "big_30",
    ]);
    expect(catalog.retired[0]).toMatchObject({ successor: "openai/gpt-oss-20b", successor_known: true });
    expect(catalog.retired_total).toBe(3);
    expect(catalog.counts).toEqual({ active: 6, available: 28, retired: 3 });
  });

  test("pages through one provider without a gap", async () => {
    const seen: string[] = [];
    for (const page of [1, 2, 3])
      seen.push(...names(await read({ of_provider: "acme", page, per_page: 12 })));
    expect(new Set(seen).size).toBe(29);
    expect(seen).toHaveLength(29);
    expect(names(await read({ of_provider: "acme", page: 4, per_page: 12 }))).toEqual([]);
  });

  test.each([
    ["gpt-oss groq", ["groq/openai/gpt-oss-20b"]],
    ["GPT-4O", ["openai/gpt-4o-mini", "openrouter/openai/gpt-4o-mini"]],
    ["100%", 20],
    ["big_1", 11],
    ["big%1", 0],
    ["bigs acme", 20],
    ["'; drop table models; --", 0],
    ["   ", 25],
  ])("finds every word of %j and takes no sign for a wildcard", async (search, expected) => {
    const found = names(await read({ search }));
    if (typeof expected === "number") expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected);
  });

  test("counts who else offers the same model", async () => {
    const groq = (await read()).providers.find((each) => each.provider === "groq");
    expect(groq?.models.find(({ model }) => model === "openai/gpt-oss-20b")?.elsewhere).toBe(2);
  });

  test("tells what one look found as one change, newest first, and nothing older than 30 days", async () => {
    const { changes } = await read();
    expect(changes.map(({ kind, n, models }) => [kind, n, models.length])).toEqual([
      ["price", 1, 1],
      ["new", 30, 4],
    ]);
    expect(changes[0]?.models[0]).toMatchObject({ before: { input: 1 }, after: { input: 2 } });
    expect((await read({ of_provider: "groq" })).changes).toEqual([]);
  });
});
