import { randomUUID } from "node:crypto";
import { reasonsByDefault } from "../../workers/benchmark/catalog/reasoning.ts";
import { type Config, ConfigError, providersIn } from "../../workers/benchmark/config.ts";
import { isWithinBudget, settledUsd, worstCaseUsd } from "../../workers/benchmark/jobs/budget.ts";
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
import type { Provider } from "../../workers/benchmark/providers/types.ts";
import type { Store } from "../../workers/benchmark/store/index.ts";
import { complain, print } from "../terminal.ts";
import { checkProviders } from "./benchmark.ts";
import { openContext } from "./context.ts";
import { rehearse } from "./rehearse.ts";
import { Spending } from "./spending.ts";
import { SpentFile } from "./spent-file.ts";

/**
 * The quick test: each provider that has a key, once, with the short prompt; nothing is saved. Without any
 * key the simulator plays the default providers, and each line says so.
 *
 * @returns the exit code: 0, whatever the providers answered.
 */
export async function probe(only: readonly string[], json: boolean): Promise<number> {
  const { config, log, logDirectory, known, close } = await openContext({ database: false, say: complain });
  try {
    checkProviders(only, config);
    const targets = probeTargets(config, only, await addedTargets(config, known));
    if (targets.length === 0)
      throw new ConfigError("No provider can be asked: set a key, such as OPENAI_API_KEY, in .dev.vars.");
    const spending = await Spending.open({
      budgetUsd: config.budgetUsd,
      store: known,
      file: new SpentFile(logDirectory),
      known: targets,
      needsStore: false,
      say: complain,
    });
    const measure = createMeasure(config, { colo: null, prompt: "short" });
    const runId = randomUUID();
    await rehearse();
    for (const [index, target] of targets.entries()) {
      const reserved = isSimulated(target, config) ? 0 : worstCaseUsd(target, targets);
      const id = randomUUID();
      const spentUsd = await spending.setAside(id, reserved);
      if (!isWithinBudget(spentUsd, reserved, config.budgetUsd, isSimulated(target, config))) {
        complain(
          `BENCHMARK_BUDGET_USD is reached ($${spentUsd.toFixed(4)} of $${config.budgetUsd}): ${targets.length - index} not asked.`,
        );
        break;
      }
      complain(`[${index + 1}/${targets.length}] asking ${endpointName(target)} ...`);
      const { measurement, usageReported } = await measure(target, id);
      const row = resultRow(measurement, runId, target);
      spending.settle(id, settledUsd(row, usageReported, reserved, targets));
      print(json ? JSON.stringify(row) : describeResult(row));
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
    await spending.close();
    return 0;
  } finally {
    await close();
  }
}

/** One model for each provider: those with keys; where there is no key at all, the simulated default ones. */
function probeTargets(config: Config, only: readonly string[], added: readonly Target[]): Target[] {
  const defaults = [...defaultTargets(), ...added];
  const wanted = providersIn(config).filter(({ slug }) => only.length === 0 || only.includes(slug));
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

/** What is measured at providers that were added: no file names a model of theirs. */
async function addedTargets(config: Config, known: Store | null): Promise<Target[]> {
  const added = providersIn(config).filter(({ isStored }) => isStored);
  if (!known || added.length === 0) return [];
  const targets = await known.targets([]);
  return targets.filter(
    ({ provider, upstream }) => upstream === null && added.some(({ slug }) => slug === provider),
  );
}

/** The model that leads a provider's own price table stands for it in the quick test. */
function firstPriced({ slug, prices }: Provider): Target[] {
  return prices.slice(0, 1).map(({ model }) => ({
    provider: slug,
    model,
    providerId: null,
    modelId: null,
    reasoning: reasonsByDefault(slug, model),
    price: datedPrice(slug, model),
  }));
}
