/*
 * Answers of the database for the warm-up (warm-up.ts), invented and shown to nobody. They are large enough that what is
 * drawn of them is drawn in all its parts: several providers, a model that is retired, one that a reseller offers.
 */
import type { FunctionName, Reader } from "../../app/data/reader.server.ts";

const NOW_S = Date.UTC(2026, 0, 1, 12) / 1_000;
const HOUR_S = 3_600;
const RESULTS = 96;

const iso = (secondsAgo: number) => new Date((NOW_S - secondsAgo) * 1_000).toISOString();
const guid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const hours = Array.from({ length: 24 }, (_, index) => 24 - index);
/** A figure that is another each time, as measured ones are. */
const about = (value: number, index: number) => value * (1 + ((index * 7) % 11) / 50);

interface SampleEndpoint {
  readonly provider: string;
  readonly provider_name: string;
  readonly kind: "direct" | "proxy";
  readonly model: string;
  readonly retired_at: string | null;
}

/** The endpoint whose page is drawn. */
export const SHOWN = {
  provider: "sample-a",
  provider_name: "Sample A",
  kind: "direct",
  model: "sample/model-1",
  retired_at: null,
} as const satisfies SampleEndpoint;
const PROVIDERS: readonly Omit<SampleEndpoint, "model" | "retired_at">[] = [
  SHOWN,
  { provider: "sample-b", provider_name: "Sample B", kind: "direct" },
  { provider: "sample-c", provider_name: "Sample C", kind: "proxy" },
];
const ENDPOINTS: readonly SampleEndpoint[] = PROVIDERS.flatMap(({ provider, provider_name, kind }) => [
  { provider, provider_name, kind, model: SHOWN.model, retired_at: null },
  { provider, provider_name, kind, model: "sample/model-2", retired_at: null },
  { provider, provider_name, kind, model: "sample/model-3", retired_at: iso(40 * 24 * HOUR_S) },
]);

const trendBefore = (hoursAgo: number, ttft: number) => ({
  from: NOW_S - (hoursAgo + hours.length) * HOUR_S,
  step: HOUR_S,
  ttft: hours.map((ago) => about(ttft, ago)),
  tps: hours.map((ago) => about(240, ago)),
});
const trend = trendBefore(0, 180);
const value = (index: number) => ({ n: RESULTS, tps: about(240, index), cost: 0.009, tokens: 67_000 });

function listed(endpoint: SampleEndpoint, index: number) {
  const failures = index === 2 ? 3 : 0;
  const share = 1 - failures / RESULTS;
  return {
    ...endpoint,
    family: "sample",
    identity: endpoint.model.replace("sample/", ""),
    active: endpoint.retired_at === null,
    reasoning: index === 2,
    successor: endpoint.retired_at === null ? null : SHOWN.model,
    simulated: false,
    figures: {
      attempts: RESULTS,
      probe_failures: 0,
      successes: RESULTS - failures,
      provider_failures: failures,
      success_rate: share,
      error_rate: 1 - share,
      uptime: share,
      newest_at: iso(60),
      within_2s: { n: RESULTS, share },
      ttft: { n: RESULTS, p50: about(180, index), p95: about(270, index) },
      answer_ttft: { n: RESULTS, p50: about(190, index), p95: about(290, index) },
      thinks_aloud: index === 2,
      tps: { n: RESULTS, p50: about(240, index), p05: about(190, index) },
      latency: { n: RESULTS, p50: about(1_200, index), p95: about(1_500, index), p99: null },
      stability: { n: RESULTS, latency_stddev: about(150, index), ttft_stddev: about(45, index) },
      cost: { n: RESULTS, per_request: 0.00009, per_million: about(0.13, index) },
      value: value(index),
    },
    trend,
  };
}

const all = ENDPOINTS.map(listed);
const head = {
  as_of: iso(0),
  read_at: iso(0),
  since: iso(24 * HOUR_S),
  step_s: HOUR_S,
  location: "sample",
  locations: [{ location: "sample", results: RESULTS }],
  newest_result_at: iso(60),
};
const price = { input: 0.075, output: 0.3 };
const run = {
  id: guid(1),
  run_name: "sample",
  triggered_by: "cron-job",
  started_at: iso(120),
  finished_at: iso(30),
  location: "sample",
  targets: ENDPOINTS.length,
  note: null,
};
const states = ENDPOINTS.map(({ provider, model }) => ({
  provider,
  model,
  simulated: false,
  state: "up",
  since: null,
  reason: "The last request succeeded",
  measured_at: iso(60),
}));
const current = { as_of: iso(0), location: "sample", states };
const bins = (least: number, step: number) => ({
  n: RESULTS,
  step,
  bins: hours.slice(0, 15).map((_, index) => [least + index * step, 8]),
  above: least + 15 * step,
  above_n: 1,
});

