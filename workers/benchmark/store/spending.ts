import * as z from "zod";
import { type Client, StoreError } from "./client.ts";

const spending = z.object({
  usd: z.number(),
  unpricedInputTokens: z.number(),
  unpricedOutputTokens: z.number(),
});

/** What real requests cost: USD where the price was known, tokens where it was not. */
export type Spending = z.infer<typeof spending>;

/** all: of whoever asked; others: but for what the coordinator's own runs asked. */
export type Spenders = "all" | "others";

/** What a request cost whose result is stored nowhere. */
export interface UnsavedSpending {
  /** The request's. */
  readonly id: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly usd: number;
}

/** @throws StoreError */
export async function noteSpending(client: Client, entries: readonly UnsavedSpending[]): Promise<void> {
  const answer = await client.rpc("engine_note_spending", {
    entries: entries.map(({ id, at, usd }) => ({
      id,
      at: new Date(at).toISOString(),
      usd,
    })),
  });
  StoreError.throwIf(answer, "write what was spent");
}

/** @throws StoreError */
export async function readSpending(client: Client, since: Date, of: Spenders): Promise<Spending> {
  const answer = await client.rpc("engine_spent_since", {
    since: since.toISOString(),
    of_others: of === "others",
  });
  StoreError.throwIf(answer, "read what was spent");
  return spending.parse(answer.data);
}
