import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { readOverview } from "../../app/data/overview.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { history } from "../e2e/support/history.ts";
import {
  failure,
  insert,
  refreshWindows,
  result,
  run,
  type SeedResult,
  type SeedRun,
} from "../e2e/support/results.ts";
import { type ListBody, readAll, readProblem } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
let runs: SeedRun[];
let results: SeedResult[];

const strange = {
  provider: "who <b>else</b>",
  model: `a/b:c?d&e=f'"\\ ${"ü".repeat(40)} =cmd|x`,
};

beforeAll(async () => {
  const made = history({ until: new Date(), hours: 8, simulated: true });
  // Many results share one moment down to the microsecond: only the id tells them apart.
  const crowd = run({ started_at: new Date(Date.now() - 20 * 60_000).toISOString(), location: "weur" });
  const moment = "2025-11-20T10:00:00.123456Z";
  const crowded = Array.from({ length: 60 }, () =>
    result({ run_id: crowd.id, created_at: moment, location: "weur", provider: "groq", model: "crowd" }),
  );
  const odd = run({ started_at: new Date(Date.now() - 10 * 60_000).toISOString() });
  runs = [...made.runs, crowd, odd];
  results = [
    ...made.results,
    ...crowded,
    result({ run_id: odd.id, ...strange }),
    failure("timeout", { run_id: odd.id, ...strange, error_message: "</script><script>alert(1)</script>" }),
    failure("network", { run_id: odd.id, provider: "edge", model: "x" }),
  ];
  await insert(supabase.sql, runs, results);
});

async function get(address: string, init?: RequestInit): Promise<Response> {
  return fetch(dashboard.url + address, init);
}
async function list(address: string): Promise<ListBody> {
  const response = await get(address);
  expect(response.status, address).toBe(200);
  return (await response.json()) as ListBody;
}
/** Newest first, then by id, as Postgres compares UUIDs. */
function inOrder(rows: readonly SeedResult[]): string[] {
  const micros = (row: SeedResult) => {
    const [, fraction = ""] = /\.(\d+)/.exec(row.created_at) ?? [];
    return `${new Date(row.created_at).toISOString().slice(0, 19)}.${fraction.padEnd(6, "0")}`;
  };
  return [...rows]
    .sort((a, b) => (micros(a) === micros(b) ? (a.id < b.id ? 1 : -1) : micros(a) < micros(b) ? 1 : -1))
    .map((row) => row.id);
}

