import type { ResultRow } from "../store/rows.ts";

/*
 * What is recorded of a result, by OpenTelemetry's conventions for generative AI
 * (https://github.com/open-telemetry/semantic-conventions-genai, in development). What they have no name for stands under
 * one of our own: our time to first token is no time to first chunk.
 */

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
const TOKENS_PER_SECOND = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const USD = [0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10];

export interface Instrument {
  readonly unit: string;
  readonly description: string;
  readonly boundaries: readonly number[];
}

export const INSTRUMENTS = {
  "gen_ai.client.operation.duration": {
    unit: "s",
    description: "Total latency of a request, failures included.",
    boundaries: SECONDS,
  },
  "gen_ai.client.token.usage": {
    unit: "{token}",
    description: "Tokens of a request, as counted by the provider.",
    boundaries: TOKENS,
  },
  "gen_ai.client.operation.time_per_output_chunk": {
    unit: "s",
    description: "Time between two chunks with generated text.",
    boundaries: SECONDS,
  },
  "benchmark_engine.client.time_to_first_token": {
    unit: "s",
    description: "Time to the first generated token, successes only.",
    boundaries: SECONDS,
  },
  "benchmark_engine.client.output_speed": {
    unit: "{token}/s",
    description: "Tokens per second after the first token, successes only.",
    boundaries: TOKENS_PER_SECOND,
  },
  "benchmark_engine.client.cost": {
    unit: "{USD}",
    description: "What a request cost, where a price is known.",
    boundaries: USD,
  },
} as const satisfies Record<string, Instrument>;
export type InstrumentName = keyof typeof INSTRUMENTS;

/** One value, and the attributes by which it differs from others of the same endpoint. */
export interface Recording {
  readonly name: InstrumentName;
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Names that OpenTelemetry gives some providers; the others keep their slug. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  gemini: "gcp.gemini",
  mistral: "mistral_ai",
  xai: "x_ai",
};

/** What is the same for all values of an endpoint. */
export function endpointAttributes(row: ResultRow): Record<string, string | boolean> {
  const provider = row.provider ?? "unknown";
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": PROVIDER_NAMES[provider] ?? provider,
    "gen_ai.request.model": row.model ?? "unknown",
    ...(row.endpoint_host ? { "server.address": row.endpoint_host.replace(/:\d+$/, "") } : {}),
    "benchmark_engine.location": row.location,
    "benchmark_engine.simulated": row.simulated,
    ...(row.upstream_pinned && row.upstream ? { "benchmark_engine.upstream": row.upstream } : {}),
  };
}

/** What one result says. A time is in seconds. */
export function recordingsOf(row: ResultRow): Recording[] {
  const attributes: Record<string, string> = {
    ...(row.served_model ? { "gen_ai.response.model": row.served_model } : {}),
    ...(row.success ? {} : { "error.type": row.error_kind ?? "_OTHER" }),
  };
  const said = (name: InstrumentName, value: number | null, more: Readonly<Record<string, string>> = {}) =>
    value === null ? [] : [{ name, value, attributes: { ...attributes, ...more } }];
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
  const usable = !row.usage_implausible;
  const costKnown = usable && (row.cost_source !== "unknown" || row.cost_usd > 0);
  return [
    ...said("gen_ai.client.operation.duration", seconds(row.total_latency_ms)),
    ...said("gen_ai.client.token.usage", usable ? row.input_tokens : null, { "gen_ai.token.type": "input" }),
    ...said("gen_ai.client.token.usage", usable ? row.output_tokens : null, {
      "gen_ai.token.type": "output",
    }),
    ...(row.success
      ? [
          ...said("benchmark_engine.client.time_to_first_token", seconds(row.ttft_ms)),
          ...said("benchmark_engine.client.output_speed", row.tps),
          ...gaps(row.chunk_times_ms).flatMap((gap) =>
            said("gen_ai.client.operation.time_per_output_chunk", seconds(gap)),
          ),
        ]
      : []),
    ...said("benchmark_engine.client.cost", costKnown ? row.cost_usd : null),
  ];
}

function gaps(times: readonly number[] | null): number[] {
  return (times ?? []).slice(1).map((time, index) => Math.max(0, time - (times?.[index] ?? time)));
}
