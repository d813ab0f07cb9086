import { priceAt } from "../catalog/price.ts";
import { type Config, ConfigError, providerIn } from "../config.ts";
import { interrupted, measure } from "../probe/index.ts";
import type { ProbeOutcome, ProbeRequest, PromptName } from "../probe/types.ts";
import type { ResultRow } from "../store/rows.ts";
import { resultRow } from "./run-slice.ts";
import { accessTo, type Route, type Target } from "./target.ts";

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

/** Where this configuration sends a target's requests. @throws ConfigError where it cannot send any. */
export function routeOf(target: Target, config: Config): Route {
  const { simulated, baseUrl } = readyAccess(target, config);
  return { simulated, host: new URL(baseUrl).host };
}

/** A request that was under way when the engine ended, as it was written down before it was sent. */
export interface CutOff {
  readonly requestId: string;
  /** ms since the epoch. */
  readonly askedAt: number;
  readonly route: Route;
}

/**
 * The row of a request that our own restart cut off: nothing of its answer is known. It needs no way to the
 * provider, whose key may be gone by now.
 */
export async function interruptedRow(
  target: Target,
  { requestId, askedAt, route }: CutOff,
  runId: string,
  config: Pick<Config, "location" | "providers">,
  prompt: PromptName = "standard",
): Promise<ResultRow> {
  const { location } = config;
  const { provider, model, reasoning, upstream } = target;
  const measurement = await interrupted(
    {
      ...route,
      id: requestId,
      provider,
      model,
      reasoning,
      upstream,
      location,
      prompt,
      askedAt: new Date(askedAt),
    },
    providerIn(config, provider),
  );
  return resultRow(measurement, runId, target);
}

function probeRequest(target: Target, requestId: string, config: Config, prompt: PromptName): ProbeRequest {
  const { provider, apiKey, baseUrl, simulated } = readyAccess(target, config);
  return {
    id: requestId,
    provider,
    model: target.model,
    reasoning: target.reasoning,
    upstream: target.upstream,
    baseUrl,
    apiKey,
    prompt,
    // What holds at this hour; a run may go on into the next.
    price: target.price && priceAt(target.price, new Date()),
    simulated,
    location: config.location,
    deadlines: config.deadlines,
    warmup: config.warmup,
  };
}

function readyAccess(target: Target, config: Config) {
  const provider = providerIn(config, target.provider);
  const access = accessTo(target, config);
  // A run asks only what can be reached: each invocation takes out first what cannot be reached any more.
  if (!provider || access.state !== "ready") {
    throw new ConfigError(`${target.provider} cannot be asked any more: its key is gone.`);
  }
  return { ...access, provider };
}