describe("/api/v1/results", () => {
  test("shows every result once, newest first, over pages of any size", async () => {
    for (const limit of [7, 100, 1_000]) {
      const pages = await readAll(dashboard.url, `/api/v1/results?limit=${limit}`);
      expect(pages.flatMap((page) => page.data.map((row) => row.id))).toEqual(inOrder(results));
      for (const page of pages.slice(0, -1)) expect(page.data).toHaveLength(limit);
    }
  });

  test("neither repeats nor hides a result when others arrive between two pages", async () => {
    const first = await list("/api/v1/results?limit=50");
    const late = result({
      run_id: runs[0]?.id ?? "",
      created_at: new Date(Date.now() + 1_000).toISOString(),
    });
    await insert(supabase.sql, [], [late]);
    const rest = await readAll(dashboard.url, first.page.next ?? "");
    await supabase.sql.query("delete from public.benchmark_results where id = $1", [late.id]);
    expect([first, ...rest].flatMap((page) => page.data.map((row) => row.id))).toEqual(inOrder(results));
  });

  const filters: readonly (readonly [string, (row: SeedResult) => boolean])[] = [
    ["provider=groq", (row) => row.provider === "groq"],
    ["model=openai/gpt-oss-20b", (row) => row.model === "openai/gpt-oss-20b"],
    ["provider=groq&model=crowd", (row) => row.model === "crowd"],
    ["success=false", (row) => !row.success],
    ["success=true&location=weur", (row) => row.success && row.location === "weur"],
    ["error_kind=timeout", (row) => row.error_kind === "timeout"],
    ["simulated=true", (row) => row.simulated],
    ["simulated=false", (row) => !row.simulated],
    ["until=2025-11-20T10:00:00.123456Z", () => false],
    ["since=2025-11-20T10:00:00.123457Z", (row) => row.model !== "crowd"],
    ["since=2025-11-20&until=2025-11-21", (row) => row.model === "crowd"],
    [
      `provider=${encodeURIComponent(strange.provider)}&model=${encodeURIComponent(strange.model)}`,
      (row) => row.model === strange.model,
    ],
    ["provider=nobody", () => false],
  ];
  test.each(filters)("filtered by %s shows those and no others", async (query, keep) => {
    const pages = await readAll(dashboard.url, `/api/v1/results?${query}&limit=40`);
    expect(pages.flatMap((page) => page.data.map((row) => row.id))).toEqual(inOrder(results.filter(keep)));
  });

  test("finds results by run and by id, and says a provider's name however the row writes it", async () => {
    const id = runs[3]?.id ?? "";
    expect((await list(`/api/v1/results?run_id=${id}`)).data.map((row) => row.id)).toEqual(
      inOrder(results.filter((row) => row.run_id === id)),
    );
    const { rows } = await supabase.sql.query<{ provider_id: string; model_id: string }>(
      "select p.id as provider_id, m.id as model_id from public.models m join public.providers p on p.id = m.provider_id where p.slug = 'openai' and m.name = 'gpt-4o-mini'",
    );
    const spellings = [
      { provider: "OpenAI", model: "gpt-4o-mini" },
      { provider: null, model: null, ...rows[0] },
      { provider: "openai", model: "renamed", model_id: rows[0]?.model_id ?? null },
    ].map((names) => result({ run_id: id, created_at: "2026-09-01T00:00:00Z", ...names }));
    await insert(supabase.sql, [], spellings);
    const found = await list("/api/v1/results?provider=openai&model=gpt-4o-mini&until=2026-09-02");
    expect(found.data.map((row) => [row.provider, row.model])).toEqual(
      spellings.map(() => ["openai", "gpt-4o-mini"]),
    );
    // By display name there is no such provider.
    expect((await list("/api/v1/results?provider=OpenAI&until=2026-09-02")).data).toEqual([]);
    await supabase.sql.query("delete from public.benchmark_results where id = any($1)", [
      spellings.map((row) => row.id),
    ]);
  });

  test("says whose failure each was, as the database's own view does", async () => {
    const [offlineRun] = [run()];
    await insert(
      supabase.sql,
      [offlineRun as SeedRun],
      ["openai", "groq"].map((provider) => failure("network", { run_id: offlineRun?.id ?? "", provider })),
    );
    const { rows } = await supabase.sql.query<{ id: string; failure_owner: string | null }>(
      "select id, failure_owner from public.counted_results",
    );
    const owners = new Map(rows.map((row) => [row.id, row.failure_owner]));
    const shown = (await readAll(dashboard.url, "/api/v1/results?limit=1000")).flatMap((page) => page.data);
    expect(shown).toHaveLength(rows.length);
    for (const row of shown) expect(row.failure_owner).toBe(owners.get(String(row.id)));
    expect(new Set(rows.map((row) => row.failure_owner))).toEqual(new Set([null, "provider", "probe"]));
    await supabase.sql.query("delete from public.runs where id = $1", [offlineRun?.id]);
    await refreshWindows(supabase.sql);
  });

  test("adds texts and arrivals only where they are asked for, and keeps such pages short", async () => {
    const id = results[0]?.id ?? "";
    await supabase.sql.query(
      "update public.benchmark_results set response_text = $2, chunk_times_ms = $3, endpoint_host = 'inside.example' where id = $1",
      [id, "• ünïcode\nline", [1.5, 2.5]],
    );
    const basic = (await list(`/api/v1/results?id=${id}`)).data[0] ?? {};
    expect(Object.keys(basic)).not.toContain("response_text");
    const full = await list(`/api/v1/results?id=${id}&detail=full`);
    expect(full.data[0]).toMatchObject({ response_text: "• ünïcode\nline", chunk_times_ms: [1.5, 2.5] });
    expect(JSON.stringify(full)).not.toContain("inside.example");
    expect((await list("/api/v1/results?detail=full")).data).toHaveLength(20);
    const refused = await get("/api/v1/results?detail=full&limit=21");
    expect([refused.status, (await readProblem(refused)).errors[0]?.parameter]).toEqual([400, "limit"]);
  });

  test("marks the page as simulated when one of its results is, and each result by itself", async () => {
    const mixed = await list("/api/v1/results?limit=1000");
    expect([mixed.simulated, new Set(mixed.data.map((row) => row.simulated))]).toEqual([
      true,
      new Set([true, false]),
    ]);
    expect((await list("/api/v1/results?simulated=false")).simulated).toBe(false);
  });
});

