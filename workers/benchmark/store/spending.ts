import * as z from "zod";
import { type Client, StoreError } from "./client.ts";

const spending = z.object({
  usd: z.number(),
  unpricedInputTokens: z.number(),
  unpricedOutputTokens: z.number(),
});

/** What real requests cost: USD where the price was known, tokens where it was not. */
export type Spending = z.infer<typeof spending>;

/** @throws StoreError */
export async function readSpending(client: Client, since: Date): Promise<Spending> {
  const answer = await client.rpc("engine_spent_since", { since: since.toISOString() });
  StoreError.throwIf(answer, "read what was spent");
  return spending.parse(answer.data);
}
