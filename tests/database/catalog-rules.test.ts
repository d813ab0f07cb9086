import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CatalogChange, NO_CHANGE } from "../../workers/benchmark/catalog/changes.ts";
import type { Price } from "../../workers/benchmark/catalog/listed.ts";
import { createStore, type Store } from "../../workers/benchmark/store/index.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
let store: Store;
const row = (slug: string) => ({
  slug,
  name: `The ${slug}`,
  kind: "direct",
  baseUrl: `https://${slug}.example/v1`,
  logoUrl: "",
});
const OPENAI = { ...row("openai"), name: "OpenAI" };
const price = (input: number, hours?: Price["hours"]): Price => ({
  input,
  output: 2 * input,
  cachedInput: null,
  ...(hours ? { hours } : {}),
});
const added = (name: string, listed: Price | null = null) => ({
  name,
  contextWindow: 8_192,
  reasoning: false,
  reasoningStated: null,
  aliasOf: null,
  successor: null,
  retiresAt: null,
  price: listed,
  heldPrice: null,
  identity: name,
  family: name,
  quantization: null,
});
const apply = (change: Partial<CatalogChange>, at: string, provider = OPENAI) =>
  store.applyCatalog({ ...NO_CHANGE, ...change }, { provider, source: "a list", at: new Date(at) });
const changes = async (args: Record<string, unknown> = {}) => {
  const { data, error } = await supabase.anon.rpc("catalog_changes", {
    since: "2026-11-01T00:00:00Z",
    ...args,
  });
  if (error) throw new Error(error.message);
  return data as {
    kind: string;
    provider: string;
    model: string;
    before: unknown;
    after: Record<string, unknown>;
  }[];
};

async function modelOf(slug: string, name: string) {
  const [provider] = await store.catalog(slug);
  const model = provider?.models.find((known) => known.name === name);
  if (!model) throw new Error(`no model ${name}`);
  return model;
}

beforeAll(async () => {
  supabase = await freshSupabase();
  store = createStore({
    url: supabase.url,
    serviceRole: supabase.serviceRoleKey,
    timeoutMs: 10_000,
    takesSimulated: false,
  });
});
afterAll(() => supabase.stop());
beforeEach(async () => {
  await supabase.sql.query("delete from public.catalog_events");
  await supabase.sql.query("delete from public.models where name like 'm-%'");
});

describe("a price that goes and comes back within a day", () => {
  const told = async () =>
    (await changes({ kinds: ["price"] })).map(({ before, after }) => [
      (before as Price | null)?.input,
      after.input,
      "revertedAt" in after,
    ]);
  const set = async (input: number, at: string) => {
    const { id } = await modelOf("openai", "m-1");
    return apply({ prices: [{ id, ...price(input), source: "a list" }] }, at);
  };

  it("is one event, not two, however often it turns; a day later it is news again", async () => {
    await apply({ added: [added("m-1", price(1))] }, "2026-11-20T00:00:00Z");
    await set(2, "2026-11-21T03:30:00Z");
    expect(await told()).toEqual([[1, 2, false]]);
    expect(await set(1, "2026-11-22T03:35:00Z")).toMatchObject({ price: 1 });
    expect(await told()).toEqual([[1, 2, true]]);
    await set(2, "2026-11-22T09:00:00Z");
    expect(await told()).toEqual([[1, 2, false]]);
    // Another price is another event, and so is a return after that day.
    await set(3, "2026-11-22T10:00:00Z");
    await set(2, "2026-11-24T10:00:00Z");
    expect(await told()).toEqual([
      [3, 2, false],
      [2, 3, false],
      [1, 2, false],
    ]);
    const { rows } = await supabase.sql.query(
      "select input_price_per_m as input from public.prices p join public.models m on m.id = p.model_id where m.name = 'm-1' order by timestamp",
    );
    expect(rows.map(({ input }) => input)).toEqual([1, 2, 1, 2, 3, 2]);
  });
});

describe("a price by the hour", () => {
  const hours = [{ from: "01:00", to: "04:00", input: 4, output: 8, cachedInput: null }];

  it("is stored, and read with the targets of a run", async () => {
    await apply({ added: [added("m-1", price(2, hours)), added("m-2", price(2))] }, "2026-11-20T00:00:00Z");
    const targets = await store.targets(["openai/m-1", "openai/m-2"]);
    const find = (name: string) => targets.find(({ model }) => model === name)?.price;
    expect(find("m-1")).toEqual(price(2, hours));
    expect(find("m-2")).toEqual(price(2));
    expect((await modelOf("openai", "m-1")).price).toMatchObject({ hours });
  });

  it("changes when its hours do, and only then", async () => {
    await apply({ added: [added("m-1", price(2, hours))] }, "2026-11-20T00:00:00Z");
    const { id } = await modelOf("openai", "m-1");
    const same = { prices: [{ id, ...price(2, hours), source: "a list" }] };
    expect(await apply(same, "2026-11-21T00:00:00Z")).toMatchObject({ price: 0 });
    const flat = { prices: [{ id, ...price(2), source: "a list" }] };
    expect(await apply(flat, "2026-11-22T00:00:00Z")).toMatchObject({ price: 1 });
    expect((await modelOf("openai", "m-1")).price).not.toHaveProperty("hours");
  });
});