describe("/api/v1/endpoints", () => {
  // Tests before have added real results and taken them away.
  beforeAll(() => refreshWindows(supabase.sql));

  test("has the overview's figures", async () => {
    const overview = await readOverview(
      createReader(supabase.url, supabase.anonKey),
      { window: "24h", location: "local" },
      new Set(),
    );
    const { data } = await list("/api/v1/endpoints?location=local&sort=ttft");
    const measured = data.filter((row) => Number(row.attempts) > 0);
    expect(measured.length).toBeGreaterThanOrEqual(7);
    for (const shown of measured) {
      const same = overview.endpoints.find((e) => e.provider === shown.provider && e.model === shown.model);
      expect(shown).toMatchObject({
        ttft: same?.ttft,
        cost: same?.cost,
        value: same?.value,
        total_latency: same?.latency,
      });
    }
    const order = measured.map((row) => (row.ttft as { p50: number }).p50);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test.each(["name", "value", "success"])("pages through all of them sorted by %s", async (sort) => {
    const whole = (await list(`/api/v1/endpoints?sort=${sort}`)).data.map(
      (row) => `${row.provider} ${row.model}`,
    );
    const pages = await readAll(dashboard.url, `/api/v1/endpoints?sort=${sort}&limit=2`);
    expect(pages.length).toBe(Math.ceil(whole.length / 2));
    expect(pages.flatMap((page) => page.data.map((row) => `${row.provider} ${row.model}`))).toEqual(whole);
  });

  test("says up to when a window's figures reach, which is before its newest results", async () => {
    const asOf = async (window: string) =>
      (await list(`/api/v1/endpoints?location=local&window=${window}&limit=1`)).as_of;
    const { error } = await supabase.service.rpc("engine_refresh_windows", {
      time_window: "7d",
      part: "current",
      at_location: "local",
    });
    expect(error).toBeNull();
    const { rows } = await supabase.sql.query(
      "update public.window_refreshes set as_of = date_trunc('minute', now()) - interval '10 minutes' where location = 'local' returning as_of",
    );
    expect(Date.parse(String(await asOf("7d")))).toBe(rows[0].as_of.getTime());
    expect(Date.parse(String(await asOf("24h")))).toBe(rows[0].as_of.getTime());
    // Without a refresh nothing in it makes each answer another.
    await supabase.sql.query("delete from public.window_refreshes");
    expect(await asOf("30d")).toBeNull();
    await refreshWindows(supabase.sql);
  });

  test("filters by provider, model, kind and simulated", async () => {
    const { data } = await list("/api/v1/endpoints?location=local&kind=proxy&simulated=true");
    expect(data.length).toBeGreaterThan(0);
    expect(data.every((row) => row.kind === "proxy" && row.simulated === true)).toBe(true);
    const one = await list("/api/v1/endpoints?provider=groq&model=openai/gpt-oss-20b");
    expect(one.data.map((row) => row.model)).toEqual(["openai/gpt-oss-20b"]);
  });
});

describe("/api/v1/runs", () => {
  test("shows every run with what came of it", async () => {
    const pages = await readAll(dashboard.url, "/api/v1/runs?limit=9");
    const shown = pages.flatMap((page) => page.data);
    expect(shown.map((row) => row.id)).toEqual(
      [...runs].sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at)).map((one) => one.id),
    );
    for (const one of shown) {
      const own = results.filter((row) => row.run_id === one.id);
      expect(one).toMatchObject({
        results: own.length,
        successes: own.filter((row) => row.success).length,
        simulated_results: own.filter((row) => row.simulated).length,
        simulated: own.some((row) => row.simulated),
      });
    }
  });

  test("filters by name, trigger, place and time", async () => {
    expect((await list("/api/v1/runs?location=weur")).data).toHaveLength(1);
    expect((await list("/api/v1/runs?name=simulated-history&limit=200")).data).toHaveLength(runs.length - 2);
    expect((await list("/api/v1/runs?triggered_by=manual")).data).toEqual([]);
    expect((await list(`/api/v1/runs?id=${randomUUID()}`)).data).toEqual([]);
    expect((await list("/api/v1/runs?until=2020-01-01")).data).toEqual([]);
  });
});