const ANSWERS: Partial<Record<FunctionName, unknown>> = {
  known_values: {
    providers: [{ provider: SHOWN.provider, models: [SHOWN.model] }],
    locations: ["sample"],
    identities: ["model-1"],
    families: ["sample"],
  },
  dashboard_endpoints: {
    ...head,
    window: "24h",
    prompt_version: "sample",
    last_run: { ...run, results: ENDPOINTS.length, skipped: [] },
    endpoints: all,
    providers: PROVIDERS.map(({ provider, provider_name, kind }, index) => ({
      provider,
      provider_name,
      kind,
      simulated: false,
      attempts: RESULTS,
      successes: RESULTS,
      uptime: 1,
      ttft: { n: RESULTS, mean: about(185, index) },
      stability: { n: RESULTS, latency_stddev: about(150, index) },
      value: value(index),
    })),
    beside: all.map(({ provider, model, figures }, index) => [
      provider,
      model,
      about(180, index + 1),
      4,
      figures.ttft.p50,
      670,
      price.input,
      price.output,
    ]),
  },
  dashboard_previous: {
    as_of: iso(24 * HOUR_S),
    prompt_version: "sample",
    location: "sample",
    endpoints: all.map(({ provider, model, simulated, figures }) => ({
      provider,
      model,
      simulated,
      ttft: figures.ttft.p50 * 1.3,
      tps: figures.tps.p50,
      trend: trendBefore(24, 240),
    })),
  },
  current_states: current,
  overview_news: {
    states: current,
    incidents: [
      {
        id: guid(2),
        provider: "sample-b",
        provider_name: "Sample B",
        location: "sample",
        simulated: false,
        kind: "outage",
        opened_at: iso(8 * HOUR_S),
        closed_at: iso(7 * HOUR_S),
        ongoing: false,
        measured_at: null,
        endpoints: [
          {
            model: SHOWN.model,
            since: iso(8 * HOUR_S),
            until: iso(7 * HOUR_S),
            reason: "2 failures in a row: server_error",
            evidence: [guid(3), guid(4)],
          },
        ],
      },
    ],
    changes: [
      {
        id: guid(5),
        at: iso(5 * HOUR_S),
        kind: "price",
        provider: SHOWN.provider,
        provider_name: SHOWN.provider_name,
        model: SHOWN.model,
        before: { ...price, input: 0.1 },
        after: price,
      },
    ],
  },
  model_page: {
    ...head,
    newest_at: iso(60),
    endpoint: all[0],
    facts: {
      available: true,
      context_window: 131_072,
      identity: "model-1",
      family: "sample",
      quantization: null,
      known_since: iso(90 * 24 * HOUR_S),
      last_seen_at: iso(24 * HOUR_S),
      retires_at: null,
      successor_known: false,
    },
    buckets: hours.map((ago) => {
      const at = (NOW_S - ago * HOUR_S) * 1_000;
      const step = (median: number) => [4, about(median, ago), null, at];
      const figured = { ttft: step(180), tps: step(240), latency: step(1_200) };
      return { at: iso(ago * HOUR_S), attempts: 4, provider_failures: 0, ...figured };
    }),
    answers: hours.flatMap((ago) =>
      [0, 0.25, 0.5, 0.75].map((part) => [
        (NOW_S - (ago - part) * HOUR_S) * 1_000,
        about(180, ago),
        about(240, ago),
        about(1_200, ago),
      ]),
    ),
    distributions: { ttft: bins(80, 20), tps: bins(200, 20), latency: bins(900, 50) },
    failures: [
      {
        kind: "server_error",
        owner: "provider",
        n: 1,
        statuses: [503],
        newest_at: iso(8 * HOUR_S),
        newest_id: guid(3),
        run_id: guid(1),
        message: "Overloaded",
      },
    ],
    prices: [{ at: iso(5 * HOUR_S), ...price, cached_input: 0.0375, source: "https://sample.invalid" }],
    results: hours.slice(0, 10).map((_, index) => ({
      id: guid(10 + index),
      run_id: guid(1),
      at: iso(60 + index * 900),
      success: true,
      error_kind: null,
      owner: null,
      status_code: 200,
      error_message: null,
      text: "A sample of an answer",
      text_length: 21,
      ttft_ms: about(180, index),
      tps: about(240, index),
      total_latency_ms: about(1_200, index),
      input_tokens: 520,
      output_tokens: 203,
      finish_reason: "stop",
      upstream: null,
      simulated: false,
      confirmation: false,
    })),
    elsewhere: all.slice(3, 5).map((endpoint) => ({
      endpoint: { ...endpoint, trend: null },
      quantization: null,
      price,
    })),
  },
};

/** Reads the sample, each answer as if it had just come over the network. */
export const sampleReader: Reader = {
  async call(name) {
    const answer = ANSWERS[name];
    if (answer === undefined) throw new Error(`the sample has no answer of ${name}`);
    return JSON.parse(JSON.stringify(answer)) as unknown;
  },
};
