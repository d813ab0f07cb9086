/*
 * What the dashboards and alerts in docs/grafana show, each panel asked of Prometheus and of Postgres alike; grafana.ts
 * writes the files. A test runs every query against both.
 */

export interface Panel {
  readonly title: string;
  readonly kind: "timeseries" | "bargauge" | "stat" | "table";
  /** Grafana's name of a unit. */
  readonly unit: string;
  readonly prometheus: string;
  /** How Prometheus' labels name a line. */
  readonly legend: string;
  /** Of a time series: columns time, metric, value, oldest first. */
  readonly sql: string;
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly prometheus: string;
  readonly sql: string;
}

export interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly variables: readonly Variable[];
  readonly panels: readonly Panel[];
}

const WINDOW: Variable = {
  name: "window",
  label: "Window",
  prometheus: "label_values(benchmark_engine_window_requests, window)",
  sql: "select time_window from public.window_refreshes where part = 'current' group by 1 order by 1",
};
const LOCATION: Variable = {
  name: "location",
  label: "Location",
  prometheus: "label_values(benchmark_engine_requests_total, location)",
  sql: "select location from public.series group by 1 order by 1",
};
const PROVIDER: Variable = {
  name: "provider",
  label: "Provider",
  prometheus: 'label_values(benchmark_engine_requests_total{location="$location"}, provider)',
  sql: `select provider from public.series where location = \${location:sqlstring} group by 1 order by 1`,
};
const MODEL: Variable = {
  name: "model",
  label: "Model",
  prometheus:
    'label_values(benchmark_engine_requests_total{location="$location",provider="$provider"}, model)',
  sql: `select model from public.series where location = \${location:sqlstring} and provider = \${provider:sqlstring} group by 1 order by 1`,
};

const ENDPOINT = "{{provider}} {{model}}";
const HERE = 'location="$location"';
const THIS = `${HERE},provider="$provider",model="$model"`;

/** A figure of each endpoint over the chosen window. */
function ofWindow(title: string, unit: string, prometheus: string, column: string): Panel {
  return {
    title,
    kind: "bargauge",
    unit,
    legend: ENDPOINT,
    prometheus: prometheus.replace("{", `{${HERE},window="$window",`),
    sql: `select s.provider || ' ' || s.model || case when s.simulated then ' (simulated)' else '' end as metric, ${column} as value
from public.series_windows w
join public.series s on s.id = w.series_id
where s.shown and s.upstream is null and s.location = \${location:sqlstring}
  and w.time_window = \${window:sqlstring} and w.part = 'current' and ${column} is not null
order by 2`,
  };
}

/** A figure of one endpoint as time goes on. */
function overTime(title: string, unit: string, gauge: string, column: string, divisor: number): Panel {
  return {
    title,
    kind: "timeseries",
    unit,
    legend: "{{percentile}} ({{window}})",
    prometheus: `benchmark_engine_${gauge}{${THIS},window="1h"}`,
    sql: `select date_bin(interval '1 hour', r.created_at, timestamptz '2000-01-01') as time, p.name as metric,
  percentile_cont(p.share) within group (order by r.${column}) / ${divisor} as value
from public.counted_results r
cross join (values ('p50', 0.5), ('p95', 0.95)) as p (name, share)
where ${OF_ENDPOINT} and r.success and r.${column} is not null
group by 1, 2, p.share
order by 1`,
  };
}

const OF_ENDPOINT = `r.location = \${location:sqlstring} and r.provider = \${provider:sqlstring}
  and r.model = \${model:sqlstring} and r.workload = 'standard' and r.shown and r.upstream is null
  and $__timeFilter(r.created_at)`;

