import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { withClient } from "../../local/supabase/database.ts";
import { migrationsDirectory } from "../../local/supabase/index.ts";
import { applyMigrations, readMigrations } from "../../local/supabase/migrations.ts";
import { generateSchema, schemaFile } from "../../local/supabase/schema.ts";
import { useSupabase } from "../support/supabase.ts";
import { generateTypes, typesFile } from "./types.ts";

describe("the five tables", () => {
  const supabase = useSupabase();

  it("have the columns that were agreed, with types and nullability", async () => {
    const { rows } = await supabase.sql.query<{ line: string }>(
      `select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
         case when a.attnotnull then ' not null' else '' end,
         coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    );
    const lines = rows.map((row) => row.line);
    const uuid = "id uuid not null default gen_random_uuid()";
    const created = "created_at timestamp with time zone not null default now()";
    const agreed = {
      providers: [
        uuid,
        "name text not null",
        "base_url text",
        "logo_url text",
        "slug text not null",
        created,
      ],
      models: [uuid, "name text not null", "provider_id uuid not null", "context_window integer", created],
      prices: [
        uuid,
        "provider_id uuid not null",
        "model_id uuid not null",
        "input_price_per_m double precision not null",
        "output_price_per_m double precision not null",
        "timestamp timestamp with time zone not null default now()",
      ],
      runs: [
        uuid,
        "run_name text not null",
        "triggered_by text not null",
        "started_at timestamp with time zone not null default now()",
        "finished_at timestamp with time zone",
      ],
      benchmark_results: [
        uuid,
        "run_id uuid not null",
        "provider_id uuid",
        "model_id uuid",
        "provider text",
        "model text",
        "input_tokens integer not null",
        "output_tokens integer not null",
        "total_latency_ms double precision not null",
        "ttft_ms double precision",
        "tps double precision",
        "status_code integer",
        "success boolean not null default true",
        "error_message text",
        "response_text text",
        "cost_usd double precision not null",
        created,
      ],
    };
    for (const [table, columns] of Object.entries(agreed)) {
      for (const column of columns) expect(lines).toContain(`${table}.${column}`);
    }
  });

  it("have the indexes that were agreed", async () => {
    const { rows } = await supabase.sql.query<{ indexname: string }>(
      "select indexname from pg_indexes where schemaname = 'public'",
    );
    const names = rows.map((row) => row.indexname);
    for (const [table, columns] of Object.entries({
      providers: ["name"],
      models: ["provider_id", "name"],
      prices: ["provider_id", "model_id", "timestamp"],
      benchmark_results: ["run_id", "provider_id", "model_id", "provider", "model", "created_at"],
    })) {
      for (const column of columns) expect(names).toContain(`idx_${table}_${column}`);
    }
  });

  describe("as seen by the writer", () => {
    const ids = { provider: "", model: "", run: "" };
    const result = { input_tokens: 1, output_tokens: 2, total_latency_ms: 3.5, cost_usd: 0.001 };

    beforeAll(async () => {
      const provider = await supabase.service
        .from("providers")
        .insert({ name: "A", slug: "a" })
        .select()
        .single();
      ids.provider = provider.data?.id ?? "";
      const model = await supabase.service
        .from("models")
        .insert({ name: "m", provider_id: ids.provider })
        .select()
        .single();
      ids.model = model.data?.id ?? "";
      const run = await supabase.service
        .from("runs")
        .insert({ run_name: "r", triggered_by: "system" })
        .select()
        .single();
      ids.run = run.data?.id ?? "";
    });

    it("refuse a second provider of the same name or slug, and a slug that is none", async () => {
      const insert = async (name: string, slug: string) =>
        (await supabase.service.from("providers").insert({ name, slug })).error?.code;
      expect(await insert("A", "b")).toBe("23505");
      expect(await insert("B", "a")).toBe("23505");
      for (const slug of ["", "A", "a b", "-a", "ä", "a".repeat(64)])
        expect(await insert("C", slug)).toBe("23514");
    });

    it("refuse a second model of the same name at one provider, and take it at another", async () => {
      const other = await supabase.service
        .from("providers")
        .insert({ name: "O", slug: "o" })
        .select()
        .single();
      const insert = async (provider_id: string) =>
        (await supabase.service.from("models").insert({ name: "m", provider_id })).error?.code;
      expect(await insert(ids.provider)).toBe("23505");
      expect(await insert(other.data?.id ?? "")).toBeUndefined();
      expect(await insert("00000000-0000-0000-0000-000000000000")).toBe("23503");
    });

    it("refuse numbers that can't be true", async () => {
      const insert = async (wrong: object) =>
        (await supabase.service.from("benchmark_results").insert({ run_id: ids.run, ...result, ...wrong }))
          .error?.code;
      expect(await insert({})).toBeUndefined();
      for (const wrong of [
        { input_tokens: -1 },
        { output_tokens: -1 },
        { cost_usd: -0.1 },
        { total_latency_ms: -1 },
        { ttft_ms: -1 },
        { tps: -1 },
        { error_kind: "odd" },
        { error_kind: "timeout", success: true },
        { error_message: "x".repeat(501) },
        { cost_source: "guess" },
      ]) {
        expect(await insert(wrong), JSON.stringify(wrong)).toBe("23514");
      }
      for (const text of ["NaN", "Infinity"]) {
        const insertText = supabase.sql.query(
          `insert into public.benchmark_results (run_id, input_tokens, output_tokens, total_latency_ms, cost_usd)
           values ($1, 1, 1, $2, 0)`,
          [ids.run, text],
        );
        await expect(insertText, text).rejects.toMatchObject({ code: "23514" });
      }
      expect(await insert({ input_tokens: 2 ** 31 })).toBe("22003");
      expect(await insert({ total_latency_ms: null })).toBe("23502");
      expect(await insert({ run_id: "00000000-0000-0000-0000-000000000000" })).toBe("23503");
    });

    it("keep results when their model or provider goes, and drop them with their run", async () => {
      const provider = await supabase.service
        .from("providers")
        .insert({ name: "G", slug: "g" })
        .select()
        .single();
      const provider_id = provider.data?.id ?? "";
      const model = await supabase.service
        .from("models")
        .insert({ name: "gm", provider_id })
        .select()
        .single();
      const model_id = model.data?.id ?? "";
      await supabase.service
        .from("prices")
        .insert({ provider_id, model_id, input_price_per_m: 1, output_price_per_m: 1 });
      const run = await supabase.service
        .from("runs")
        .insert({ run_name: "c", triggered_by: "system" })
        .select()
        .single();
      const run_id = run.data?.id ?? "";
      const names = { provider: "g", model: "gm" };
      await supabase.service
        .from("benchmark_results")
        .insert({ run_id, provider_id, model_id, ...names, ...result });
      const read = async () =>
        (
          await supabase.service
            .from("benchmark_results")
            .select("provider_id, model_id, provider, model")
            .eq("run_id", run_id)
        ).data;

      await supabase.service.from("models").delete().eq("id", model_id);
      expect(await read()).toEqual([{ provider_id, model_id: null, ...names }]);
      expect((await supabase.service.from("prices").select("id").eq("model_id", model_id)).data).toEqual([]);
      await supabase.service.from("models").insert({ name: "second", provider_id });
      await supabase.service.from("providers").delete().eq("id", provider_id);
      expect(await read()).toEqual([{ provider_id: null, model_id: null, ...names }]);
      expect(
        (await supabase.service.from("models").select("id").eq("provider_id", provider_id)).data,
      ).toEqual([]);
      await supabase.service.from("runs").delete().eq("id", run_id);
      expect(await read()).toEqual([]);
    });
  });
});

describe("reference data", () => {
  const supabase = useSupabase();

  it("names the four providers, three of them direct and one a proxy", async () => {
    const { data } = await supabase.service
      .from("providers")
      .select("slug, name, kind, base_url, logo_url")
      .order("slug");
    expect(data).toEqual([
      {
        slug: "groq",
        name: "Groq",
        kind: "direct",
        base_url: "https://api.groq.com/openai/v1",
        logo_url: "/logos/groq.svg",
      },
      {
        slug: "openai",
        name: "OpenAI",
        kind: "direct",
        base_url: "https://api.openai.com/v1",
        logo_url: "/logos/openai.svg",
      },
      {
        slug: "openrouter",
        name: "OpenRouter",
        kind: "proxy",
        base_url: "https://openrouter.ai/api/v1",
        logo_url: "/logos/openrouter.svg",
      },
      {
        slug: "together",
        name: "Together AI",
        kind: "direct",
        base_url: "https://api.together.xyz/v1",
        logo_url: "/logos/together.svg",
      },
    ]);
  });

  it("measures living models, and names the successor of each retired one at the same provider", async () => {
    const { data } = await supabase.anon
      .from("models")
      .select("name, active, available, reasoning, retired_at, successor, providers(slug)")
      .order("name");
    const endpoint = (row: { name: string; providers: { slug: string } }) =>
      `${row.providers.slug}/${row.name}`;
    const rows = data ?? [];
    expect(
      rows
        .filter((row) => row.active)
        .map(endpoint)
        .sort(),
    ).toEqual([
      "groq/openai/gpt-oss-20b",
      "openai/gpt-4o-mini",
      "openrouter/openai/gpt-4o-mini",
      "openrouter/openai/gpt-oss-20b",
      "together/openai/gpt-oss-20b",
    ]);
    const retired = rows.filter((row) => row.retired_at !== null);
    expect(retired.map(endpoint)).toEqual([
      "groq/llama-3.1-8b-instant",
      "together/mistralai/Mixtral-8x7B-Instruct-v0.1",
    ]);
    for (const row of retired) {
      expect(row).toMatchObject({ active: false, available: false });
      const heir = rows.find(
        (other) => other.name === row.successor && other.providers.slug === row.providers.slug,
      );
      expect(heir).toMatchObject({ active: true });
    }
    for (const row of rows) expect(row.reasoning, row.name).toBe(row.name.includes("gpt-oss"));
  });

  it("gives every model a price with its day and source", async () => {
    const { data: models } = await supabase.anon.from("models").select("id");
    const { data: prices } = await supabase.anon.from("latest_prices").select("*");
    expect(prices?.map((price) => price.model_id).sort()).toEqual(models?.map((model) => model.id).sort());
    for (const price of prices ?? []) {
      expect(price.source).toMatch(/^https:\/\//);
      expect(Date.parse(price.since ?? "")).toBeLessThan(Date.now());
    }
  });

  it("runs again without overwriting what was chosen, renamed or priced since, and mends what is blank", async () => {
    const { sql } = supabase;
    await sql.query(`
      update public.models set active = not active;
      update public.models set context_window = 1 where name = 'gpt-4o-mini';
      update public.models set context_window = null where name = 'llama-3.1-8b-instant';
      update public.providers set name = 'Open AI', base_url = 'https://proxy.example/v1' where slug = 'openai';
      delete from public.providers where slug = 'together';
      insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m)
        select provider_id, id, 9, 9 from public.models where name = 'gpt-4o-mini';
    `);
    const state = async () =>
      (
        await sql.query(`
          select p.slug, p.name as provider, p.base_url, m.name, m.active, m.context_window,
            (select count(*)::int from public.prices where model_id = m.id) as prices
          from public.models m join public.providers p on p.id = m.provider_id order by 1, 4`)
      ).rows;
    const before = await state();
    const text = await readFile(`${migrationsDirectory}/20261128000300_reference_data.sql`, "utf8");
    await sql.query(text);
    const after = await state();
    const kept = after.filter((row) => row.slug !== "together");
    expect(kept).toEqual(
      before.map((row) => (row.name === "llama-3.1-8b-instant" ? { ...row, context_window: 131_072 } : row)),
    );
    expect(after.filter((row) => row.slug === "together")).toHaveLength(2);
    await sql.query(text);
    expect(await state()).toEqual(after);
  });
});

describe("generated files", () => {
  const bare = useSupabase("bare");

  it("supabase/database.types.ts is what the migrations make of it (else: npm run supabase:types)", async () => {
    await withClient(bare.databaseUrl, async (client) =>
      applyMigrations(client, await readMigrations(migrationsDirectory)),
    );
    expect(await readFile(typesFile, "utf8")).toBe(await generateTypes(bare.databaseUrl));
  });

  it("supabase/schema.sql is what the migrations make of it (else: npm run supabase:schema)", async () => {
    expect(await readFile(schemaFile, "utf8")).toBe(await generateSchema());
  });
});

describe("supabase/schema.sql", () => {
  const pasted = useSupabase("bare");
  const migrated = useSupabase();

  it("makes the same database as the migrations, in one go", async () => {
    await withClient(pasted.databaseUrl, async (client) => {
      await client.query(await readFile(schemaFile, "utf8"));
    });
    expect(await generateTypes(pasted.databaseUrl)).toBe(await generateTypes(migrated.databaseUrl));
    const fingerprint = `
      select 'grant' as what, c.relname || coalesce('.' || a.attname, '') as name,
        coalesce(a.attacl, c.relacl)::text as value
      from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attacl is not null
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
      union all select 'function', proname, pg_get_functiondef(oid) || coalesce(proacl::text, '')
      from pg_proc where pronamespace = 'public'::regnamespace
      union all select 'policy', tablename || policyname, concat(roles, cmd, qual, with_check) from pg_policies
      union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
      union all select 'constraint', conrelid::regclass || conname, pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace
      union all select 'model', name, concat(active, reasoning, retired_at, successor) from public.models
      order by 1, 2, 3`;
    expect((await pasted.sql.query(fingerprint)).rows).toEqual((await migrated.sql.query(fingerprint)).rows);
  });

  it("records what it holds, so that migrations go on behind it and none is applied twice", async () => {
    const migrations = await readMigrations(migrationsDirectory);
    const recorded = await pasted.sql.query<{ version: string; name: string }>(
      "select version, name from supabase_migrations.schema_migrations order by version",
    );
    expect(recorded.rows).toEqual(migrations.map(({ version, name }) => ({ version, name })));
    const later = { version: "99990101000000", name: "later", file: "99990101000000_later.sql" };
    const statements = [{ text: "create table public.later ()", line: 1 }];
    await withClient(pasted.databaseUrl, async (client) => {
      expect(await applyMigrations(client, migrations)).toEqual([]);
      expect(await applyMigrations(client, [...migrations, { ...later, statements }])).toEqual([later.file]);
    });
  });
});
