import type { HrTime } from "@opentelemetry/api";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { AggregationTemporality, DataPointType, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { describe, expect, it } from "vitest";
import type { ResultRow } from "../../../workers/benchmark/store/rows.ts";
import { exportBody } from "../../../workers/benchmark/telemetry/body.ts";
import { withValue } from "../../../workers/benchmark/telemetry/histogram.ts";
import { INSTRUMENTS, recordingsOf } from "../../../workers/benchmark/telemetry/instruments.ts";
import { type EndpointSeries, withResult } from "../../../workers/benchmark/telemetry/series.ts";
import { telemetryConfig, telemetrySettings } from "../../../workers/benchmark/telemetry/settings.ts";
import { readEnvironment } from "../../../workers/settings/setting.ts";

const AT = Date.parse("2026-11-01T12:00:00Z");
const row = (over: Partial<ResultRow> = {}) =>
  ({
    provider: "mistral",
    model: "a-model",
    served_model: "a-model-2",
    created_at: new Date(AT).toISOString(),
    endpoint_host: "api.example.net:8443",
    location: "enam",
    simulated: false,
    upstream: null,
    upstream_pinned: false,
    success: true,
    error_kind: null,
    total_latency_ms: 2_000,
    ttft_ms: 320,
    tps: 90,
    input_tokens: 520,
    output_tokens: 180,
    cost_usd: 0.0002,
    cost_source: "price",
    usage_implausible: false,
    chunk_times_ms: [320, 330, 330, 400],
    ...over,
  }) as ResultRow;
const measured = (...rows: ResultRow[]) =>
  rows.reduce<EndpointSeries | null>((before, one) => withResult(before, one), null) as EndpointSeries;

type Body = ReturnType<typeof exportBody>;
const hrTime = (nanoseconds: string): HrTime => [
  Number(nanoseconds.slice(0, -9)),
  Number(nanoseconds.slice(-9)),
];
const plain = (attributes: Body["resourceMetrics"][0]["resource"]["attributes"]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] as string | boolean]));

/** The body as OpenTelemetry's SDK would hold it. */
function asSdk(body: Body): ResourceMetrics {
  const [{ resource, scopeMetrics } = { resource: { attributes: [] }, scopeMetrics: [] }] =
    body.resourceMetrics;
  return {
    resource: { attributes: plain(resource.attributes) } as unknown as ResourceMetrics["resource"],
    scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map(({ name, description, unit, histogram }) => ({
        descriptor: { name, description, unit, valueType: 1, advice: {} },
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.HISTOGRAM as const,
        dataPoints: histogram.dataPoints.map((point) => ({
          attributes: plain(point.attributes),
          startTime: hrTime(point.startTimeUnixNano),
          endTime: hrTime(point.timeUnixNano),
          value: {
            buckets: { boundaries: [...point.explicitBounds], counts: point.bucketCounts.map(Number) },
            count: Number(point.count),
            sum: point.sum,
            min: point.min,
            max: point.max,
          },
        })),
      })),
    })),
  };
}

/** 64-bit integers may be text or numbers in OTLP's JSON. */
const loose = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, one) =>
    key === "count" || key === "bucketCounts" ? [one].flat().map(Number) : one,
  );

