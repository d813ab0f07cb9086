import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { dumpCatalog, eventsOf, heldPricesOf, modelsOf } from "../support/catalog-rows.ts";
import { type DiscoveryBench, startDiscoveryBench } from "../support/discovery.ts";
import type { ListsServer } from "../support/lists-server.ts";
import type { TestSupabase } from "../support/supabase.ts";

/*
 * Recorded models lists of providers. They belong to others and are not part of this repository: CONFORMANCE_CORPUS
 * names the folder. `<provider>/models.json` is the answer, `models.expect.json` what a reader of it must see.
 */
const folder = process.env.CONFORMANCE_CORPUS;
const notRun = folder === undefined ? " (not run: CONFORMANCE_CORPUS names no folder)" : "";

const expectation = z.object({
  expect: z.object({
    ids: z.array(z.string()),
    /** [input, output], USD per million. */
    pricing_per_mtok: z.record(z.string(), z.array(z.number().nullable())).optional(),
    context_length: z.record(z.string(), z.number().nullable()).optional(),
    chat_ids: z.array(z.string()).optional(),
    negative_price_ids: z.array(z.string()).optional(),
  }),
});
type Expectation = z.infer<typeof expectation>["expect"];

/**
 * Listed, and not to be chatted with in text at /chat/completions, told apart by hand: OpenAI's list says nothing but
 * the id, so whatever has another word in it is for something else or answers at another address.
 */
const OPENAI_OTHER =
  /^(?:text-embedding-|whisper-|tts-|dall-e-|omni-moderation-|davinci-|babbage-|sora-|computer-use-|gpt-image-|chatgpt-image-|gpt-audio|gpt-realtime|gpt-3\.5-turbo-instruct)|-(?:audio|realtime|transcribe|tts)\b|-deep-research|-codex|^(?:o1|o3|gpt-5(?:\.\d)?)-pro/;
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  mistral: [
    "codestral-embed",
    "codestral-embed-2505",
    "mistral-embed",
    "mistral-embed-2312",
    "mistral-moderation-2411",
    "mistral-moderation-latest",
    "mistral-ocr-2503",
    "mistral-ocr-2505",
    "mistral-ocr-2512",
    "mistral-ocr-latest",
    "voxtral-mini-transcribe-2507",
  ],
  openrouter: [
    // Make pictures, moderate, want sound, or pass a request on to whom they choose.
    "google/gemini-2.5-flash-image",
    "google/gemini-2.5-flash-image-preview",
    "google/gemini-3-pro-image-preview",
    "openai/gpt-5-image",
    "openai/gpt-5-image-mini",
    "meta-llama/llama-guard-2-8b",
    "meta-llama/llama-guard-3-8b",
    "meta-llama/llama-guard-4-12b",
    "openai/gpt-oss-safeguard-20b",
    "openai/gpt-4o-audio-preview",
    "openrouter/auto",
    "openrouter/bodybuilder",
    "switchpoint/router",
  ],
};

const RECORDED = ["openai", "together", "openrouter", "anthropic", "deepseek", "mistral"];

interface Item {
  readonly id: string;
  readonly aliases?: readonly string[];
}

interface Recorded {
  readonly slug: string;
  readonly body: string;
  readonly about: Expectation;
  readonly chat: readonly string[];
}

function read(root: string, slug: string): Recorded {
  const path = join(root, slug, "models");
  const about = expectation.parse(JSON.parse(readFileSync(`${path}.expect.json`, "utf8"))).expect;
  const ids = [...new Set(about.ids)];
  const chat =
    about.chat_ids ??
    ids.filter((id) => (slug === "openai" ? !OPENAI_OTHER.test(id) : !OTHERS[slug]?.includes(id)));
  return { slug, body: readFileSync(`${path}.json`, "utf8"), about, chat };
}

const present =
  folder === undefined ? [] : RECORDED.filter((slug) => existsSync(join(folder, slug, "models.json")));

describe.runIf(folder !== undefined)(`recorded models lists${notRun}`, () => {
  const recorded = folder === undefined ? [] : present.map((slug) => read(folder, slug));
  let bench: DiscoveryBench;
  let supabase: TestSupabase;
  let lists: ListsServer;

  beforeAll(async () => {
    bench = await startDiscoveryBench();
    ({ supabase, lists } = bench);
    // Only what the lists hold: the reference data is another test's matter.
    await supabase.sql.query("delete from public.providers");
    for (const { slug, body } of recorded) lists.answer(`/${slug}/models`, body);
    await bench.start(lists.settings(present));
    await bench.sync();
  });
  afterAll(() => bench?.stop());

  it("are found in the folder that CONFORMANCE_CORPUS names", () => {
    expect(present).toEqual(RECORDED);
  });

  for (const { slug, about, chat } of recorded) {
    it(`come out right to the item: ${chat.length} chat models of ${slug}, their context windows and prices`, async () => {
      const rows = await modelsOf(supabase, slug);
      // A first price that is far from what another of these providers charges is right too, but waits.
      const held = await heldPricesOf(supabase, slug);
      expect(held.size).toBeLessThan(rows.length / 50);
      expect(rows.map(({ model }) => model).sort()).toEqual([...chat].sort());
      for (const row of rows) {
        expect(row).toMatchObject({ active: false, available: true, retired: false });
        const context = about.context_length?.[row.model];
        if (context) expect([row.model, row.context]).toEqual([row.model, context]);
        const price = about.pricing_per_mtok?.[row.model];
        if (!about.pricing_per_mtok) expect(row.price).toBeNull();
        // What is expected has the recorded floats' noise.
        const wanted = price?.map((amount) => amount && Number(amount.toFixed(6)));
        if (wanted)
          expect([row.model, row.price?.slice(0, 2) ?? held.get(row.model)]).toEqual([row.model, wanted]);
      }
      expect(await eventsOf(supabase, slug)).toHaveLength(chat.length);
    });
  }

  it("have no price noise and no price for routers", async () => {
    const { rows } = await supabase.sql.query<{ price: number }>(
      "select unnest(array[input_price_per_m, output_price_per_m, cached_input_price_per_m]) as price from public.prices",
    );
    for (const { price } of rows) expect(String(price ?? 0).length).toBeLessThanOrEqual(9);
    const routers = recorded.flatMap(({ about }) => about.negative_price_ids ?? []);
    expect(routers.length).toBeGreaterThan(0);
    const { rows: found } = await supabase.sql.query("select 1 from public.models where name = any ($1)", [
      routers,
    ]);
    expect(found).toEqual([]);
  });

  it("write nothing when they are read again", async () => {
    const before = await dumpCatalog(supabase);
    await bench.sync();
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("have exactly those models retired that are missing the next time", async () => {
    await supabase.sql.query("delete from public.catalog_events");
    const gone = recorded.flatMap(({ slug, body, chat }) => {
      const missing = chat.filter((_, index) => index % 9 === 0);
      const parsed = JSON.parse(body) as Item[] | { data: Item[] };
      const keep = (items: readonly Item[]) => items.filter(({ id }) => !missing.includes(id));
      lists.answer(
        `/${slug}/models`,
        Array.isArray(parsed) ? keep(parsed) : { ...parsed, data: keep(parsed.data) },
      );
      // An id that another item names as its alias can be asked for still.
      const left = keep(Array.isArray(parsed) ? parsed : parsed.data);
      const named = new Set(left.flatMap(({ aliases = [] }) => aliases));
      return missing.filter((id) => !named.has(id)).map((id) => `retired ${slug}/${id}`);
    });
    await bench.sync();
    expect((await eventsOf(supabase)).sort()).toEqual(gone.sort());
  });
});
