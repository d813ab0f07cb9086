import { providerIn } from "../config.ts";
import { discoverModels } from "../jobs/discover-models.ts";
import { prune } from "../jobs/prune.ts";
import { syncPrices } from "../jobs/sync-prices.ts";
import type { JobName } from "./api.ts";
import { type Context, syncEnvironment } from "./context.ts";

/**
 * One invocation's share of a job.
 *
 * @returns whether it is done; if not, another alarm goes on with it.
 * @throws StoreError and whatever else stands in its way; it is tried again later.
 */
export async function doJob(name: JobName, context: Context): Promise<boolean> {
  const { config, store, log } = context;
  switch (name) {
    case "sync-prices":
      await syncPrices(syncEnvironment(context));
      return true;
    case "prune":
      return prune(store, config.retention, config.run.sliceSubrequests - 4, log);
    case "sync-models":
      context.jobs.request([...config.providers.keys()].map((slug) => `sync-models:${slug}` as const));
      return true;
    default: {
      const provider = providerIn(config, name.slice("sync-models:".length));
      if (provider) await discoverModels(provider, syncEnvironment(context));
      return true;
    }
  }
}
