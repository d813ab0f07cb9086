import type { MetricsAnswer } from "../../data/metrics.server.ts";
import { STATES } from "../incidents.ts";
import type { LockableMetric } from "../locks.ts";
import { isOpen, type Part } from "../locks.ts";

/*
 * /metrics: what is stored, in the text that Prometheus and whatever speaks OpenMetrics read. Seconds, ratios and USD,
 * names by https://prometheus.io/docs/practices/naming/. docs/integrations.md lists the families; a test holds it to this.
 */

const PREFIX = "benchmark_engine_";

/** Labels as they stand between braces, and the value; null: there is none. */
type Sample = readonly [labels: string, value: number | null];

interface Family {
  /** Without the prefix, and without a counter's `_total`; ends with the unit, as OpenMetrics wants. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  /** Empty for a gauge that is 1 or 0. */
  readonly unit: string;
  readonly help: string;
  /** What takes it away where it is locked. */
  readonly part?: Part;
  readonly samples: (data: Data) => readonly Sample[];
}

type Endpoint = MetricsAnswer["endpoints"][number];
type Window = MetricsAnswer["windows"][number];
type Total = MetricsAnswer["totals"][number];

/** The answer with each endpoint's labels written once. */
interface Data extends MetricsAnswer {
  readonly labels: readonly string[];
  /** Of each window's row. */
  readonly windowLabels: readonly string[];
}

const SUCCESS = "success";
const PERCENTILES = "p50: median; p95: 95th percentile, from 20 results.";

export const FAMILIES: readonly Family[] = [
  {
    name: "requests",
    type: "counter",
    unit: "requests",
    help: "Measured requests, failures included, confirmations excluded.",
    samples: (data) =>
      sumBy(
        data.totals,
        (total) => labelled(data, total),
        ([, , , , requests]) => requests,
      ),
  },
  {
    name: "failures",
    type: "counter",
    unit: "failures",
    help: "Failed requests by error kind and by who is at fault (provider, shared, operator, probe).",
    part: "reliability",
    samples: (data) =>
      data.totals
        .filter(([, , outcome]) => outcome !== SUCCESS)
        .map((total) => [
          `${labelled(data, total)},${label("kind", total[2])},${label("owner", total[3])}`,
          total[4],
        ]),
  },
  {
    name: "tokens",
    type: "counter",
    unit: "tokens",
    help: "Tokens of measured requests, as counted by the provider.",
    samples: (data) => [
      ...sumBy(
        data.totals,
        (total) => `${labelled(data, total)},direction="input"`,
        ([, , , , , input]) => input,
      ),
      ...sumBy(
        data.totals,
        (total) => `${labelled(data, total)},direction="output"`,
        ([, , , , , , output]) => output,
      ),
    ],
  },
  {
    name: "cost_usd",
    type: "counter",
    unit: "usd",
    help: "What measured requests cost, where a price is known.",
    part: "cost",
    samples: (data) =>
      sumBy(
        data.totals,
        (total) => labelled(data, total),
        ([, , , , , , , cost]) => cost,
      ),
  },
  {
    name: "ttft_seconds",
    type: "gauge",
    unit: "seconds",
    help: `Time to first token over the window, successes only. ${PERCENTILES}`,
    part: "ttft",
    samples: (data) =>
      percentiles(data, [
        ["p50", 5, 1_000],
        ["p95", 6, 1_000],
      ]),
  },
  {
    name: "total_latency_seconds",
    type: "gauge",
    unit: "seconds",
    help: `Total latency over the window, successes only. ${PERCENTILES}`,
    part: "latency",
    samples: (data) =>
      percentiles(data, [
        ["p50", 7, 1_000],
        ["p95", 8, 1_000],
      ]),
  },
  {
    name: "output_speed_tokens_per_second",
    type: "gauge",
    unit: "tokens_per_second",
    help: `Output speed (TPS) over the window, successes only; p05 is the slow end. ${PERCENTILES}`,
    part: "tps",
    samples: (data) =>
      percentiles(data, [
        ["p50", 9, 1],
        ["p05", 10, 1],
        ["p95", 11, 1],
      ]),
  },
  {
    name: "uptime_ratio",
    type: "gauge",
    unit: "ratio",
    help: "Successes over successes and provider failures in the window.",
    part: "reliability",
    samples: (data) =>
      ofWindows(data, ([, , , successes, providerFailures]) =>
        ratio(successes, successes + providerFailures),
      ),
  },
  {
    name: "error_ratio",
    type: "gauge",
    unit: "ratio",
    help: "Failures over requests in the window, probe failures excluded from both.",
    part: "reliability",
    samples: (data) => ofWindows(data, ([, , attempts, successes]) => ratio(attempts - successes, attempts)),
  },
  {
    name: "window_requests",
    type: "gauge",
    unit: "requests",
    help: "Requests that the window's figures rest on, probe failures excluded.",
    samples: (data) => ofWindows(data, ([, , attempts]) => attempts),
  },
  {
    name: "window_as_of_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    help: "When the window's figures were computed, seconds since 1970.",
    samples: (data) =>
      data.refreshes.map(([location, window, at]) => [
        `${label("location", location)},${label("window", window)}`,
        at,
      ]),
  },
  {
    name: "endpoint_state",
    type: "gauge",
    unit: "",
    help: "1 for the state that the endpoint is in (up, degraded, down, unknown), 0 for the others.",
    part: "reliability",
    samples: (data) =>
      data.states.flatMap(([place, now]) =>
        STATES.map(
          (state): Sample => [
            `${data.labels[place]},workload="standard",state="${state}"`,
            now === state ? 1 : 0,
          ],
        ),
      ),
  },
  {
    name: "price_usd_per_token",
    type: "gauge",
    unit: "usd_per_token",
    help: "List price of a measured model.",
    samples: prices,
  },
  {
    name: "newest_result_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    help: "When the endpoint's newest counted request was sent, seconds since 1970.",
    samples: (data) => data.endpoints.map(([, , , , , newest], place) => [data.labels[place] ?? "", newest]),
  },
  {
    name: "last_run_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    help: "When the newest run of two days that has ended began, seconds since 1970.",
    samples: (data) => data.runs.map(([location, began]) => [label("location", location), began]),
  },
  {
    name: "last_run_duration_seconds",
    type: "gauge",
    unit: "seconds",
    help: "How long that run took.",
    samples: (data) => data.runs.map(([location, , took]) => [label("location", location), took]),
  },
  {
    name: "omitted_endpoints",
    type: "gauge",
    unit: "endpoints",
    help: "Endpoints that are not shown here, since there are more than 300 of them.",
    samples: ({ omitted }) => [["", omitted]],
  },
];