export const DASHBOARDS: readonly Dashboard[] = [
  {
    name: "overview",
    title: "LLM endpoints",
    variables: [LOCATION, WINDOW],
    panels: [
      ofWindow("TTFT, median", "s", 'benchmark_engine_ttft_seconds{percentile="p50"}', "w.ttft_p50 / 1000"),
      ofWindow(
        "Total latency, median",
        "s",
        'benchmark_engine_total_latency_seconds{percentile="p50"}',
        "w.latency_p50 / 1000",
      ),
      ofWindow(
        "Output speed (TPS), median",
        "none",
        'benchmark_engine_output_speed_tokens_per_second{percentile="p50"}',
        "w.tps_p50",
      ),
      ofWindow(
        "Uptime",
        "percentunit",
        "benchmark_engine_uptime_ratio{}",
        "(w.successes::float8 / nullif(w.successes + w.provider_failures, 0))",
      ),
      {
        title: "State",
        kind: "table",
        unit: "none",
        legend: `${ENDPOINT} {{state}}`,
        prometheus: `benchmark_engine_endpoint_state{${HERE}} == 1`,
        sql: `select provider, model, simulated, state, since, reason
from public.endpoint_health(\${location:sqlstring})
order by provider, model`,
      },
      {
        title: "Failures by kind",
        kind: "bargauge",
        unit: "short",
        legend: "{{kind}} ({{owner}})",
        prometheus: `sum by (kind, owner) (increase(benchmark_engine_failures_total{${HERE}}[$__range]))`,
        sql: `select coalesce(r.error_kind, 'unknown') || ' (' || r.failure_owner || ')' as metric, count(*) as value
from public.counted_results r
where r.location = \${location:sqlstring} and not r.success and $__timeFilter(r.created_at)
group by 1
order by 2 desc`,
      },
      {
        title: "Cost of measuring",
        kind: "bargauge",
        unit: "currencyUSD",
        legend: "{{provider}}",
        prometheus: `sum by (provider) (increase(benchmark_engine_cost_usd_total{${HERE}}[$__range]))`,
        sql: `select r.provider as metric, sum(r.cost_usd) as value
from public.counted_results r
where r.location = \${location:sqlstring} and r.cost_known and not r.simulated and $__timeFilter(r.created_at)
group by 1
order by 2 desc`,
      },
      {
        title: "List price of output, USD per million tokens",
        kind: "bargauge",
        unit: "currencyUSD",
        legend: ENDPOINT,
        prometheus: 'benchmark_engine_price_usd_per_token{direction="output"} * 1e6',
        sql: `select p.slug || ' ' || m.name as metric, l.output_price_per_m as value
from public.latest_prices l
join public.models m on m.id = l.model_id
join public.providers p on p.id = m.provider_id
where m.active
order by 2`,
      },
    ],
  },
  {
    name: "endpoint",
    title: "LLM endpoint",
    variables: [LOCATION, PROVIDER, MODEL],
    panels: [
      overTime("TTFT", "s", "ttft_seconds", "ttft_ms", 1_000),
      overTime("Total latency", "s", "total_latency_seconds", "total_latency_ms", 1_000),
      overTime("Output speed (TPS)", "none", "output_speed_tokens_per_second", "tps", 1),
      {
        title: "Error rate of the last hour",
        kind: "timeseries",
        unit: "percentunit",
        legend: "error rate",
        prometheus: `benchmark_engine_error_ratio{${THIS},window="1h"}`,
        sql: `select date_bin(interval '1 hour', r.created_at, timestamptz '2000-01-01') as time, 'error rate' as metric,
  count(*) filter (where not r.success)::float8 / count(*) as value
from public.counted_results r
where ${OF_ENDPOINT} and r.failure_owner is distinct from 'probe'
group by 1
order by 1`,
      },
      {
        title: "Requests an hour",
        kind: "timeseries",
        unit: "short",
        legend: "requests ({{workload}})",
        prometheus: `increase(benchmark_engine_requests_total{${THIS}}[1h])`,
        sql: `select date_bin(interval '1 hour', r.created_at, timestamptz '2000-01-01') as time, 'requests' as metric, count(*) as value
from public.counted_results r
where ${OF_ENDPOINT}
group by 1
order by 1`,
      },
      {
        title: "Tokens an hour",
        kind: "timeseries",
        unit: "short",
        legend: "{{direction}}",
        prometheus: `sum by (direction) (increase(benchmark_engine_tokens_total{${THIS}}[1h]))`,
        sql: `select date_bin(interval '1 hour', r.created_at, timestamptz '2000-01-01') as time, t.direction as metric, sum(t.n) as value
from public.counted_results r
cross join lateral (values ('input', r.input_tokens), ('output', r.output_tokens)) as t (direction, n)
where ${OF_ENDPOINT}
group by 1, 2
order by 1`,
      },
    ],
  },
  {
    name: "engine",
    title: "Benchmark Engine health",
    variables: [],
    panels: [
      {
        title: "Age of the newest result",
        kind: "stat",
        unit: "s",
        legend: "age",
        prometheus: "time() - max(benchmark_engine_newest_result_timestamp_seconds)",
        sql: "select extract(epoch from now() - max(created_at)) as value from public.counted_results where created_at > now() - interval '30 days'",
      },
      {
        title: "Age of the newest run",
        kind: "stat",
        unit: "s",
        legend: "{{location}}",
        prometheus: "time() - benchmark_engine_last_run_timestamp_seconds",
        sql: `select location as metric, extract(epoch from now() - max(started_at)) as value
from public.runs
where started_at > now() - interval '2 days' and finished_at is not null and location is not null
group by 1`,
      },
      {
        title: "How long a run takes",
        kind: "timeseries",
        unit: "s",
        legend: "{{location}}",
        prometheus: "benchmark_engine_last_run_duration_seconds",
        sql: `select started_at as time, location as metric, extract(epoch from finished_at - started_at) as value
from public.runs
where finished_at is not null and location is not null and $__timeFilter(started_at)
order by 1`,
      },
      {
        title: "Requests an hour",
        kind: "timeseries",
        unit: "short",
        legend: "{{location}}",
        prometheus: "sum by (location) (increase(benchmark_engine_requests_total[1h]))",
        sql: `select date_bin(interval '1 hour', created_at, timestamptz '2000-01-01') as time, location as metric, count(*) as value
from public.counted_results
where $__timeFilter(created_at)
group by 1, 2
order by 1`,
      },
      {
        title: "Probe failures a day",
        kind: "timeseries",
        unit: "short",
        legend: "{{location}} {{kind}}",
        prometheus: 'sum by (location, kind) (increase(benchmark_engine_failures_total{owner="probe"}[1d]))',
        sql: `select date_bin(interval '1 day', created_at, timestamptz '2000-01-01') as time, location || ' ' || error_kind as metric,
  count(*) as value
from public.counted_results
where failure_owner = 'probe' and $__timeFilter(created_at)
group by 1, 2
order by 1`,
      },
      {
        title: "Age of the figures",
        kind: "table",
        unit: "s",
        legend: "{{location}} {{window}}",
        prometheus: "time() - benchmark_engine_window_as_of_timestamp_seconds",
        sql: `select location, time_window, extract(epoch from now() - as_of) as value, results
from public.window_refreshes
where part = 'current'
order by 1, 2`,
      },
      {
        title: "Endpoints",
        kind: "stat",
        unit: "short",
        legend: "{{location}}",
        prometheus: "count by (location) (benchmark_engine_newest_result_timestamp_seconds)",
        sql: "select location as metric, count(distinct (provider, model)) as value from public.series group by 1",
      },
    ],
  },
];