describe("what is pushed", () => {
  const endpoints = [
    measured(row(), row({ success: false, error_kind: "timeout", ttft_ms: null, tps: null })),
  ];
  const body = exportBody(endpoints, [["deployment.environment.name", "prod"]], AT + 1_000);

  it("is what OpenTelemetry's own transformer makes of the same figures", () => {
    const bytes = JsonMetricsSerializer.serializeRequest(asSdk(body));
    expect(loose(JSON.parse(new TextDecoder().decode(bytes)))).toEqual(loose(body));
    expect(ProtobufMetricsSerializer.serializeRequest(asSdk(body))?.byteLength).toBeGreaterThan(500);
  });

  it("names provider, models, server, place and what went wrong by the conventions", () => {
    const points = body.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]?.histogram.dataPoints ?? [];
    expect(points.map(({ attributes, count }) => [plain(attributes), count])).toEqual(
      [{}, { "error.type": "timeout" }].map((more) => [
        {
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": "mistral_ai",
          "gen_ai.request.model": "a-model",
          "gen_ai.response.model": "a-model-2",
          "server.address": "api.example.net",
          "benchmark_engine.location": "enam",
          "benchmark_engine.simulated": false,
          ...more,
        },
        "1",
      ]),
    );
    expect(plain(body.resourceMetrics[0]?.resource.attributes ?? [])).toEqual({
      "service.name": "benchmark-engine",
      "deployment.environment.name": "prod",
    });
  });

  it("holds each figure in the unit that its name promises", () => {
    expect(
      recordingsOf(row()).map(({ name, value, attributes }) => [
        name,
        value,
        attributes["gen_ai.token.type"],
      ]),
    ).toEqual([
      ["gen_ai.client.operation.duration", 2, undefined],
      ["gen_ai.client.token.usage", 520, "input"],
      ["gen_ai.client.token.usage", 180, "output"],
      ["benchmark_engine.client.time_to_first_token", 0.32, undefined],
      ["benchmark_engine.client.output_speed", 90, undefined],
      ["gen_ai.client.operation.time_per_output_chunk", 0.01, undefined],
      ["gen_ai.client.operation.time_per_output_chunk", 0, undefined],
      ["gen_ai.client.operation.time_per_output_chunk", 0.07, undefined],
      ["benchmark_engine.client.cost", 0.0002, undefined],
    ]);
    expect(INSTRUMENTS["gen_ai.client.operation.duration"].boundaries.at(-1)).toBe(81.92);
    const unknown = recordingsOf(row({ cost_usd: 0, cost_source: "unknown", usage_implausible: true }));
    expect(unknown.map(({ name }) => name)).not.toContain("gen_ai.client.token.usage");
    expect(unknown.map(({ name }) => name)).not.toContain("benchmark_engine.client.cost");
  });

  it("stays small however many models a provider claims to serve", () => {
    const many = measured(
      ...Array.from({ length: 300 }, (_, index) => row({ served_model: `claimed-${index}` })),
    );
    expect(many.series.length).toBeLessThan(70);
    const counted = many.series
      .filter(({ name }) => name === "gen_ai.client.operation.duration")
      .flatMap(({ histogram }) => histogram.counts);
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(300);
  });
});

it("a value on a boundary falls below it", () => {
  expect(withValue(withValue(undefined, 4, [1, 4, 16]), 17, [1, 4, 16])).toEqual({
    counts: [0, 1, 0, 1],
    sum: 21,
    min: 4,
    max: 17,
  });
});

describe("OpenTelemetry's own variables", () => {
  const read = (environment: Record<string, string>) => readEnvironment(telemetrySettings, environment);

  it("are read as OpenTelemetry writes them", () => {
    const given = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example.net/otlp/",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, x-scope=1",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=probe,team=a%2Cb",
    });
    expect(given.ok && telemetryConfig(given.values)).toEqual({
      url: "https://collector.example.net/otlp/v1/metrics",
      headers: [
        ["authorization", "Bearer abc"],
        ["x-scope", "1"],
      ],
      timeoutMs: 10_000,
      resource: [
        ["service.name", "probe"],
        ["team", "a,b"],
      ],
    });
    const none = read({});
    expect(none.ok && telemetryConfig(none.values)).toBe(null);
  });

  it.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example.net"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "secret-without-name"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a=%E0%A4%A"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a b=c"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a=%0d%0ab"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
    ["OTEL_RESOURCE_ATTRIBUTES", "=x"],
  ])("%s=%s is refused without repeating it", (name, value) => {
    const given = read({ [name]: value });
    expect(given.ok).toBe(false);
    expect(given.ok ? "" : given.problems.join()).toMatch(new RegExp(`^${name} `));
    expect(given.ok ? "" : given.problems.join()).not.toContain(value);
  });
});
