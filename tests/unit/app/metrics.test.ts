import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { MetricsAnswer } from "../../../app/data/metrics.server.ts";
import { FAMILIES, label, metricsText, prefersOpenMetrics } from "../../../app/lib/api/metrics.ts";
import { LOCKABLE_METRICS } from "../../../app/lib/locks.ts";

const ANSWER: MetricsAnswer = {
  omitted: 0,
  endpoints: [
    ["openai", 'a "model"\\of\nmine', "", "enam", false, 1_700_000_000.5, 0.15, 0.6, null],
    ["openai", 'a "model"\\of\nmine', "", "weur", true, 1_700_000_000, 0.15, 0.6, null],
  ],
  totals: [
    [0, "standard", "success", "", 5, 100, 50, 0.25],
    [0, "standard", "timeout", "provider", 2, 10, 0, 0],
    [0, "short", "success", "", 1, 1, 1, 0],
  ],
  windows: [[0, "24h", 7, 5, 1, 412, 800, 2_000, null, 90.5, 70, 110]],
  refreshes: [["enam", "24h", 1_700_000_001]],
  states: [[0, "degraded"]],
  runs: [["enam", 1_700_000_000, 30.5]],
};
const lines = (openMetrics: boolean, locked: Parameters<typeof metricsText>[1] = new Set()) =>
  metricsText(ANSWER, locked, openMetrics).split("\n");

describe("the text of /metrics", () => {
  const labels =
    'provider="openai",model="a \\"model\\"\\\\of\\nmine",identity="",location="enam",simulated="false"';

  it("says what each family is, in Prometheus' way and in that of OpenMetrics", () => {
    for (const { name, type, unit, help } of FAMILIES) {
      expect(help).toMatch(/^[A-Z0-9].+\.$/);
      if (unit !== "") expect(name.endsWith(`_${unit}`) || name === unit, name).toBe(true);
      const family = `benchmark_engine_${name}`;
      const written = type === "counter" ? `${family}_total` : family;
      for (const [is, shown] of [
        [false, written],
        [true, family],
      ] as const) {
        const text = lines(is);
        const at = text.indexOf(`# HELP ${shown} ${help}`);
        expect(text.slice(at + 1, at + 3)).toEqual([`# TYPE ${shown} ${type}`, `# UNIT ${shown} ${unit}`]);
      }
    }
    expect(lines(true).slice(-2)).toEqual(["# EOF", ""]);
  });

  it("gives seconds, ratios, sums and escaped labels", () => {
    const text = lines(true);
    const standard = `${labels},workload="standard"`;
    for (const line of [
      `benchmark_engine_requests_total{${standard}} 7`,
      `benchmark_engine_requests_total{${labels},workload="short"} 1`,
      `benchmark_engine_failures_total{${standard},kind="timeout",owner="provider"} 2`,
      `benchmark_engine_tokens_total{${standard},direction="input"} 110`,
      `benchmark_engine_tokens_total{${standard},direction="output"} 50`,
      `benchmark_engine_cost_usd_total{${standard}} 0.25`,
      `benchmark_engine_ttft_seconds{${standard},window="24h",percentile="p50"} 0.412`,
      `benchmark_engine_total_latency_seconds{${standard},window="24h",percentile="p50"} 2`,
      `benchmark_engine_output_speed_tokens_per_second{${standard},window="24h",percentile="p95"} 110`,
      `benchmark_engine_error_ratio{${standard},window="24h"} ${2 / 7}`,
      `benchmark_engine_uptime_ratio{${standard},window="24h"} ${5 / 6}`,
      `benchmark_engine_endpoint_state{${standard},state="degraded"} 1`,
      `benchmark_engine_endpoint_state{${standard},state="up"} 0`,
      "benchmark_engine_omitted_endpoints 0",
    ]) {
      expect(text).toContain(line);
    }
    // What nobody knows has no sample; a price is told once, wherever its model was measured from.
    expect(text.filter((line) => line.startsWith("benchmark_engine_total_latency_seconds{"))).toHaveLength(1);
    expect(text.filter((line) => line.startsWith("benchmark_engine_price_usd_per_token{"))).toHaveLength(2);
    const samples = text.filter((line) => line.includes("{")).map((line) => line.replace(/ [^ ]+$/, ""));
    expect(new Set(samples).size).toBe(samples.length);
  });

  it.each([
    ["ttft", ["ttft_seconds"]],
    ["tps", ["output_speed_tokens_per_second"]],
    ["latency", ["total_latency_seconds"]],
    ["cost", ["cost_usd"]],
    ["uptime", ["failures", "uptime_ratio", "error_ratio", "endpoint_state"]],
  ] as const)("leaves out what goes with %s where that is locked", (metric, names) => {
    const all = lines(false).filter((line) => line.startsWith("# TYPE "));
    const left = lines(false, new Set([metric])).join("\n");
    const gone = all.filter((line) => !left.includes(line));
    expect(gone.map((line) => line.split(" ")[2]?.replace(/^benchmark_engine_|_total$/g, ""))).toEqual(names);
    expect(LOCKABLE_METRICS).toContain(metric);
  });

  it("escapes the three characters that mean something in a label", () => {
    expect(label("a", '\\"\n\r\u2028é{}=,')).toBe('a="\\\\\\"\\n\r\u2028é{}=,"');
  });
});

it.each([
  [null, false],
  ["*/*", false],
  ["text/plain", false],
  ["text/html,application/xhtml+xml,*/*;q=0.8", false],
  ["application/openmetrics-text", true],
  [
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    true,
  ],
  ["text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.4", false],
  ["application/openmetrics-text;q=0", false],
  ["application/openmetrics-text;q=x", false],
])("%s prefers OpenMetrics: %s", (accept, expected) => {
  expect(prefersOpenMetrics(accept)).toBe(expected);
});

it("has each family in docs/integrations.md, as it is described", () => {
  const docs = readFileSync("docs/integrations.md", "utf8");
  const listed = docs.split("\n").filter((line) => line.startsWith("| `benchmark_engine_"));
  expect(listed).toEqual(
    FAMILIES.map(({ name, type, help }) => {
      const written = type === "counter" ? `${name}_total` : name;
      return `| \`benchmark_engine_${written}\` | ${type} | ${help} |`;
    }),
  );
});