export interface Alert {
  readonly name: string;
  readonly prometheus: string;
  /** How long it must hold, as Prometheus writes a duration. */
  readonly for: string;
  readonly severity: "page" | "warning";
  readonly summary: string;
}

export const ALERTS: readonly Alert[] = [
  {
    name: "BenchmarkEngineSilent",
    prometheus: "time() - max(benchmark_engine_newest_result_timestamp_seconds) > 1800",
    for: "5m",
    severity: "page",
    summary: "No result for twice the schedule: measuring has stopped, or results are not getting through.",
  },
  {
    name: "BenchmarkEngineMetricsAbsent",
    prometheus: "absent(benchmark_engine_requests_total)",
    for: "10m",
    severity: "page",
    summary: "The dashboard's /metrics shows no endpoint, or cannot be scraped.",
  },
  {
    name: "LlmEndpointDown",
    prometheus: 'benchmark_engine_endpoint_state{state="down",simulated="false"} == 1',
    for: "0m",
    severity: "page",
    summary: "{{ $labels.provider }} {{ $labels.model }} is down as seen from {{ $labels.location }}.",
  },
  {
    name: "LlmEndpointDegraded",
    prometheus: 'benchmark_engine_endpoint_state{state="degraded",simulated="false"} == 1',
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.provider }} {{ $labels.model }} is degraded as seen from {{ $labels.location }}.",
  },
  {
    name: "LlmEndpointErrors",
    prometheus:
      'benchmark_engine_error_ratio{window="24h",simulated="false"} > 0.1 and on (provider, model, location, simulated, workload, window) benchmark_engine_window_requests >= 20',
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.provider }} {{ $labels.model }} failed more than a tenth of a day's requests.",
  },
];
