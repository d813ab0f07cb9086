import * as z from "zod";
import { type Client, StoreError } from "./client.ts";
import { listPrice } from "./list-price.ts";

const stored = z.array(
  z.object({
    provider: z.string(),
    providerId: z.string(),
    model: z.string(),
    modelId: z.string(),
    active: z.boolean(),
    /** The only upstream that may serve it; null where its provider routes it. */
    upstream: z.string().nullable(),
    reasoning: z.boolean(),
    price: listPrice.nullable(),
  }),
);

/** A model as the database knows it, with its provider's slug and its newest price (USD per million tokens). */
export type StoredTarget = z.infer<typeof stored>[number];

/**
 * Active models, and those named in `also` ("slug/model") whether active or not.
 *
 * @throws StoreError
 */
export async function readTargets(client: Client, also: readonly string[]): Promise<StoredTarget[]> {
  const answer = await client.rpc("engine_targets", { also: [...also] });
  StoreError.throwIf(answer, "read the models to measure");
  return stored.parse(answer.data);
}
