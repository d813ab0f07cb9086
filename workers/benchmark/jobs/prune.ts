import type { Log } from "../log.ts";
import type { Store } from "../store/index.ts";
import type { Retention } from "../store/retention.ts";

/**
 * Drops what is older than the settings say, step by step.
 *
 * @param maxSteps one invocation's share; a step is one request.
 * @returns whether nothing is left to drop.
 * @throws StoreError when the database cannot be written.
 */
export async function prune(
  store: Store,
  retention: Retention,
  maxSteps: number,
  log: Log,
): Promise<boolean> {
  if (Object.values(retention).every((days) => days === null)) return true;
  const dropped = { chunkTimes: 0, texts: 0, rows: 0 };
  let done = false;
  for (let step = 0; step < maxSteps && !done; step++) {
    const { chunkTimes, texts, rows } = await store.prune(retention);
    dropped.chunkTimes += chunkTimes;
    dropped.texts += texts;
    dropped.rows += rows;
    done = chunkTimes + texts + rows === 0;
  }
  log.info("pruned", { chunk_times: dropped.chunkTimes, texts: dropped.texts, rows: dropped.rows, done });
  return done;
}
