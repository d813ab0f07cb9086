import type { ModelFacts, PricePoint } from "../data/models-page.server.ts";
import { formatDate, formatInteger, formatTime, formatUsd } from "./format.ts";
import type { Endpoint } from "./types.ts";

/*
 * Words of an endpoint's page that depend on its data alone. They are put together where the data is read, so that a
 * browser loads the words of one page and not the code for all of them.
 */

/** A line of what is known; the text may name another model of the same provider, or this one at all its providers. */
export interface ModelFact {
  readonly name: string;
  readonly text: string;
  readonly leadsTo: "model" | "identity" | null;
}

/** What the catalogue says of a model, line by line. */
export function listFacts(
  endpoint: Pick<Endpoint, "active" | "reasoning" | "retired_at" | "successor">,
  facts: ModelFacts,
): ModelFact[] {
  const line = (name: string, text: string | null, leadsTo: ModelFact["leadsTo"] = null): ModelFact[] =>
    text === null ? [] : [{ name, text, leadsTo }];
  const day = (iso: string | null) => (iso === null ? null : formatDate(iso));
  return [
    ...line("Measured", endpoint.active ? "in every run" : "no"),
    ...line("Offered", facts.available ? "yes" : "no longer listed by the provider"),
    ...line("Last listed", day(facts.last_seen_at) ?? "never"),
    ...line(
      "Context window",
      facts.context_window === null ? "unknown" : `${formatInteger(facts.context_window)} tokens`,
    ),
    ...line("Reasoning model", endpoint.reasoning ? "yes" : "no"),
    ...line("Same model as", facts.identity, "identity"),
    ...line("Family", facts.family),
    ...line("Quantization", facts.quantization),
    ...line("Retires on", day(facts.retires_at)),
    ...line("Retired", day(endpoint.retired_at)),
    ...line("Succeeded by", endpoint.successor, facts.successor_known ? "model" : null),
  ];
}

/** Prices, newest first, as they are shown: each with what changed since the one before. */
export function listPrices(prices: readonly PricePoint[]) {
  return prices.map((price, index) => {
    const before = prices[index + 1];
    return {
      at: price.at,
      since: formatDate(price.at),
      // A source's host where it is an address; shown, never a link.
      source: /^https?:\/\/([^/]+)/.exec(price.source)?.[1] ?? price.source,
      // Input, output, cached input.
      figures: [
        describePrice(price.input, before?.input),
        describePrice(price.output, before?.output),
        describePrice(price.cached_input, undefined),
      ],
    };
  });
}

function describePrice(
  now: number | null,
  before: number | undefined,
): { now: string; change: string | null } {
  const text = now === 0 ? "free" : formatUsd(now);
  if (now === null || before === undefined || before === now) return { now: text, change: null };
  if (before === 0) return { now: text, change: "was free" };
  const change = now / before - 1;
  return { now: text, change: `${change > 0 ? "▲ +" : "▼ −"}${Math.abs(change * 100).toFixed(0)}%` };
}

/** Why there is nothing to show of an endpoint in a window, in two sentences at most. */
export function explainNothing(
  endpoint: Pick<Endpoint, "active" | "retired_at">,
  newestAt: string | null,
): string {
  const reason = endpoint.active
    ? "It is measured in every run: expect results within 15 minutes."
    : endpoint.retired_at !== null
      ? "The provider has retired it."
      : "It is not measured. The operator can activate it with npm run models.";
  return newestAt === null ? reason : `The newest result is from ${formatTime(newestAt)}. ${reason}`;
}
