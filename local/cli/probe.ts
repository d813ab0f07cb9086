import { randomUUID } from "node:crypto";
import { thinksUnasked } from "../../workers/benchmark/catalog/reasoning.ts";
import { type Config, ConfigError } from "../../workers/benchmark/config.ts";
import { createMeasure } from "../../workers/benchmark/jobs/measure-target.ts";
import { resultRow } from "../../workers/benchmark/jobs/run-slice.ts";
import {
  datedPrice,
  defaultTargets,
  endpointName,
  isReal,
  isSimulated,
  type Target,
} from "../../workers/benchmark/jobs/target.ts";
import { describeResult } from "../../workers/benchmark/log.ts";
import { providers } from "../../workers/benchmark/providers/registry.ts";
import type { Provider } from "../../workers/benchmark/providers/types.ts";
import { checkProviders } from "./benchmark.ts";
import { openContext } from "./context.ts";
import { rehearse } from "./rehearse.ts";

/**
 * The quick test: each provider that has a key, once, with the short prompt; nothing is saved. Without any
 * key the simulator plays the default providers, and each line says so.
 *
 * @returns the exit code: 0, whatever the providers answered.
 */
export async function probe(only: readonly string[], json: boolean): Promise<number> {
  checkProviders(only);
  const say = (line: string) => console.error(line);
  const { config, log, close } = await openContext({ database: false, say });
  try {
    const targets = probeTargets(config, only);
    if (targets.length === 0)
      throw new ConfigError("No provider can be asked: set a key, such as OPENAI_API_KEY, in .dev.vars.");
    const measure = createMeasure(config, { colo: null, prompt: "short" });
    const runId = randomUUID();
    await rehearse();
    for (const [index, target] of targets.entries()) {
      say(`[${index + 1}/${targets.length}] asking ${endpointName(target)} ...`);
      const { measurement } = await measure(target, randomUUID());
      const row = resultRow(measurement, runId, target);
      console.log(json ? JSON.stringify(row) : describeResult(row));
      if (!row.success) {
        log.error("probe_failed", {
          request_id: row.id,
          provider: row.provider,
          model: row.model,
          error_kind: row.error_kind,
          error_message: row.error_message,
        });
      }
    }
    return 0;
  } finally {
    await close();
  }
}

/** One model for each provider: those with keys; where there is no key at all, the simulated default ones. */
function probeTargets(config: Config, only: readonly string[]): Target[] {
  const defaults = defaultTargets();
  const wanted = providers.filter(({ slug }) => only.length === 0 || only.includes(slug));
  const withKey = wanted.filter((provider) => isReal({ provider: provider.slug }, config));
  if (withKey.length > 0) {
    // Providers have retired some of the defaults: the newest is alive.
    return withKey.flatMap(
      (provider) => defaults.findLast((t) => t.provider === provider.slug) ?? firstPriced(provider),
    );
  }
  const played = wanted.filter((provider) => isSimulated({ provider: provider.slug }, config));
  return played.flatMap((provider) => {
    const target = defaults.find((t) => t.provider === provider.slug);
    return target ?? (only.length > 0 ? firstPriced(provider) : []);
  });
}

/** The model that leads a provider's own price table stands for it in the quick test. */
function firstPriced({ slug, prices }: Provider): Target[] {
  return prices.slice(0, 1).map(({ model }) => ({
    provider: slug,
    model,
    providerId: null,
    modelId: null,
    reasoning: thinksUnasked(slug, model),
    price: datedPrice(slug, model),
  }));
}
