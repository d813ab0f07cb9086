import type { Price } from "../catalog/listed.ts";
import { type Config, providersIn } from "../config.ts";
import { describeError, type Log } from "../log.ts";
import { StoreError } from "../store/client.ts";
import type { Store } from "../store/index.ts";
import { datedPrice, defaultTargets, endpointName, isReal, isSimulated, type Target } from "./target.ts";

/** What a run asks, or why that is not known. */
export type Plan =
  | { readonly targets: readonly Target[]; readonly subrequests: number }
  | {
      readonly targets: null;
      readonly reason: string;
      /** Whether the same question may well be answered in a moment. */
      readonly passes: boolean;
      readonly subrequests: number;
    };

/** Finds prices of models that have none, by model id, and writes them down. */
export type FindPrices = (modelIds: readonly string[]) => Promise<ReadonlyMap<string, Price>>;

/** What one search for prices may cost: the catalogue, three lists of several pages, the feed, and the writing. */
const SUBREQUESTS_PER_SEARCH = 10;

/**
 * Reads which models to measure, with their newest prices. A price that the database lacks is looked for first,
 * where it will cost money. Retired default models are asked only where the simulator plays their provider.
 */
export async function planRun(store: Store, config: Config, log: Log, findPrices: FindPrices): Promise<Plan> {
  let subrequests = 0;
  try {
    const played = defaultTargets().filter((target) => isSimulated(target, config));
    subrequests += 1;
    const stored = await store.targets(played.map(endpointName));
    const wanted = stored.filter(
      ({ active, provider, model }) =>
        active || played.some((target) => target.provider === provider && target.model === model),
    );
    const unpriced = wanted.filter((target) => target.price === null && isReal(target, config));
    if (unpriced.length > 0) subrequests += SUBREQUESTS_PER_SEARCH;
    const found = unpriced.length > 0 ? await findPrices(unpriced.map(({ modelId }) => modelId)) : null;
    for (const { slug } of providersIn(config)) {
      if (isReal({ provider: slug }, config) && !wanted.some((target) => target.provider === slug)) {
        log.warn("no_active_model", {
          provider: slug,
          hint: `A key is set but no model is active: npm run models -- activate ${slug} MODEL`,
        });
      }
    }
    return {
      targets: wanted.map(({ active: _, ...target }) => ({
        ...target,
        price: target.price ?? found?.get(target.modelId) ?? datedPrice(target.provider, target.model),
      })),
      subrequests,
    };
  } catch (error) {
    const passes = error instanceof StoreError && error.passes;
    return { targets: null, reason: describeError(error), passes, subrequests };
  }
}
