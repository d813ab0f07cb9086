import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { beforeAll, describe, expect, it } from "vitest";
import { withClient } from "../../local/supabase/database.ts";
import { migrationsDirectory } from "../../local/supabase/index.ts";
import { applyMigrations, readMigrations } from "../../local/supabase/migrations.ts";
import { type Relation, readFunctions, serviceFunctions, tables, views } from "../support/access-matrix.ts";
import { type TestSupabase, useSupabase } from "../support/supabase.ts";

const relations: Readonly<Record<string, Relation>> = { ...tables, ...views };
const TABLES = Object.keys(tables);
const VIEWS = Object.keys(views);
const isClosed = (name: string) => relations[name]?.closed === true;

type Role = "anon" | "authenticated" | "service_role";
const READERS: readonly Role[] = ["anon", "authenticated"];

/** A client without types: it asks for what the types forbid. */
async function clientOf(supabase: TestSupabase, role: Role): Promise<SupabaseClient> {
  if (role === "authenticated") return supabase.authenticated();
  const key = role === "anon" ? supabase.anonKey : supabase.serviceRoleKey;
  return createClient(supabase.url, key, { auth: { persistSession: false } });
}

describe.each([
  ["of today", "migrated" as const],
  ["that grants every new table to the API's roles, as older ones do", "bare" as const],
])("access in a project %s", (_kind, template) => {
  const supabase = useSupabase(template);
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    if (template === "bare") {
      await supabase.sql.query(`
        alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
        alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
        alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
      `);
      await withClient(supabase.databaseUrl, async (client) =>
        applyMigrations(client, await readMigrations(migrationsDirectory)),
      );
      await supabase.reload();
    }
    const { rows } = await supabase.sql.query<{ id: string }>(
      "insert into public.runs (run_name, triggered_by) values ('seed', 'system') returning id",
    );
    ids.run = rows[0]?.id ?? "";
    for (const { seed } of Object.values(tables)) {
      if (seed !== undefined) await supabase.sql.query(seed, [ids.run]);
    }
  });

  it("has no table, view or function that this test does not know", async () => {
    const tables = await supabase.sql.query<{
      name: string;
      kind: string;
      rls: boolean;
      options: string[] | null;
    }>(
      `select relname as name, relkind as kind, relrowsecurity as rls, reloptions as options
       from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,
    );
    const hint = "something new: say who may use it in tests/support/access-matrix.ts";
    expect(tables.rows.map((row) => row.name).sort(), hint).toEqual([...TABLES, ...VIEWS].sort());
    for (const row of tables.rows) {
      if (row.kind === "r") expect(row, row.name).toMatchObject({ rls: true });
      else expect(row.options, row.name).toContain("security_invoker=true");
    }
    const functions = await supabase.sql.query<{ name: string; config: string[] | null; definer: boolean }>(
      `select proname as name, proconfig as config, prosecdef as definer
       from pg_proc where pronamespace = 'public'::regnamespace`,
    );
    expect(functions.rows.map((row) => row.name).sort(), hint).toEqual(
      Object.keys({ ...readFunctions, ...serviceFunctions }).sort(),
    );
    for (const row of functions.rows) {
      expect(row.config, row.name).toContain('search_path=""');
      expect(row.definer, row.name).toBe(false);
    }
  });

  it("grants each role exactly what is meant, to the last privilege", async () => {
    const { rows } = await supabase.sql.query<{ role: string; name: string; privileges: string }>(
      `select r.role, c.relname as name, coalesce(string_agg(p.privilege, ',' order by p.privilege), '') as privileges
       from unnest(array['anon', 'authenticated', 'service_role']) as r(role)
       cross join pg_class c
       left join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain'])
         as p(privilege) on has_table_privilege(r.role, c.oid, p.privilege)
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
       group by 1, 2`,
    );
    for (const { role, name, privileges } of rows) {
      const relation = relations[name];
      const reading = relation?.hidden === undefined && !isClosed(name) ? ["select"] : [];
      const expected = [...(role === "service_role" ? (relation?.service ?? []) : reading)].sort().join(",");
      expect(`${role} on ${name}: ${privileges}`).toBe(`${role} on ${name}: ${expected}`);
    }
    expect(rows).toHaveLength(3 * (TABLES.length + VIEWS.length));
  });

  it("grants no column to a reader but for reading, and none that is hidden", async () => {
    const { rows } = await supabase.sql.query<{
      role: string;
      name: string;
      column: string;
      privileges: string[];
    }>(
      `select r.role, c.relname as name, a.attname as column,
         array(select p from unnest(array['select', 'insert', 'update', 'references']) p
               where has_column_privilege(r.role, c.oid, a.attnum, p)) as privileges
       from unnest(array['anon', 'authenticated']) as r(role)
       cross join pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')`,
    );
    for (const { role, name, column, privileges } of rows) {
      const expected = isClosed(name) || relations[name]?.hidden?.includes(column) ? [] : ["select"];
      expect({ role, name, column, privileges }).toEqual({ role, name, column, privileges: expected });
    }
  });

  it("gives public, the role of everyone, nothing in the schema", async () => {
    const { rows } = await supabase.sql.query(
      `select relname as name from pg_class c, aclexplode(c.relacl) a
       where relnamespace = 'public'::regnamespace and a.grantee = 0
       union all
       select proname from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
       where pronamespace = 'public'::regnamespace and a.grantee = 0`,
    );
    expect(rows).toEqual([]);
  });

  it("keeps what a later migration makes closed until it is granted", async () => {
    await supabase.sql.query(`
      create table public.later (id int);
      create function public.later_function() returns int language sql as 'select 1';
    `);
    const { rows } = await supabase.sql.query(
      `select r.role,
         has_table_privilege(r.role, 'public.later', 'select, insert, update, delete, truncate') as on_table,
         has_function_privilege(r.role, 'public.later_function()', 'execute') as on_function
       from unnest(array['anon', 'authenticated', 'service_role']) as r(role)`,
    );
    await supabase.sql.query("drop table public.later; drop function public.later_function()");
    for (const row of rows) expect(row).toMatchObject({ on_table: false, on_function: false });
  });

  describe.each(READERS)("%s, through supabase-js", (role) => {
    it.each(TABLES.filter(isClosed))("does not read %s", async (table) => {
      const client = await clientOf(supabase, role);
      expect((await client.from(table).select("id")).error?.code).toBe("42501");
    });

    it.each([...TABLES, ...VIEWS].filter((name) => !isClosed(name)))("reads %s", async (table) => {
      const client = await clientOf(supabase, role);
      const { rows } = await supabase.sql.query<{ column: string }>(
        `select attname as column from pg_attribute
         where attrelid = ('public.' || $1)::regclass and attnum > 0 and not attisdropped`,
        [table],
      );
      const columns = rows
        .map((row) => row.column)
        .filter((column) => !relations[table]?.hidden?.includes(column));
      const { data, error } = await client.from(table).select(columns.join(","));
      expect(error).toBeNull();
      expect(data?.length).toBeGreaterThan(0);
    });

    it("does not read a hidden column, neither by name, nor in a filter, an order or an embedding", async () => {
      const client = await clientOf(supabase, role);
      const refused = { code: "42501" };
      expect((await client.from("benchmark_results").select("endpoint_host")).error).toMatchObject(refused);
      expect((await client.from("benchmark_results").select("*")).error).toMatchObject(refused);
      expect(
        (await client.from("benchmark_results").select("id").eq("endpoint_host", "x")).error,
      ).toMatchObject(refused);
      expect(
        (await client.from("benchmark_results").select("id").order("endpoint_host")).error,
      ).toMatchObject(refused);
      expect((await client.from("runs").select("id, benchmark_results(endpoint_host)")).error).toMatchObject(
        refused,
      );
    });

    it.each(TABLES)("neither inserts into, nor updates, upserts or deletes from %s", async (table) => {
      const client = await clientOf(supabase, role);
      const before = (await supabase.sql.query(`select * from public.${table}`)).rows;
      const [column = "", value] = Object.entries(before[0] ?? {})[0] ?? [];
      const row = { [column]: value };
      for (const attempt of [
        client.from(table).insert({}),
        client.from(table).insert(row),
        client.from(table).upsert(row),
        client.from(table).update(row).eq(column, value),
        client.from(table).update(row).not(column, "is", null),
        client.from(table).delete().eq(column, value),
        client.from(table).delete().not(column, "is", null),
      ]) {
        expect((await attempt).error?.code).toBe("42501");
      }
      expect((await supabase.sql.query(`select * from public.${table}`)).rows).toEqual(before);
    });

    it.each(VIEWS)("writes nothing through %s", async (view) => {
      const client = await clientOf(supabase, role);
      for (const attempt of [
        client.from(view).insert({ provider: "x" }),
        client.from(view).update({ provider: "x" }).eq("provider", "openai"),
        client.from(view).delete().eq("provider", "openai"),
      ]) {
        expect((await attempt).error).not.toBeNull();
      }
    });

    it.each(Object.entries(readFunctions))("executes %s", async (name, args) => {
      const client = await clientOf(supabase, role);
      const { data, error } = await client.rpc(name, args);
      expect(error).toBeNull();
      expect(data).not.toBeNull();
    });

    it.each(Object.entries(serviceFunctions))("does not execute %s", async (name, args) => {
      const client = await clientOf(supabase, role);
      expect((await client.rpc(name, args)).error?.code).toBe("42501");
    });

    it("reaches no schema but public", async () => {
      const client = createClient(supabase.url, supabase.anonKey, { auth: { persistSession: false } });
      for (const schema of ["supabase_migrations", "auth", "pg_catalog", "information_schema"]) {
        const { error } = await client.schema(schema).from("schema_migrations").select("*");
        expect(error?.code).toBe("PGRST106");
      }
    });
  });

  it.each(Object.entries({ ...readFunctions, ...serviceFunctions }))(
    "lets the service role execute %s",
    async (name, args) => {
      const service = await clientOf(supabase, "service_role");
      const { error } = await service.rpc(name, args);
      // It may dislike the arguments; it may not be refused, nor be unknown under these.
      expect(["42501", "PGRST202", "42883"]).not.toContain(error?.code);
    },
  );

  it("lets the service role write and delete in every core table, and truncate none", async () => {
    const service = await clientOf(supabase, "service_role");
    const provider = await service
      .from("providers")
      .insert({ name: "Written", slug: "written" })
      .select()
      .single();
    expect(provider.error).toBeNull();
    const owner = { provider_id: provider.data.id };
    const model = await service
      .from("models")
      .insert({ name: "m", ...owner })
      .select()
      .single();
    expect(model.error).toBeNull();
    const ofModel = { ...owner, model_id: model.data.id };
    const price = { ...ofModel, input_price_per_m: 1, output_price_per_m: 2 };
    expect((await service.from("prices").insert(price)).error).toBeNull();
    const run = await service
      .from("runs")
      .insert({ run_name: "w", triggered_by: "manual" })
      .select()
      .single();
    expect(run.error).toBeNull();
    const result = {
      run_id: run.data.id,
      ...ofModel,
      input_tokens: 1,
      output_tokens: 1,
      total_latency_ms: 1,
      cost_usd: 0,
    };
    expect((await service.from("benchmark_results").insert(result).select("endpoint_host")).error).toBeNull();
    expect(
      (await service.from("runs").update({ finished_at: new Date().toISOString() }).eq("id", run.data.id))
        .error,
    ).toBeNull();
    for (const [table, column, value] of [
      ["benchmark_results", "run_id", run.data.id],
      ["runs", "id", run.data.id],
      ["prices", "model_id", model.data.id],
      ["models", "id", model.data.id],
      ["providers", "id", provider.data.id],
    ] as const) {
      const { data, error } = await service.from(table).delete().eq(column, value).select();
      expect(error).toBeNull();
      expect(data).toHaveLength(1);
    }
    for (const table of TABLES) {
      const attempt = withClient(supabase.databaseUrl, (client) =>
        client.query(`begin; set local role service_role; truncate public.${table} cascade`),
      );
      await expect(attempt).rejects.toMatchObject({ code: "42501" });
    }
  });
});