describe("what waits to be believed", () => {
  it("is remembered of a provider's list until it is let go or accepted", async () => {
    const held = { syncs: 1, reason: "lost", at: "2026-11-20T00:00:00.000Z", accepted: false };
    await apply({ heldLists: [held] }, "2026-11-20T00:00:00Z");
    expect((await store.catalog("openai"))[0]?.heldList).toEqual(held);
    await store.acceptList("openai", held);
    expect((await store.catalog("openai"))[0]?.heldList).toEqual({ ...held, accepted: true });
    await apply({}, "2026-11-21T00:00:00Z");
    expect((await store.catalog("openai"))[0]?.heldList).not.toBeNull();
    await apply({ heldLists: [null] }, "2026-11-22T00:00:00Z");
    expect((await store.catalog("openai"))[0]?.heldList).toBeNull();
  });

  it("is told once of a price, and counts its days", async () => {
    await apply({ added: [added("m-1", price(1))] }, "2026-11-20T00:00:00Z");
    const { id } = await modelOf("openai", "m-1");
    const hold = (days: number, day: string, since?: string) => ({
      heldPrices: [{ id, ...price(50), source: "a list", days, day, ...(since ? { since } : {}) }],
    });
    expect(await apply(hold(1, "2026-11-21"), "2026-11-21T03:30:00Z")).toMatchObject({ priceHeld: 1 });
    const first = (await modelOf("openai", "m-1")).heldPrice;
    expect(first).toMatchObject({ input: 50, days: 1, day: "2026-11-21" });
    expect(await apply(hold(2, "2026-11-22", first?.at), "2026-11-22T03:30:00Z")).toMatchObject({
      priceHeld: 0,
    });
    expect((await modelOf("openai", "m-1")).heldPrice).toMatchObject({ days: 2, at: first?.at });
    expect(await changes({ kinds: ["price_held"] })).toHaveLength(1);
    expect(await store.acceptPrice(id)).toMatchObject({ input: 50 });
    expect((await modelOf("openai", "m-1")).price).toMatchObject({ input: 50, output: 100 });
  });
});

describe("one provider's flood of news", () => {
  it("hides nobody else's, and neither do kinds that were not asked for", async () => {
    const loud = row("loud");
    const quiet = row("quiet");
    await apply({ added: [added("m-quiet", price(1))] }, "2026-11-20T00:00:00Z", quiet);
    const flood = Array.from({ length: 400 }, (_, n) =>
      added(`m-loud-${String(n).padStart(3, "0")}`, price(1)),
    );
    await apply({ added: flood }, "2026-11-21T00:00:00Z", loud);
    const { id } = await modelOf("quiet", "m-quiet");
    await apply({ prices: [{ id, ...price(2), source: "a list" }] }, "2026-11-20T01:00:00Z", quiet);
    await apply({ contexts: await contextsOf("loud") }, "2026-11-22T00:00:00Z", loud);
    const all = await changes({ at_most: 50 });
    expect(all).toHaveLength(50);
    expect(all.filter(({ provider }) => provider === "quiet").map(({ kind }) => kind)).toEqual([
      "price",
      "new",
    ]);
    expect((await changes({ at_most: 50, kinds: ["price"] })).map(({ model }) => model)).toEqual(["m-quiet"]);
    expect(await changes({ at_most: 50, of_provider: "loud" })).toHaveLength(50);
    await supabase.sql.query("delete from public.providers where slug in ('loud', 'quiet')");
  });

  async function contextsOf(slug: string) {
    const [provider] = await store.catalog(slug);
    return (provider?.models ?? []).map(({ id }) => ({ id, contextWindow: 4_096 }));
  }
});

describe("a text, number or date beyond all bounds", () => {
  const huge = "x".repeat(501);
  it.each([
    ["models", "successor", huge],
    ["models", "successor", "two\nlines"],
    ["models", "successor", "\u202eturned"],
    ["models", "successor", "zero\u200bwidth"],
    ["models", "name", huge],
    ["models", "flag", huge],
    ["models", "alias_of", "a\u0007b"],
    ["models", "identity_by_hand", huge],
    ["models", "retires_at", "infinity"],
    ["models", "retires_at", "-infinity"],
    ["models", "retires_at", "10000-01-01T00:00:00Z"],
    ["models", "last_seen_at", "1969-12-31T00:00:00Z"],
    ["models", "context_window", -1],
    ["prices", "input_price_per_m", -1],
    ["prices", "output_price_per_m", "NaN"],
    ["prices", "cached_input_price_per_m", "Infinity"],
    ["prices", "input_price_per_m", 100_001],
    ["prices", "source", "two\nlines"],
    ["prices", "timestamp", "infinity"],
    ["providers", "name", huge],
    ["catalog_events", "model", huge],
    ["catalog_events", "after", JSON.stringify({ successor: "x".repeat(9_000) })],
  ])("is refused in %s.%s", async (table, column, value) => {
    await apply({ added: [added("m-1", price(1))] }, "2026-11-20T00:00:00Z");
    const { rowCount } = await supabase.sql.query(`select 1 from public.${table} limit 1`);
    expect(rowCount).toBe(1);
    await expect(supabase.sql.query(`update public.${table} set ${column} = $1`, [value])).rejects.toThrow(
      /violates check constraint/,
    );
  });

  it.each(["a plain name", "名前 🙂 é", "x".repeat(500)])("is none of %j", async (name) => {
    const { rows } = await supabase.sql.query("select internal.is_line($1) as fits", [name]);
    expect(rows).toEqual([{ fits: true }]);
  });
});
