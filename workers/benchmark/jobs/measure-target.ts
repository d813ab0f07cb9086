import { type Config, ConfigError, providerAccess } from "../config.ts";
import { interrupted, measure } from "../probe/index.ts";
import type { ProbeOutcome, ProbeRequest, PromptName } from "../probe/types.ts";
import { findProvider } from "../providers/registry.ts";
import type { ResultRow } from "../store/rows.ts";
import { resultRow } from "./run-slice.ts";
import type { Target } from "./target.ts";

export interface MeasureOptions {
  readonly colo: string | null;
  readonly prompt: PromptName;
}

/** Binds the probe to a configuration: what the run loop calls for each target. */
export function createMeasure(
  config: Config,
  options: MeasureOptions,
): (target: Target, requestId: string) => Promise<ProbeOutcome> {
  const environment = {
    // Wrapped, because a bare `fetch` loses its `this` in Workers ("Illegal invocation").
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    now: () => performance.now(),
    date: () => new Date(),
    colo: options.colo,
  };
  return (target, requestId) => measure(probeRequest(target, requestId, config, options.prompt), environment);
}

/** The row of a request that our own restart cut off: nothing of its answer is known. */
export async function interruptedRow(
  target: Target,
  requestId: string,
  askedAt: Date,
  runId: string,
  config: Config,
  prompt: PromptName = "standard",
): Promise<ResultRow> {
  const measurement = await interrupted(probeRequest(target, requestId, config, prompt), askedAt);
  return resultRow(measurement, runId, target);
}

function probeRequest(target: Target, requestId: string, config: Config, prompt: PromptName): ProbeRequest {
  const provider = findProvider(target.provider);
  const access = provider && providerAccess(config, provider);
  // A run is planned from what can be reached; only a setting that changed in between can end here.
  if (!provider || access?.state !== "ready") {
    throw new ConfigError(`${target.provider} cannot be asked any more: its key is gone.`);
  }
  return {
    id: requestId,
    provider,
    model: target.model,
    reasoning: target.reasoning,
    baseUrl: access.baseUrl,
    apiKey: access.apiKey,
    prompt,
    price: target.price,
    simulated: access.simulated,
    location: config.location,
    deadlines: config.deadlines,
    warmup: config.warmup,
  };
}
