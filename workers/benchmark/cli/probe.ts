import { randomUUID } from "node:crypto";
import { type Config, ConfigError, providerAccess } from "../config.ts";
import { createMeasure } from "../jobs/measure-target.ts";
import { resultRow } from "../jobs/run-slice.ts";
import { defaultTargets, type Target } from "../jobs/target.ts";
import { describeResult } from "../log.ts";
import { warmCodePath } from "../probe/index.ts";
import { findProvider, providers } from "../providers/registry.ts";
import { checkProviders } from "./benchmark.ts";
import { describeTarget } from "./print.ts";
import { openSurroundings } from "./surroundings.ts";

/**
 * The quick test: each provider that has a key, once, with the short prompt; nothing is saved. Without any
 * key the simulator plays the default providers, and each line says so.
 *
 * @returns the exit code: 0, whatever the providers answered.
 */
export async function probe(only: readonly string[], json: boolean): Promise<number> {
  checkProviders(only);
  const say = (line: string) => console.error(line);
  const { config, log, close } = await openSurroundings({ database: false, say });
  try {
    const targets = probeTargets(config, only);
    if (targets.length === 0)
      throw new ConfigError("No provider can be asked: set a key, such as OPENAI_API_KEY, in .dev.vars.");
    await warmCodePath();
    const measure = createMeasure(config, { colo: null, prompt: "short" });
    const runId = randomUUID();
    for (const [index, target] of targets.entries()) {
      say(`[${index + 1}/${targets.length}] asking ${describeTarget(target)} ...`);
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

/** One model for each provider: those with keys, or the simulated ones where no key is set at all. */
function probeTargets(config: Config, only: readonly string[]): Target[] {
  const accesses = providers
    .filter((provider) => only.length === 0 || only.includes(provider.slug))
    .map((provider) => ({ provider, access: providerAccess(config, provider) }));
  const real = accesses.filter(({ access }) => access.state === "ready" && !access.simulated);
  const chosen = real.length > 0 ? real : accesses.filter(({ access }) => access.state === "ready");
  const defaults = defaultTargets();
  return chosen.flatMap(({ provider, access }) => {
    const simulated = access.state === "ready" && access.simulated;
    const known = defaults.filter((target) => target.provider === provider.slug);
    // Providers have retired some of the defaults: only the simulator still plays those.
    const target = simulated
      ? known[0]
      : (known.find((t) => t.model === provider.defaultModel) ?? modelOf(provider.slug));
    return target ?? [];
  });
}

function modelOf(slug: string): Target | undefined {
  const provider = findProvider(slug);
  if (!provider) return undefined;
  return {
    provider: slug,
    model: provider.defaultModel,
    providerId: null,
    modelId: null,
    reasoning: false,
    price: null,
  };
}
