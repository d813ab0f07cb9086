import type { FailureOwner } from "./failures.ts";
import type { EndpointId } from "./models-path.ts";
import type { HistogramPlot, SeriesPlot } from "./series.ts";
import type { Endpoint, EndpointKind } from "./types.ts";

/** What the catalogue knows of a model beside its figures. Times are ISO. */
export interface ModelFacts {
  readonly available: boolean;
  readonly context_window: number | null;
  readonly identity: string | null;
  readonly family: string | null;
  readonly quantization: string | null;
  readonly known_since: string;
  readonly last_seen_at: string | null;
  readonly retires_at: string | null;
  /** The same provider offers the model that takes its place: it has a page. */
  readonly successor_known: boolean;
}

/** USD per million tokens, from `at` on. */
export interface PricePoint {
  readonly at: string;
  readonly input: number;
  readonly output: number;
  readonly cached_input: number | null;
  readonly source: string;
}

/** A line of what is known; `model`: the text names a model of the same provider. */
export interface ModelFact {
  readonly name: string;
  readonly text: string;
  readonly model: boolean;
}

/** A price as it is shown: in, out, cached in. */
export interface PriceLine {
  readonly at: string;
  readonly since: string;
  readonly source: string;
  readonly figures: readonly { readonly now: string; readonly change: string | null }[];
}

export interface FailureGroup {
  readonly kind: string;
  /** What that means, and whose failure it is, in words. */
  readonly meaning: string;
  readonly owner: FailureOwner;
  readonly n: number;
  readonly statuses: readonly number[];
  readonly newest_at: string;
  readonly message: string | null;
}

/** One result as the page lists it. */
export interface ResultLine {
  readonly id: string;
  readonly run_id: string;
  readonly at: string;
  readonly success: boolean;
  readonly error_kind: string | null;
  /** What that means and whose failure it is, in words; empty for a success. */
  readonly meaning: string;
  readonly status_code: number | null;
  readonly error_message: string | null;
  /** The beginning of the answer, and how many characters it has in all. */
  readonly text: string | null;
  readonly text_length: number | null;
  /** Its open figures in one line. */
  readonly figures: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly finish_reason: string | null;
  readonly upstream: string | null;
  readonly simulated: boolean;
}

export interface Elsewhere {
  readonly endpoint: Endpoint;
  readonly quantization: string | null;
  readonly price: { readonly input: number; readonly output: number } | null;
}

/** One figure over the window and how it spreads, placed on their plots; null where there is nothing to draw. */
export interface ModelSeries {
  readonly over: SeriesPlot | null;
  readonly spread: HistogramPlot | null;
  /** Answers behind it. */
  readonly n: number;
}

/** All that an endpoint's page shows; a series is null where its metric is locked. */
export interface ModelPage {
  /** Up to when the figures reach, and when they were read. */
  readonly as_of: string;
  readonly read_at: string;
  readonly since: string;
  readonly step_s: number;
  readonly location: string | null;
  readonly locations: readonly string[];
  readonly newest_result_at: string | null;
  readonly stale: boolean;
  /** Too few answers to rank by. */
  readonly few: boolean;
  readonly endpoint: Endpoint;
  readonly facts: readonly ModelFact[] | null;
  readonly identity: string | null;
  readonly quantization: string | null;
  /** For a window without results: why. */
  readonly nothing: string;
  readonly ttft: ModelSeries | null;
  readonly tps: ModelSeries | null;
  readonly latency: ModelSeries | null;
  readonly failures: readonly FailureGroup[];
  readonly prices: readonly PriceLine[];
  readonly price: { readonly input: number; readonly output: number } | null;
  readonly results: readonly ResultLine[];
  readonly elsewhere: readonly Elsewhere[];
  /** Of a proxied model that its provider routes: who served it in the window, the most first. */
  readonly upstreams: readonly UpstreamShare[];
}

export interface UpstreamShare {
  readonly upstream: string;
  readonly n: number;
  /** Of all requests of which it is known who served them, 0 to 1. */
  readonly share: number;
}

export interface CatalogModel {
  readonly model: string;
  readonly active: boolean;
  readonly reasoning: boolean;
  readonly context_window: number | null;
  readonly retires_at: string | null;
  /** How many other endpoints offer the same model. */
  readonly elsewhere: number;
  /** USD per million tokens in and out. */
  readonly price: readonly [input: number, output: number] | null;
}

export interface CatalogProvider {
  readonly provider: string;
  readonly name: string;
  readonly kind: EndpointKind;
  readonly total: number;
  readonly active: number;
  readonly models: readonly CatalogModel[];
}

export interface RetiredModel extends EndpointId {
  readonly provider_name: string;
  readonly retired_at: string | null;
  readonly successor: string | null;
  readonly successor_known: boolean;
}

export const CATALOG_EVENT_KINDS = [
  "new",
  "retired",
  "returned",
  "price",
  "price_held",
  "context",
  "retirement_announced",
  "taken_out",
  "served_model",
] as const;
export type CatalogEventKind = (typeof CATALOG_EVENT_KINDS)[number];

/** Changes of one kind that one look at a provider's list found; `models` names the first few. */
export interface CatalogChange {
  readonly at: string;
  readonly kind: CatalogEventKind;
  readonly provider: string;
  readonly provider_name: string;
  readonly n: number;
  /** "12 new models". */
  readonly title: string;
  readonly models: readonly { readonly model: string; readonly detail: string | null }[];
}

export interface Catalog {
  readonly as_of: string;
  readonly counts: { readonly active: number; readonly available: number; readonly retired: number };
  readonly providers: readonly CatalogProvider[];
  readonly retired: readonly RetiredModel[];
  readonly retired_total: number;
  readonly changes: readonly CatalogChange[];
}