describe("/api/v1/models and /api/v1/prices", () => {
  test("show the whole catalogue, page by page, with each model's newest price", async () => {
    const { rows } = await supabase.sql.query<{ provider: string; name: string; price: number | null }>(
      `select p.slug as provider, m.name,
         (select input_price_per_m from public.prices c where c.model_id = m.id order by timestamp desc, id desc limit 1) as price
       from public.models m join public.providers p on p.id = m.provider_id
       order by p.slug collate "C", m.name collate "C"`,
    );
    const pages = await readAll(dashboard.url, "/api/v1/models?limit=3");
    expect(
      pages.flatMap((page) =>
        page.data.map((row) => ({
          provider: row.provider,
          name: row.model,
          price: (row.price as { input_price_per_m: number } | null)?.input_price_per_m ?? null,
        })),
      ),
    ).toEqual(rows);
    const active = await list("/api/v1/models?state=active");
    expect(active.data.every((row) => row.active)).toBe(true);
    const retired = await list("/api/v1/models?state=retired&provider=groq");
    expect(retired.data.map((row) => [row.model, row.successor])).toContainEqual([
      "llama-3.1-8b-instant",
      "openai/gpt-oss-20b",
    ]);
    expect((await list("/api/v1/models?identity=gpt-oss-20b")).data.length).toBeGreaterThanOrEqual(3);
  });

  test("say of a model whether its results are simulated, and null where there are none", async () => {
    const before = (await list("/api/v1/models?provider=openai&model=gpt-4o-mini")).data[0];
    expect(before?.simulated).toBe(true);
    const { rows } = await supabase.sql.query<{ id: string }>(
      "insert into public.models (name, provider_id) select 'never-asked', id from public.providers where slug = 'openai' returning id",
    );
    expect((await list("/api/v1/models?provider=openai&model=never-asked")).data[0]).toMatchObject({
      simulated: null,
      price: null,
    });
    await supabase.sql.query("delete from public.models where id = $1", [rows[0]?.id]);
  });

  test("show the history of a price, and with current=true only what holds", async () => {
    const { rows } = await supabase.sql.query<{ id: string }>(
      `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, timestamp, source)
       select m.provider_id, m.id, 9, 10, now() + interval '1 minute', 'test' from public.models m
       join public.providers p on p.id = m.provider_id where p.slug = 'openai' and m.name = 'gpt-4o-mini' returning id`,
    );
    const all = (await list("/api/v1/prices?provider=openai&model=gpt-4o-mini")).data;
    expect(all.length).toBeGreaterThanOrEqual(2);
    expect(all.map((price) => price.current)).toEqual(all.map((_, index) => index === 0));
    const current = await list("/api/v1/prices?provider=openai&model=gpt-4o-mini&current=true");
    expect(current.data).toEqual([all[0]]);
    expect(current.data[0]).toMatchObject({ id: rows[0]?.id, input_price_per_m: 9, source: "test" });
    const pages = await readAll(dashboard.url, "/api/v1/prices?limit=1");
    const { rows: count } = await supabase.sql.query<{ n: number }>(
      "select count(*)::int as n from public.prices",
    );
    expect(new Set(pages.flatMap((page) => page.data.map((price) => price.id))).size).toBe(count[0]?.n);
    await supabase.sql.query("delete from public.prices where id = $1", [rows[0]?.id]);
  });
});
