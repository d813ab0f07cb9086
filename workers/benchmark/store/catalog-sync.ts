import * as z from "zod";
import type { Json } from "../../../supabase/database.types.ts";
import type { CatalogChange } from "../catalog/changes.ts";
import type { HeldList } from "../catalog/guard.ts";
import { type Client, StoreError } from "./client.ts";
import { listPrice } from "./list-price.ts";

/** USD per million tokens. */
const price = z.object({ ...listPrice.shape, source: z.string() });

/** What an older version held has no days. */
const heldPrice = z
  .object({ ...price.shape, at: z.string(), days: z.number().default(1), day: z.string().optional() })
  .transform((held) => ({ ...held, day: held.day ?? held.at.slice(0, 10) }));

const heldList = z.object({
  syncs: z.number(),
  reason: z.string(),
  at: z.string(),
  accepted: z.boolean(),
});

const model = z.object({
  id: z.string(),
  name: z.string(),
  active: z.boolean(),
  available: z.boolean(),
  reasoning: z.boolean(),
  reasoningByHand: z.boolean(),
  reasoningStated: z.boolean().nullable(),
  aliasOf: z.string().nullable(),
  contextWindow: z.number().nullable(),
  lastSeenAt: z.string().nullable(),
  retiredAt: z.string().nullable(),
  retiresAt: z.string().nullable(),
  successor: z.string().nullable(),
  /** Why the engine took it out of the runs; null where it did not, or a person has decided since. */
  flag: z.string().nullable(),
  family: z.string().nullable(),
  /** The rules' reading, or a person's correction of it. */
  identity: z.string().nullable(),
  identityByRule: z.string().nullable(),
  quantization: z.string().nullable(),
  price: z.object({ ...price.shape, at: z.string() }).nullable(),
  heldPrice: heldPrice.nullable(),
});

const catalog = z.array(
  z.object({ provider: z.string(), heldList: heldList.nullable(), models: z.array(model) }),
);

export type StoredPrice = z.infer<typeof price>;
export type StoredModel = z.infer<typeof model>;
/** What is known of a provider's models, retired ones included. */
export type ProviderCatalog = z.infer<typeof catalog>[number];

/** @param provider slug of the one wanted; null for all. @throws StoreError */
export async function readCatalog(client: Client, provider: string | null): Promise<ProviderCatalog[]> {
  const answer = await client.rpc("engine_catalog", provider === null ? {} : { of_provider: provider });
  StoreError.throwIf(answer, "read the known models");
  return catalog.parse(answer.data);
}

export interface ProviderRow {
  readonly slug: string;
  readonly name: string;
  readonly kind: string;
  readonly baseUrl: string;
  readonly logoUrl: string | null;
}

export interface ChangeOrigin {
  /** The provider whose models are new; made where it is missing. Null where a change adds none. */
  readonly provider: ProviderRow | null;
  /** Source of new models' prices. */
  readonly source: string | null;
  readonly at: Date;
}

const written = z.object({
  new: z.number(),
  retired: z.number(),
  returned: z.number(),
  context: z.number(),
  announced: z.number(),
  price: z.number(),
  priceHeld: z.number(),
});
/** How many rows each kind of change came to. */
export type Written = z.infer<typeof written>;

/** Writes a change and its events in one transaction: all of it or nothing. @throws StoreError */
export async function applyCatalog(
  client: Client,
  change: CatalogChange,
  { provider, source, at }: ChangeOrigin,
): Promise<Written> {
  // Plain data all through; the types only say it in another way.
  const body = { ...change, provider, source, at: at.toISOString() } as unknown as Json;
  const answer = await client.rpc("engine_apply_catalog", { change: body });
  StoreError.throwIf(answer, "write what changed in the models");
  return written.parse(answer.data);
}

/** Puts a model into the runs or takes it out, its pinned upstreams with it: a person's decision, which ends what the engine had to say. @throws StoreError */
export async function setActive(client: Client, modelId: string, active: boolean): Promise<void> {
  const answer = await client
    .from("models")
    .update(active ? { active, flag: null } : { active, flag: null, pinned_upstreams: [] })
    .eq("id", modelId);
  StoreError.throwIf(answer, active ? "activate a model" : "deactivate a model");
}

/**
 * Measures a model at one upstream of its proxy alone, or no longer.
 * @returns whether that changed anything.
 * @throws StoreError
 */
export async function pinUpstream(
  client: Client,
  modelId: string,
  upstream: string,
  pinned: boolean,
): Promise<boolean> {
  const answer = await client.rpc("engine_pin_upstream", {
    of_model: modelId,
    at_upstream: upstream,
    pinned,
  });
  StoreError.throwIf(answer, "pin an upstream");
  return answer.data;
}

/** Makes a held price the price. @returns it, or null where none waits. @throws StoreError */
export async function acceptPrice(client: Client, modelId: string): Promise<StoredPrice | null> {
  const answer = await client.rpc("engine_accept_price", { of_model: modelId });
  StoreError.throwIf(answer, "accept a price");
  return price.nullable().parse(answer.data);
}

/** Says of a list that was held that it is right: the next one is taken as it is. @throws StoreError */
export async function acceptList(client: Client, provider: string, held: HeldList): Promise<void> {
  const answer = await client
    .from("providers")
    .update({ held_list: { ...held, accepted: true } })
    .eq("slug", provider);
  StoreError.throwIf(answer, "accept a models list");
}
