import * as z from "zod";
import { type Client, StoreError } from "./client.ts";

/** Ages in days after which something is dropped; null keeps it. */
export interface Retention {
  readonly chunkTimesDays: number | null;
  readonly textsDays: number | null;
  /** At least 31; each hour is rolled up before its rows go. */
  readonly rowsDays: number | null;
}

const step = z.object({ chunkTimes: z.number(), texts: z.number(), rows: z.number() });
export type PruneStep = z.infer<typeof step>;

/** One small step of pruning; all zero when nothing is left. @throws StoreError */
export async function pruneStep(client: Client, retention: Retention): Promise<PruneStep> {
  const answer = await client.rpc("engine_prune", {
    // The generator knows no nullable arguments; null is what the function takes for "keep".
    chunk_times_days: retention.chunkTimesDays as number,
    texts_days: retention.textsDays as number,
    rows_days: retention.rowsDays as number,
  });
  StoreError.throwIf(answer, "prune old results");
  return step.parse(answer.data);
}
