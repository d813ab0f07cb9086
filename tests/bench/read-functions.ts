/**
 * What the database takes for a large installation: each read function as a reader calls it through PostgREST, the refresh
 * at a run's end with the memory of its backend, and the share of the indexes.
 *
 * npm run bench:database              the month: 863,700 results
 * npm run bench:database -- --years   10.28 million results: half an hour and 20 GB of disk
 */
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import pg from "pg";
import { startEmbeddedSupabase } from "../../local/supabase/index.ts";
import { resetSupabase } from "../../local/supabase/reset.ts";
import { WINDOWS } from "../../workers/benchmark/store/rows.ts";
import { fillMonth, MONTH, type Size, YEARS } from "./month-data.ts";
import { table } from "./report.ts";
import { percentile } from "./statistics.ts";

const TIMES = 7;

async function measureReadFunctions(say: (line: string) => void, large: boolean): Promise<string> {
  const size: Size = large ? YEARS : MONTH;
  const dataDirectory = await mkdtemp(join(tmpdir(), "benchmark-engine-bench-"));
  const supabase = await startEmbeddedSupabase({ dataDirectory, port: 0, durable: false });
  const sql = new pg.Pool({ connectionString: supabase.databaseUrl, max: 1 });
  try {
    await fillMonth(sql, say, size);
    const anon = createClient(supabase.url, supabase.anonKey, { auth: { persistSession: false } });
    const rows: string[][] = [["read", "median ms", "first ms"]];
    for (const [name, args] of await calls(sql)) {
      const times: number[] = [];
      for (let round = 0; round <= TIMES; round += 1) {
        const began = performance.now();
        const { error } = await anon.rpc(name, args, { get: true });
        if (error) throw new Error(`${name}: ${error.message}`);
        times.push(performance.now() - began);
      }
      const [first = Number.NaN, ...rest] = times;
      rows.push([
        `${name} ${Object.values(args).join(" ")}`.slice(0, 70),
        (percentile(rest, 50) ?? 0).toFixed(0),
        first.toFixed(0),
      ]);
    }
    rows.push(...(await refreshes(sql, size)));
    const began = performance.now();
    await sql.query("select public.engine_spent_since(now() - interval '24 hours')");
    rows.push(["engine_spent_since 24 h", (performance.now() - began).toFixed(0), ""]);
    const { rows: sizes } = await sql.query<{ share: string; total: string }>(
      `select round(100 * sum(pg_indexes_size(c.oid)) / sum(pg_total_relation_size(c.oid)), 1) as share,
         pg_size_pretty(sum(pg_total_relation_size(c.oid))) as total
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    );
    rows.push(["indexes, % of the database", sizes[0]?.share ?? "", sizes[0]?.total ?? ""]);
    return table(rows);
  } finally {
    await sql.end();
    await supabase.stop();
    await resetSupabase(dataDirectory);
  }
}

async function calls(sql: pg.Pool): Promise<[string, Record<string, string>][]> {
  const { rows } = await sql.query<{ model: string; run: string; names: string[] }>(
    `select (select m.name from public.models m where m.active order by m.name limit 1) as model,
       (select r.id from public.runs r order by r.started_at desc limit 1) as run,
       (select array_agg(s.name) from (
         select s.provider || '/' || s.model as name from public.series s order by s.id limit 6) s) as names`,
  );
  const { model = "", run = "", names = [] } = rows[0] ?? {};
  const endpoint = { of_provider: "groq", of_model: model };
  const pair = { endpoints: JSON.stringify([`groq/${model}`, `openrouter/${model}`]) };
  const six = { endpoints: JSON.stringify(names) };
  const windows = ["1h", "24h", "7d", "30d"];
  return [
    ...windows.map((time_window): [string, Record<string, string>] => [
      "dashboard_endpoints",
      { time_window },
    ]),
    ["dashboard_endpoints", { time_window: "24h", endpoints_only: "true" }],
    ["dashboard_previous", { time_window: "24h" }],
    ["overview_news", { since: new Date(Date.now() - 86_400_000).toISOString() }],
    ["dashboard_status", {}],
    ...windows.map((time_window): [string, Record<string, string>] => [
      "model_page",
      { ...endpoint, time_window },
    ]),
    ["endpoint_figures", endpoint],
    ["compare_endpoints", { ...pair, time_window: "24h" }],
    ["compare_endpoints", { ...pair, time_window: "30d" }],
    ["compare_endpoints", { time_window: "30d", ...six }],
    ["compare_choices", {}],
    ["dashboard_runs", {}],
    ["dashboard_run", { of_run: run }],
    ["dashboard_prices", {}],
    ["model_catalog", {}],
    ["catalog_changes", {}],
    ["api_results", {}],
    ["api_results", { of_provider: "groq" }],
    ["api_results", endpoint],
    ["api_results", { of_success: "false" }],
    ["api_runs", {}],
    ["api_models", {}],
    ["api_prices", {}],
    ["api_health", {}],
    ["api_metrics", {}],
  ];
}

/** Each window at the first place, as a run's end asks for it; the previous ones as if an hour had passed. */
async function refreshes(sql: pg.Pool, size: Size): Promise<string[][]> {
  await sql.query(
    "update public.window_refreshes set as_of = as_of - interval '8 hours' where part = 'previous'",
  );
  const rows: string[][] = [];
  let all = 0;
  for (const { window, part } of WINDOWS) {
    const began = performance.now();
    await sql.query("select public.engine_refresh_windows($1, $2, $3)", [window, part, size.places[0]]);
    const ms = performance.now() - began;
    all += ms;
    rows.push([`refresh ${part} ${window}`, ms.toFixed(0), ""]);
  }
  // Memory of its own, without the buffers it shares (Linux).
  const { rows: backends } = await sql.query<{ pid: number }>("select pg_backend_pid() as pid");
  const status = await readFile(`/proc/${backends[0]?.pid}/status`, "utf8").catch(() => "");
  const kib = Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
  return [...rows, ["refresh of all windows", all.toFixed(0), `backend ${(kib / 1024).toFixed(0)} MiB`]];
}

const say = (line: string) => console.error(line);
console.log(await measureReadFunctions(say, process.argv.includes("--years")));
