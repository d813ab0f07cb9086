import { z } from "zod";
import { formatInteger } from "../lib/format.ts";
import { CATALOG_EVENT_KINDS, describeChange, EVENT_WORDS } from "../lib/models-words.ts";
import type { CatalogQuery } from "../lib/queries.ts";
import { count, time } from "../lib/schema.ts";
import type { Reader } from "./reader.server.ts";

/** Models of one provider that a page of the catalogue holds. */
export const CATALOG_PAGE_SIZE = 150;
/** Models of each provider where all of them are shown. */
const OF_EACH = 20;

/** USD per million tokens in and out. */
const price = z.tuple([z.number(), z.number()]).nullable();

export const catalogSchema = z.object({
  as_of: time,
  counts: z.object({ active: count, available: count, retired: count }),
  providers: z.array(
    z.object({
      provider: z.string(),
      name: z.string(),
      kind: z.enum(["direct", "proxy"]),
      total: count,
      active: count,
      models: z.array(
        z.object({
          model: z.string(),
          active: z.boolean(),
          reasoning: z.boolean(),
          context_window: count.nullable(),
          retires_at: time.nullable(),
          identity: z.string().nullable(),
          // How many other endpoints offer the same model.
          elsewhere: count,
          price,
        }),
      ),
    }),
  ),
  retired_total: count,
  retired: z.array(
    z.object({
      provider: z.string(),
      provider_name: z.string(),
      model: z.string(),
      retired_at: time.nullable(),
      successor: z.string().nullable(),
      successor_known: z.boolean(),
    }),
  ),
  // Changes of one kind that one look at a list found; `models` names the first few.
  changes: z.array(
    z.object({
      at: time,
      kind: z.enum(CATALOG_EVENT_KINDS),
      provider: z.string(),
      provider_name: z.string(),
      n: count,
      models: z.array(z.object({ model: z.string(), before: z.unknown(), after: z.unknown() })),
    }),
  ),
});

export type Catalog = Awaited<ReturnType<typeof readCatalog>>;

/**
 * Reads the catalogue of models.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readCatalog(reader: Reader, query: CatalogQuery) {
  const answer = await reader.call("model_catalog", {
    search: query.search,
    of_provider: query.provider,
    page: query.provider === null ? null : query.page,
    per_page: CATALOG_PAGE_SIZE,
    per_provider: OF_EACH,
  });
  const { changes, ...rest } = catalogSchema.parse(answer);
  return {
    ...rest,
    changes: changes.map(({ models, ...change }) => ({
      ...change,
      title:
        change.n === 1
          ? EVENT_WORDS[change.kind].one
          : `${formatInteger(change.n)} ${EVENT_WORDS[change.kind].many}`,
      models: models.map(({ model, before, after }) => ({
        model,
        detail: describeChange(change.kind, before, after),
      })),
    })),
  };
}
