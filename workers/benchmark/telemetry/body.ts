import { countOf } from "./histogram.ts";
import { INSTRUMENTS, type InstrumentName } from "./instruments.ts";
import type { EndpointSeries } from "./series.ts";

/*
 * ExportMetricsServiceRequest as OTLP writes it in JSON
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): 64-bit integers as text.
 */

const CUMULATIVE = 2;

/** @param at ms since the epoch; up to when the counts reach */
export function exportBody(
  endpoints: readonly EndpointSeries[],
  resource: readonly (readonly [name: string, value: string])[],
  at: number,
) {
  const names = Object.keys(INSTRUMENTS) as InstrumentName[];
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: attributesOf({ "service.name": "benchmark-engine", ...Object.fromEntries(resource) }),
          droppedAttributesCount: 0,
        },
        scopeMetrics: [
          {
            scope: { name: "benchmark-engine" },
            metrics: names.flatMap((name) => {
              const dataPoints = endpoints.flatMap((endpoint) => pointsOf(endpoint, name, at));
              if (dataPoints.length === 0) return [];
              const { unit, description } = INSTRUMENTS[name];
              return [
                { name, description, unit, histogram: { aggregationTemporality: CUMULATIVE, dataPoints } },
              ];
            }),
          },
        ],
      },
    ],
  };
}

function pointsOf({ startedAt, attributes, series }: EndpointSeries, name: InstrumentName, at: number) {
  return series
    .filter((one) => one.name === name)
    .map(({ attributes: own, histogram }) => ({
      attributes: attributesOf({ ...attributes, ...own }),
      bucketCounts: histogram.counts.map(String),
      explicitBounds: INSTRUMENTS[name].boundaries,
      count: String(countOf(histogram)),
      sum: histogram.sum,
      min: histogram.min,
      max: histogram.max,
      startTimeUnixNano: nanoseconds(startedAt),
      // A clock that went back must not end a span before it began.
      timeUnixNano: nanoseconds(Math.max(at, startedAt + 1)),
    }));
}

function attributesOf(attributes: Readonly<Record<string, string | boolean>>) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "boolean" ? { boolValue: value } : { stringValue: value },
  }));
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`;
}
