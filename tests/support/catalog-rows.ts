import type { TestSupabase } from "./supabase.ts";

/** Every row that a sync may write, with the transaction that wrote it: equal dumps mean that nothing was written. */
export async function dumpCatalog(supabase: TestSupabase): Promise<unknown> {
  const read = async (table: string) =>
    (await supabase.sql.query(`select xmin::text as written_by, t.* from public.${table} t order by id`))
      .rows;
  return {
    providers: await read("providers"),
    models: await read("models"),
    prices: await read("prices"),
    events: await read("catalog_events"),
  };
}

export interface CatalogRow {
  readonly model: string;
  readonly active: boolean;
  readonly available: boolean;
  readonly context: number | null;
  readonly price: readonly [number, number, number | null] | null;
  readonly retired: boolean;
}

/** Prices that are not believed yet, by model. */
export async function heldPricesOf(
  supabase: TestSupabase,
  slug: string,
): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const { rows } = await supabase.sql.query(
    `select m.name, (m.held_price ->> 'input')::float as input, (m.held_price ->> 'output')::float as output
     from public.models m join public.providers o on o.id = m.provider_id
     where o.slug = $1 and m.held_price is not null`,
    [slug],
  );
  return new Map(rows.map((row) => [row.name, [row.input, row.output]]));
}

/** A provider's models with their newest prices, by name. */
export async function modelsOf(supabase: TestSupabase, slug: string): Promise<CatalogRow[]> {
  const { rows } = await supabase.sql.query(
    `select m.name, m.active, m.available, m.context_window, m.retired_at, p.input_price_per_m as input,
       p.output_price_per_m as output, p.cached_input_price_per_m as cached
     from public.models m
     join public.providers o on o.id = m.provider_id
     left join lateral (select * from public.prices where model_id = m.id order by timestamp desc limit 1) p on true
     where o.slug = $1 order by m.name collate "C"`,
    [slug],
  );
  return rows.map((row) => ({
    model: row.name,
    active: row.active,
    available: row.available,
    context: row.context_window,
    price: row.input === null ? null : [row.input, row.output, row.cached],
    retired: row.retired_at !== null,
  }));
}

/** What happened, oldest first: "kind provider/model". */
export async function eventsOf(supabase: TestSupabase, slug?: string): Promise<string[]> {
  const { rows } = await supabase.sql.query(
    `select e.kind, p.slug, e.model from public.catalog_events e join public.providers p on p.id = e.provider_id
     where $1::text is null or p.slug = $1 order by e.at, e.kind, p.slug, e.model collate "C"`,
    [slug ?? null],
  );
  return rows.map((row) => `${row.kind} ${row.slug}/${row.model}`);
}
