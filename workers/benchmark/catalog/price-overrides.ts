import type { Price, TokenPrice } from "./listed.ts";
import { readPrice } from "./price.ts";
import { type PricedWindow, priceWithHours, readTimeOfDay } from "./price-hours.ts";

/** What the benchmark asks with, in tokens: prices for longer prompts are not ours. */
const PROMPT_TOKENS = 600;
const MAX_OVERRIDES = 100;

type Amounts = Readonly<Record<string, unknown>>;

/**
 * USD per token, as OpenRouter and, after it, Groq and others write it, with `overrides`: what is charged instead
 * between two times of day (`utc_start`, `utc_end`) or from a length of the prompt on (`min_prompt_tokens`).
 * https://openrouter.ai/docs/api-reference/list-available-models
 */
export function openrouterPrice(pricing: Amounts): Price | null {
  const base = perToken(pricing, null);
  if (!base) return null;
  const overrides = Array.isArray(pricing.overrides) ? pricing.overrides.slice(0, MAX_OVERRIDES) : [];
  let now: TokenPrice = base;
  const windows: PricedWindow[] = [];
  for (const override of overrides) {
    if (!isAmounts(override) || !isForOurPrompt(override)) continue;
    const price = perToken(override, base);
    if (!price) continue;
    if (override.utc_start === undefined && override.utc_end === undefined) {
      now = price;
      continue;
    }
    const [from, to] = [readTimeOfDay(override.utc_start), readTimeOfDay(override.utc_end)];
    if (from !== null && to !== null && from !== to) windows.push({ from, to, price });
  }
  return priceWithHours(now, windows);
}

/** @param base what holds for the parts that an override leaves out. */
function perToken(amounts: Amounts, base: TokenPrice | null): TokenPrice | null {
  const perMillion = (usd: number | null | undefined) => (usd === null ? undefined : (usd ?? 0) / 1_000_000);
  return readPrice(
    {
      input: amounts.prompt ?? (base ? perMillion(base.input) : undefined),
      output: amounts.completion ?? (base ? perMillion(base.output) : undefined),
      cachedInput: amounts.input_cache_read ?? (base ? perMillion(base.cachedInput) : undefined),
    },
    1,
  );
}

/** Conditions that nobody here understands (days of the week) count as not met. */
function isForOurPrompt(override: Amounts): boolean {
  const { min_prompt_tokens: least, max_prompt_tokens: most } = override;
  if (least !== undefined && !(typeof least === "number" && least <= PROMPT_TOKENS)) return false;
  if (most !== undefined && !(typeof most === "number" && most >= PROMPT_TOKENS)) return false;
  return !Object.keys(override).some((key) => /day|date|week|month|region|tier/i.test(key));
}

function isAmounts(value: unknown): value is Amounts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
