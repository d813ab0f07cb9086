import { prune } from "../jobs/prune.ts";
import { syncPrices } from "../jobs/sync-prices.ts";
import type { JobName } from "./api.ts";
import type { Parts } from "./parts.ts";

/**
 * One invocation's share of a job.
 *
 * @returns whether it is done; if not, another alarm goes on with it.
 * @throws StoreError and whatever else stands in its way; it is tried again later.
 */
export async function doJob(name: JobName, { config, store, log }: Parts): Promise<boolean> {
  switch (name) {
    case "sync-prices":
      await syncPrices(store, log);
      return true;
    case "prune":
      return prune(store, config.retention, config.run.sliceSubrequests - 4, log);
  }
}
