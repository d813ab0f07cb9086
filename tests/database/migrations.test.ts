import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withClient } from "../../local/supabase/database.ts";
import { migrationsDirectory } from "../../local/supabase/index.ts";
import { applyMigrations, readMigrations } from "../../local/supabase/migrations.ts";
import { history } from "../e2e/support/history.ts";
import { insert } from "../e2e/support/results.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

describe("migrations", () => {
  let supabase: TestSupabase;
  let directory: string;

  beforeEach(async () => {
    supabase = await freshSupabase("bare");
    directory = await mkdtemp(join(tmpdir(), "benchmark-engine-migrations-"));
  });

  afterEach(async () => {
    await supabase.stop();
    await rm(directory, { recursive: true });
  });

  const write = (file: string, sql: string) => writeFile(join(directory, file), sql);
  const apply = async () =>
    withClient(supabase.databaseUrl, async (client) =>
      applyMigrations(client, await readMigrations(directory)),
    );
  const recorded = async () =>
    (await supabase.sql.query("select * from supabase_migrations.schema_migrations order by version")).rows;

  it("are applied in order, once, and recorded like the Supabase CLI's", async () => {
    await write("20260102000000_second.sql", "-- comment\ninsert into t values (1);\n");
    await write("20260101000000_first_table.sql", "create table t (id int);\ncreate index on t (id);");
    expect(await apply()).toEqual(["20260101000000_first_table.sql", "20260102000000_second.sql"]);
    expect(await apply()).toEqual([]);
    expect(await recorded()).toEqual([
      {
        version: "20260101000000",
        name: "first_table",
        statements: ["create table t (id int)", "create index on t (id)"],
      },
      { version: "20260102000000", name: "second", statements: ["-- comment\ninsert into t values (1)"] },
    ]);
    const { rows } = await supabase.sql.query(
      `select column_name, data_type, is_nullable from information_schema.columns
       where table_schema = 'supabase_migrations' order by ordinal_position`,
    );
    expect(rows).toEqual([
      { column_name: "version", data_type: "text", is_nullable: "NO" },
      { column_name: "statements", data_type: "ARRAY", is_nullable: "YES" },
      { column_name: "name", data_type: "text", is_nullable: "YES" },
    ]);
  });

  it("of the project apply to a new database as a role that is no superuser, and a second time change nothing", async () => {
    const migrations = await readMigrations(migrationsDirectory);
    const { rows } = await supabase.sql.query(
      "select current_user, rolsuper from pg_roles where rolname = current_user",
    );
    expect(rows).toEqual([{ current_user: "postgres", rolsuper: false }]);
    const both = await withClient(supabase.databaseUrl, async (client) => [
      await applyMigrations(client, migrations),
      await applyMigrations(client, migrations),
    ]);
    expect(both).toEqual([migrations.map((migration) => migration.file), []]);
  });

  it("of the project make of trends that were stored step by step what is computed in columns", async () => {
    const all = await readMigrations(migrationsDirectory);
    const upTo = (end: string) =>
      withClient(supabase.databaseUrl, (client) =>
        applyMigrations(
          client,
          all.filter(({ file }) => file < end),
        ),
      );
    await upTo("20261129");
    const { runs, results } = history({ until: new Date(), hours: 40, simulated: false });
    await insert(supabase.sql, runs, results);
    await supabase.sql.query(
      "delete from public.benchmark_results where created_at between now() - interval '9 hours' and now() - interval '6 hours'",
    );
    for (const [window, part] of [
      ["24h", "current"],
      ["24h", "previous"],
      ["7d", "current"],
      ["7d", "previous"],
    ]) {
      await supabase.sql.query("select public.engine_refresh_windows($1, $2, 'local')", [window, part]);
    }
    const types = async () =>
      (await supabase.sql.query("select distinct json_typeof(trend) as type from public.series_windows"))
        .rows;
    expect(await types()).toEqual([{ type: "array" }]);

    await upTo("20261130");
    expect(await types()).toEqual([{ type: "object" }]);
    const { rows } = await supabase.sql.query(
      `select w.trend as stored, f.trend as computed
       from public.series_windows w
       join public.window_refreshes r on r.time_window = w.time_window and r.part = w.part
       cross join lateral internal.series_figures(
         w.series_id, w.time_window, w.part, r.as_of - internal.window_span(w.time_window), r.as_of) f
       where w.time_window in ('24h', '7d')`,
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.some(({ stored }) => stored.ttft.includes(null))).toBe(true);
    for (const { stored, computed } of rows) expect(stored).toEqual(computed);
  });

  it("leave nothing of one that fails, and name file, line and reason", async () => {
    await write("1_good.sql", "create table good (id int);");
    await write("2_bad.sql", "create table half (id int);\n\n-- why\nselect\n  nonsense;\n");
    await expect(apply()).rejects.toThrow(
      /^supabase\/migrations\/2_bad\.sql:5: column "nonsense" does not exist$/,
    );
    const { rows } = await supabase.sql.query(
      "select to_regclass('good') as good, to_regclass('half') as half",
    );
    expect(rows).toEqual([{ good: "good", half: null }]);
    await write("2_bad.sql", "create table half (id int);");
    expect(await apply()).toEqual(["2_bad.sql"]);
  });

  it("that were changed after they were applied are refused by name", async () => {
    await write("1_a.sql", "create table a (id int);");
    await apply();
    await write("1_a.sql", "create table a (id bigint);");
    await expect(apply()).rejects.toThrow(
      /1_a\.sql was changed after it was applied.*npm run supabase:reset/,
    );
    await write("1_a.sql", "\n\ncreate table a (id int)  ;\n");
    expect(await apply()).toEqual([]);
  });

  it("that the directory lacks, or that come before an applied one, are refused by name", async () => {
    await write("2_b.sql", "create table b (id int);");
    await apply();
    await write("1_a.sql", "create table a (id int);");
    await expect(apply()).rejects.toThrow(/1_a\.sql comes before 2, which is applied already/);
    await rm(join(directory, "1_a.sql"));
    await rm(join(directory, "2_b.sql"));
    await expect(apply()).rejects.toThrow(/the database has migration 2, which supabase\/migrations lacks/);
  });

  it("do not see settings that an earlier one changed", async () => {
    await write("1_a.sql", "select pg_catalog.set_config('search_path', '', false);");
    await write("2_b.sql", "create table found (id int);");
    expect(await apply()).toHaveLength(2);
  });

  it("with a name the CLI would skip, or a number twice, are refused", async () => {
    await write("add_table.sql", "select 1");
    await expect(apply()).rejects.toThrow(/add_table\.sql: name it <number>_<name>\.sql/);
    await rm(join(directory, "add_table.sql"));
    await write("1_a.sql", "select 1");
    await write("1_b.sql", "select 1");
    await expect(apply()).rejects.toThrow(/1_b\.sql: another migration has the number 1 too/);
  });

  it("need no more than what the CLI's extended protocol can do: one statement at a time", async () => {
    const migrations = await readMigrations(migrationsDirectory);
    await withClient(supabase.databaseUrl, async (client) => {
      for (const [number, { text }] of migrations.flatMap((one) => one.statements).entries()) {
        // A prepared statement takes exactly one command.
        await client.query({ name: `s${number}`, text, values: [] });
      }
    });
    expect((await supabase.sql.query("select count(*)::int as n from public.models")).rows).toEqual([
      { n: 7 },
    ]);
  });
});