/** @param openMetrics whether as OpenMetrics writes it; else as Prometheus does, with units as comments */
export function metricsText(
  answer: MetricsAnswer,
  locked: ReadonlySet<LockableMetric>,
  openMetrics: boolean,
): string {
  const labels = answer.endpoints.map(endpointLabels);
  // Windows and states are those of the standard prompt.
  const windowLabels = answer.windows.map(
    ([place, window]) => `${labels[place]},workload="standard",window="${window}"`,
  );
  const data: Data = { ...answer, labels, windowLabels };
  const lines: string[] = [];
  for (const { name, type, unit, help, part, samples } of FAMILIES) {
    if (part !== undefined && !isOpen(part, locked)) continue;
    const written = type === "counter" ? `${PREFIX}${name}_total` : PREFIX + name;
    const family = openMetrics ? PREFIX + name : written;
    lines.push(`# HELP ${family} ${help}`, `# TYPE ${family} ${type}`, `# UNIT ${family} ${unit}`);
    for (const [labels, value] of samples(data)) {
      if (value !== null)
        lines.push(labels === "" ? `${written} ${value}` : `${written}{${labels}} ${value}`);
    }
  }
  lines.push("# EOF\n");
  return lines.join("\n");
}

/** Whether OpenMetrics is asked for by name, and rather than plain text; a browser and curl get plain text. */
export function prefersOpenMetrics(accept: string | null): boolean {
  let open = 0;
  let plain = 0;
  for (const range of (accept ?? "").toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const given = parameters.find((parameter) => parameter.startsWith("q="));
    const quality = given === undefined ? 1 : Number(given.slice(2)) || 0;
    if (type === "application/openmetrics-text") open = Math.max(open, quality);
    if (type === "text/plain") plain = Math.max(plain, quality);
  }
  return open > 0 && open >= plain;
}

/** A label and its value, in which three characters have a meaning. */
export function label(name: string, value: string): string {
  return `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function endpointLabels([provider, model, identity, location, simulated]: Endpoint): string {
  return [
    label("provider", provider),
    label("model", model),
    label("identity", identity),
    label("location", location),
    `simulated="${simulated}"`,
  ].join();
}

function labelled({ labels }: Data, [place, workload]: Total): string {
  return `${labels[place]},workload="${workload}"`;
}

function ofWindows({ windows, windowLabels }: Data, figure: (window: Window) => number | null): Sample[] {
  return windows.map((window, row) => [windowLabels[row] ?? "", figure(window)]);
}

/** Of each percentile its name, the place of its column and what makes it one of the unit. */
function percentiles(
  { windows, windowLabels }: Data,
  columns: readonly (readonly [name: string, column: 5 | 6 | 7 | 8 | 9 | 10 | 11, divisor: number])[],
): Sample[] {
  return columns.flatMap(([name, column, divisor]) =>
    windows.map((window, row): Sample => {
      const value = window[column];
      return [`${windowLabels[row]},percentile="${name}"`, value === null ? null : value / divisor];
    }),
  );
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** What stands under the same labels is one sample. */
function sumBy(
  totals: readonly Total[],
  labels: (total: Total) => string,
  value: (total: Total) => number,
): Sample[] {
  const sums = new Map<string, number>();
  for (const total of totals) {
    const key = labels(total);
    sums.set(key, (sums.get(key) ?? 0) + value(total));
  }
  return [...sums];
}

/** A price holds wherever it was measured from: one for each model, however many places there are. */
function prices({ endpoints }: Data): Sample[] {
  const known = new Map<string, number | null>();
  for (const [provider, model, identity, , , , input, output, cached] of endpoints) {
    const labels = [label("provider", provider), label("model", model), label("identity", identity)].join();
    for (const [direction, price] of [
      ["input", input],
      ["output", output],
      ["cached_input", cached],
    ] as const) {
      known.set(`${labels},direction="${direction}"`, price === null ? null : price / 1_000_000);
    }
  }
  return [...known];
}
