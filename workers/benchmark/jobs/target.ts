import * as z from "zod";
import { type Config, type ProviderAccess, providerAccess, providerIn } from "../config.ts";
import type { Price } from "../probe/types.ts";
import { findProvider } from "../providers/registry.ts";
import { listPrice } from "../store/list-price.ts";

/** One endpoint to measure, with what the database knew of it when the run was planned. */
export const targetSchema = z.object({
  provider: z.string(),
  model: z.string(),
  providerId: z.string().nullable(),
  modelId: z.string().nullable(),
  reasoning: z.boolean(),
  /** The only upstream of a proxy that may serve it. */
  upstream: z.string().nullish(),
  price: listPrice.nullable(),
});
export type Target = Readonly<z.infer<typeof targetSchema>>;

export const skipReasons = [
  "no_key",
  "unknown_provider",
  "private_address",
  "rate_limited",
  "budget",
  "stopped",
  "fault",
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** A target that was not asked: no result, so it stands in `runs.skipped`. */
export type SkippedTarget = {
  readonly provider: string;
  readonly model: string;
  readonly reason: SkipReason;
  /** ISO time before which the provider does not want to be asked, where it said so. */
  readonly until: string | null;
};

/** The models that the specification names, and one that three providers serve alike. */
const DEFAULTS: readonly { provider: string; model: string; reasoning: boolean }[] = [
  { provider: "openai", model: "gpt-4o-mini", reasoning: false },
  { provider: "groq", model: "llama-3.1-8b-instant", reasoning: false },
  { provider: "together", model: "mistralai/Mixtral-8x7B-Instruct-v0.1", reasoning: false },
  { provider: "openrouter", model: "openai/gpt-4o-mini", reasoning: false },
  { provider: "groq", model: "openai/gpt-oss-20b", reasoning: true },
  { provider: "together", model: "openai/gpt-oss-20b", reasoning: true },
  { provider: "openrouter", model: "openai/gpt-oss-20b", reasoning: true },
];

/** Default targets as they stand without a database: prices from the providers' own files. */
export function defaultTargets(): Target[] {
  return DEFAULTS.map(({ provider, model, reasoning }) => ({
    provider,
    model,
    reasoning,
    providerId: null,
    modelId: null,
    price: datedPrice(provider, model),
  }));
}

/** "slug/model": an endpoint's name in commands and URLs. */
export function endpointName({
  provider,
  model,
}: {
  readonly provider: string;
  readonly model: string;
}): string {
  return `${provider}/${model}`;
}

/** The price in a provider's own file, or null. */
export function datedPrice(provider: string, model: string): Price | null {
  const dated = findProvider(provider)?.prices.find((row) => row.model === model);
  return dated ? { input: dated.input, output: dated.output, cachedInput: dated.cachedInput ?? null } : null;
}

/** How a target's provider is reached in this configuration, or why it is not. */
export function accessTo(
  target: Pick<Target, "provider">,
  config: Config,
): ProviderAccess | { readonly state: "unknown_provider" } {
  const provider = providerIn(config, target.provider);
  return provider ? providerAccess(config, provider) : { state: "unknown_provider" };
}

/** Whether the simulator plays this target's provider. */
export function isSimulated(target: Pick<Target, "provider">, config: Config): boolean {
  const access = accessTo(target, config);
  return access.state === "ready" && access.simulated;
}

/** Whether this target's provider itself is asked, which costs money. */
export function isReal(target: Pick<Target, "provider">, config: Config): boolean {
  const access = accessTo(target, config);
  return access.state === "ready" && !access.simulated;
}

/** Where a request goes: what its row must still say when nobody can ask there any more. */
export interface Route {
  readonly simulated: boolean;
  readonly host: string;
}

/** A target that this configuration has no way to ask. */
export interface Unreachable {
  readonly target: Target;
  readonly reason: Extract<SkipReason, "no_key" | "unknown_provider" | "private_address">;
}

/** Parts the targets that can be asked in this configuration from those that cannot, saying why. */
export function splitByAccess(
  targets: readonly Target[],
  config: Config,
): { ready: Target[]; unreachable: Unreachable[] } {
  const ready: Target[] = [];
  const unreachable: Unreachable[] = [];
  for (const target of targets) {
    const { state } = accessTo(target, config);
    if (state === "ready") ready.push(target);
    else unreachable.push({ target, reason: state });
  }
  return { ready, unreachable };
}
