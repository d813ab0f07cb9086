import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { insert, result, run } from "../e2e/support/results.ts";
import { type ListBody, parseCsv, readAll } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
let dashboard: DashboardServer;
let gateway: Server;
/** Calls that went through to the database, and after how many of them the line goes dead. */
let calls = 0;
let deadAfter = Number.POSITIVE_INFINITY;

beforeAll(async () => {
  gateway = createServer((request, response) => {
    calls += 1;
    if (calls > deadAfter) {
      response.destroy();
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !["host", "connection"].includes(name)),
    ) as Record<string, string>;
    fetch(supabase.url + request.url, { headers }).then(
      async (answer) => {
        response.writeHead(answer.status, { "Content-Type": "application/json" });
        response.end(Buffer.from(await answer.arrayBuffer()));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  const { port } = gateway.address() as AddressInfo;
  dashboard = await startDashboard({
    SUPABASE_URL: `http://127.0.0.1:${port}`,
    SUPABASE_ANON_KEY: supabase.anonKey,
  });
});
beforeEach(() => {
  calls = 0;
  deadAfter = Number.POSITIVE_INFINITY;
});
afterAll(async () => {
  await dashboard?.stop();
  gateway?.closeAllConnections();
  gateway?.close();
});

async function csv(query = "?since=2026-01-01"): Promise<string[][]> {
  const response = await fetch(`${dashboard.url}/results.csv${query}`);
  expect(response.headers.get("Content-Type")).toBe("text/csv; charset=utf-8; header=present");
  expect(response.headers.get("Content-Disposition")).toBe('attachment; filename="results.csv"');
  return parseCsv(await response.text());
}

describe("a table of few results", () => {
  const one = run();
  const texts = [
    `=HYPERLINK("http://evil.example","click")`,
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r\n=1+1",
    "  =cmd|' /C calc'!A0",
    "＝1+1",
    "\u200b=1+1",
    `plain, "quoted" and\r\nbroken`,
    "ünï𝒸ode ✓",
    "a=1 is no formula",
    "",
  ];
  beforeAll(async () => {
    await insert(
      supabase.sql,
      [one],
      texts.map((text, index) =>
        result({
          run_id: one.id,
          error_message: text,
          model: index === 0 ? "@cf/meta/llama" : "gpt-4o-mini",
          simulated: index % 2 === 0,
          created_at: new Date(Date.UTC(2026, 9, 1, 0, 0, index)).toISOString(),
        }),
      ),
    );
  });
  afterAll(async () => {
    await supabase.sql.query("delete from public.runs");
  });

  test("has the fields of the JSON, value for value", async () => {
    const [header = [], ...rows] = await csv();
    const { data } = (await readAll(dashboard.url, "/api/v1/results?limit=1000"))[0] as ListBody;
    expect(header).toEqual(Object.keys(data[0] ?? {}));
    expect(rows).toHaveLength(texts.length);
    rows.forEach((row, index) => {
      header.forEach((name, column) => {
        const value = data[index]?.[name];
        const shown =
          value === null || value === undefined
            ? ""
            : typeof value === "object"
              ? JSON.stringify(value)
              : String(value);
        expect(row[column]?.replaceAll("'", ""), name).toBe(shown.replaceAll("'", ""));
      });
    });
    expect(new Set(rows.map((row) => row[header.indexOf("simulated")]))).toEqual(new Set(["true", "false"]));
  });

  test("holds no cell that a spreadsheet would run, and changes no other", async () => {
    const [header = [], ...rows] = await csv();
    const column = header.indexOf("error_message");
    const shown = rows.map((row) => row[column]).reverse();
    // Marks that other countries' spreadsheets take for the end of a cell have one behind them, too.
    const guarded = (text: string) => text.replace(/([\t\n])=/, "$1'=");
    expect(shown).toEqual(texts.map((text, index) => (index < 9 ? `'${guarded(text)}` : text)));
    expect(rows.at(-1)?.[header.indexOf("model")]).toBe("'@cf/meta/llama");
    // Where the danger is, said without the writer's own words.
    for (const cell of rows.flat()) expect(cell.trimStart()).not.toMatch(/^[=+@]|^-\D/);
  });

  test("begins with a byte order mark where that is asked for, and else without", async () => {
    const read = async (query: string) =>
      Buffer.from(await (await fetch(`${dashboard.url}/results.csv${query}`)).arrayBuffer());
    const [plain, marked] = await Promise.all([
      read("?since=2026-01-01"),
      read("?since=2026-01-01&bom=true"),
    ]);
    expect(marked).toEqual(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain]));
    expect(parse(marked, { bom: true, columns: true })).toHaveLength(texts.length);
    expect((await fetch(`${dashboard.url}/results.csv?bom=yes`)).status).toBe(400);
  });

  test("is filtered as the JSON is", async () => {
    const [header = [], ...rows] = await csv("?simulated=true&since=2026-10-01T00:00:04Z");
    expect(rows.map((row) => row[header.indexOf("error_message")])).toHaveLength(5);
    expect(await csv("?provider=nobody&since=2026-01-01")).toEqual([header]);
  });
});

describe("a table of many results", () => {
  const ROWS = 48_000;
  beforeAll(async () => {
    const one = run();
    await insert(supabase.sql, [one], []);
    await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, created_at, error_message)
       select $1, 'groq', 'many', 1, n, n, 0, date_trunc('day', now()) - interval '20 days' + n / 3 * interval '1 ms', repeat('x', 300)
       from generate_series(1, $2::int) n`,
      [one.id, ROWS],
    );
  });

  test("comes whole, each result once and newest first", async () => {
    const [header = [], ...rows] = await csv();
    const ids = rows.map((row) => row[header.indexOf("id")]);
    const { rows: expected } = await supabase.sql.query<{ id: string }>(
      "select id from public.benchmark_results order by created_at desc, id desc",
    );
    expect(ids).toEqual(expected.map((row) => row.id));
    expect(calls).toBe(24);
  });

  test("is read as slowly as its reader reads", async () => {
    const response = await new Promise<IncomingMessage>((resolve) => {
      get(`${dashboard.url}/results.csv`, resolve);
    });
    response.pause();
    // Whatever lies between us and the Worker fills up; then nothing more is fetched.
    const settled = async () => {
      let before = -1;
      while (before !== calls) {
        before = calls;
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      }
      return calls;
    };
    const fetched = await settled();
    expect(fetched).toBeLessThan(18);
    response.destroy();
    expect(await settled()).toBeLessThanOrEqual(fetched + 1);
  });

  test("breaks off where the database is lost on the way: a part does not pass for the whole", async () => {
    deadAfter = 3;
    const response = await fetch(`${dashboard.url}/results.csv`);
    expect(response.status).toBe(200);
    // Where the connection breaks too, that is as good; workerd on a developer's machine ends it as if all was well.
    const text = await response.text();
    expect(text.split("\r\n").length).toBeGreaterThan(5_000);
    expect(text.endsWith("\r\n")).toBe(false);
    expect(() => parseCsv(text)).toThrow();
    expect(text.slice(-80)).toContain("INCOMPLETE");
  });

  test("ends at 50,000 rows, says so in a way that no reader takes for a row, and goes on where it is asked to", async () => {
    const { rows: runs } = await supabase.sql.query<{ id: string }>("select id from public.runs");
    await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, created_at)
       select $1, 'groq', 'many', 1, n, n, 0, date_trunc('day', now()) - interval '25 days' + n * interval '1 ms'
       from generate_series(1, 2500) n`,
      [runs[0]?.id],
    );
    const text = await (await fetch(`${dashboard.url}/results.csv`)).text();
    const end = text.lastIndexOf("\r\n");
    expect(text.slice(end)).toContain("INCOMPLETE: a table ends at 50000 rows");
    expect(() => parseCsv(text)).toThrow();
    const [header = [], ...rows] = parseCsv(text.slice(0, end + 2));
    expect(rows).toHaveLength(50_000);
    const last = rows.at(-1)?.[header.indexOf("created_at")] ?? "";
    const [, ...rest] = await csv(`?until=${encodeURIComponent(last)}`);
    expect(rest).toHaveLength(500);
  });

  test("begins 30 days ago where nothing else is asked for, but for one run's results", async () => {
    const { rows: runs } = await supabase.sql.query<{ id: string }>("select id from public.runs");
    await supabase.sql.query("delete from public.benchmark_results where output_tokens > 10");
    await supabase.sql.query("update public.benchmark_results set created_at = now() - interval '40 days'");
    expect((await csv("")).length).toBe(1);
    expect((await csv(`?run_id=${runs[0]?.id}`)).length).toBeGreaterThan(10);
    expect((await csv("?since=2020-01-01")).length).toBeGreaterThan(10);
  });

  test("costs a HEAD one row", async () => {
    const response = await fetch(`${dashboard.url}/results.csv`, { method: "HEAD" });
    expect([response.status, await response.text(), calls]).toEqual([200, "", 1]);
  });
});
