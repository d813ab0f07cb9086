import { type Config, providerAccess } from "../config.ts";
import { describeError, type Log } from "../log.ts";
import { findProvider, providers } from "../providers/registry.ts";
import type { Store } from "../store/index.ts";
import { datedPriceRecords } from "./sync-prices.ts";
import { datedPrice, defaultTargets, endpointName, type Target } from "./target.ts";

/** What a run asks, or why that is not known. */
export type Plan =
  | { readonly targets: readonly Target[]; readonly subrequests: number }
  | { readonly targets: null; readonly reason: string; readonly subrequests: number };

/**
 * Reads which models to measure, with their newest prices. A price that the database lacks comes from the
 * provider's own dated table and is written down first. Retired default models are asked only where the
 * simulator plays their provider.
 */
export async function planRun(store: Store, config: Config, log: Log): Promise<Plan> {
  let subrequests = 0;
  try {
    const played = defaultTargets().filter(({ provider }) => isSimulated(provider, config));
    subrequests += 1;
    const stored = await store.targets(played.map(endpointName));
    const wanted = stored.filter(
      ({ active, provider, model }) =>
        active || played.some((target) => target.provider === provider && target.model === model),
    );
    const records = datedPriceRecords(wanted.filter(({ price }) => price === null));
    if (records.length > 0) {
      subrequests += 1;
      await store.recordPrices(records);
    }
    for (const provider of providers) {
      const access = providerAccess(config, provider);
      if (
        access.state === "ready" &&
        !access.simulated &&
        !wanted.some((target) => target.provider === provider.slug)
      ) {
        log.warn("no_active_model", {
          provider: provider.slug,
          hint: `A key is set but no model is active: npm run models -- activate ${provider.slug} MODEL`,
        });
      }
    }
    return {
      targets: wanted.map(({ active: _, ...target }) => ({
        ...target,
        price: target.price ?? datedPrice(target.provider, target.model),
      })),
      subrequests,
    };
  } catch (error) {
    return { targets: null, reason: describeError(error), subrequests };
  }
}

function isSimulated(slug: string, config: Config): boolean {
  const provider = findProvider(slug);
  const access = provider && providerAccess(config, provider);
  return access?.state === "ready" && access.simulated;
}
