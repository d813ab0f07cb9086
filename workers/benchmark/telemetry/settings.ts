import * as z from "zod";
import { optionalSetting, setting, type Values } from "../../settings/setting.ts";
import { baseUrl, integer, oneOf } from "../../settings/values.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

/** "a=1,b=x%20y", as OpenTelemetry writes headers and resource attributes; its message repeats no value. */
const pairs = z.string().transform((text, context): Pairs => {
  try {
    return text.split(",").flatMap((part) => {
      if (part.trim() === "") return [];
      const at = part.indexOf("=");
      const name = decodeURIComponent(part.slice(0, at).trim());
      if (at < 1 || name === "") throw new Error("no name");
      return [[name, decodeURIComponent(part.slice(at + 1).trim())]];
    });
  } catch {
    context.issues.push({
      code: "custom",
      input: "",
      message: "must be name=value pairs with commas between them, values percent-encoded",
    });
    return z.NEVER;
  }
});
const headers = pairs.refine(
  (list) => list.every(([name, value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value)),
  "must hold header names and printable values",
);

/** Where measurements are pushed, by OpenTelemetry's own variables (docs/integrations.md). */
export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalSetting({
    sentence: "An OpenTelemetry collector (OTLP over HTTP); metrics go to its /v1/metrics after each run.",
    schema: baseUrl,
    unset: "nothing is pushed",
  }),
  OTEL_EXPORTER_OTLP_HEADERS: optionalSetting({
    sentence: "Headers of those requests, as name=value,name=value with values percent-encoded.",
    schema: headers,
    unset: "none",
    secret: true,
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: setting({
    sentence: "How they are encoded.",
    schema: oneOf(["http/json"]),
    default: "http/json",
  }),
  OTEL_EXPORTER_OTLP_TIMEOUT: setting({
    sentence: "Milliseconds that the collector has to take one.",
    schema: integer(1, 20_000, "milliseconds"),
    default: "10000",
  }),
  OTEL_RESOURCE_ATTRIBUTES: optionalSetting({
    sentence:
      "What stands on everything pushed, as name=value,name=value, such as deployment.environment.name=prod.",
    schema: pairs,
    unset: "service.name=benchmark-engine alone",
  }),
};

export interface TelemetryConfig {
  readonly url: string;
  readonly headers: Pairs;
  readonly timeoutMs: number;
  readonly resource: Pairs;
}

/** What the settings come to; null where nothing is pushed. */
export function telemetryConfig(values: Values<typeof telemetrySettings>): TelemetryConfig | null {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === null) return null;
  return {
    url: `${endpoint}/v1/metrics`,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? [],
    timeoutMs: values.OTEL_EXPORTER_OTLP_TIMEOUT,
    resource: values.OTEL_RESOURCE_ATTRIBUTES ?? [],
  };
}
