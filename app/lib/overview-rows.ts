import type { Overview } from "../data/overview.server.ts";
import { formatInteger, formatMs, formatSeconds, formatShare, formatUsd } from "./format.ts";
import type { EndpointState } from "./incidents.ts";
import type { LockableMetric } from "./locks.ts";
import { FIGURES, type FigureKey, type Listed } from "./overview-figures.ts";
import { providerMark } from "./provider-marks.ts";
import { drawSpark } from "./spark.ts";

/** A row of the table: words, since the browser gets all of it a second time, to bring the page to life. */
export interface Row {
  readonly provider: string;
  readonly name: string;
  readonly model: string;
  readonly mark: string;
  readonly hue: number;
  readonly tags: readonly string[];
  readonly state: EndpointState | null;
  /** A figure for each column; null where its metric is locked. */
  readonly cells: readonly (string | null)[];
  /** Places in `cells` of the figures that no other row on any page beats. */
  readonly best: readonly number[];
  /** TTFT p50 and p95 in hundredths of the largest one shown; without p95 it is p50 again. */
  readonly bar: readonly [p50: number, p95: number] | null;
  /** TTFT p95 in words; empty where it is not known. */
  readonly p95: string;
  /** Whether the newest hour is far from usual. */
  readonly isSlow: boolean;
  /** The line of the trend; null where there is none. */
  readonly spark: string | null;
  /** What the row opens to show: in one text, which is much shorter to send twice. */
  readonly facts: string;
}

export interface RowContext {
  readonly measured: readonly Listed[];
  readonly columns: readonly FigureKey[];
  readonly summary: Pick<Overview, "since" | "as_of">;
  readonly locked: ReadonlySet<LockableMetric>;
  /** Real and simulated figures stand side by side, so each row says which it is. */
  readonly mixed: boolean;
}

export function toRows(endpoints: readonly Listed[], context: RowContext): readonly Row[] {
  const { measured, columns, summary, locked, mixed } = context;
  const isLocked = (key: FigureKey) =>
    FIGURES[key].metric !== null && locked.has(FIGURES[key].metric as LockableMetric);
  const best = columns.map((key) => bestOf(key, measured));
  const longest = Math.max(1, ...endpoints.map(({ ttft }) => ttft?.p95 ?? ttft?.p50 ?? 0));
  const share = (value: number) => Math.round((value / longest) * 100);
  return endpoints.map((endpoint) => {
    const spark = drawSpark(endpoint.trend, summary.since, summary.as_of);
    const { letters, hue } = providerMark(endpoint.provider);
    const { p50 = null, p95 = null } = endpoint.ttft ?? {};
    return {
      provider: endpoint.provider,
      name: endpoint.provider_name,
      model: endpoint.model,
      mark: letters,
      hue,
      tags: [
        ...(endpoint.kind === "proxy" ? ["proxy"] : []),
        ...(endpoint.retired_at === null ? [] : ["retired"]),
        ...(endpoint.simulated && mixed ? ["simulated"] : []),
      ],
      state: endpoint.state,
      cells: columns.map((key) =>
        isLocked(key) ? null : FIGURES[key].format(FIGURES[key].figure(endpoint) ?? null, endpoint),
      ),
      best: columns.flatMap((key, index) => {
        const value = FIGURES[key].figure(endpoint) ?? null;
        return value !== null && value === best[index] ? [index] : [];
      }),
      bar: p50 === null ? null : [share(p50), share(p95 ?? p50)],
      p95: p95 === null ? "" : `p95 ${formatMs(p95)}`,
      isSlow: isSlowNow(endpoint),
      spark: spark?.path ?? null,
      facts: facts(endpoint, spark && `trend ${formatMs(spark.low)} to ${formatMs(spark.high)}`).join(" · "),
    };
  });
}

/** The watch noticed it, and the newest hour shows it. */
function isSlowNow({ state, against_usual }: Listed): boolean {
  return state === "degraded" && (against_usual ?? 0) > 1.1;
}

/** The best figure of a column; null where it is not marked: it leads in what is compared, not in how often it was asked. */
function bestOf(key: FigureKey, measured: readonly Listed[]): number | null {
  if (key === "attempts" || key === "now" || measured.length < 3) return null;
  const { figure, better } = FIGURES[key];
  const values = measured.flatMap((endpoint) => {
    const value = figure(endpoint) ?? null;
    return value === null || endpoint.state === "down" ? [] : [value];
  });
  if (values.length === 0) return null;
  const best = better === "lower" ? Math.min(...values) : Math.max(...values);
  // What most share sets nobody apart.
  return values.filter((value) => value === best).length > values.length / 3 ? null : best;
}

/** All that is known of an endpoint and has no column, in words; what is locked, or not known, is left out. */
function facts(endpoint: Listed, trend: string | null): string[] {
  const { ttft, tps, latency, stability, cost, value, reliability, within_2s, attempts } = endpoint;
  const say = (known: unknown, words: () => string) => (known == null ? [] : [words()]);
  const own = (figure: { readonly n: number } | null) =>
    figure === null || figure.n === attempts ? "" : ` (n ${formatInteger(figure.n)})`;
  const isTroubled = endpoint.state === "down" || endpoint.state === "degraded";
  return [
    `n ${formatInteger(attempts)}`,
    ...say(within_2s?.share, () => `TTFT ≤ 2 s ${formatShare(within_2s?.share)}${own(ttft)}`),
    ...say(trend, () => trend ?? ""),
    ...say(latency?.p95, () => `latency p95 ${formatSeconds(latency?.p95)}${own(latency)}`),
    ...say(latency?.p99, () => `p99 ${formatSeconds(latency?.p99)}`),
    ...say(stability?.latency_stddev, () => `jitter ${formatMs(stability?.latency_stddev)}`),
    ...say(stability?.ttft_stddev, () => `of TTFT ${formatMs(stability?.ttft_stddev)}`),
    ...(tps !== null && tps.n !== (latency?.n ?? attempts) ? [`TPS n ${formatInteger(tps.n)}`] : []),
    ...say(reliability?.uptime, () => `uptime ${formatShare(reliability?.uptime)}`),
    ...say(value?.score, () => `value score ${formatInteger(value?.score)}`),
    ...say(cost?.per_million, () => `${formatUsd(cost?.per_million)} per 1M tokens as measured`),
    ...(isTroubled ? say(endpoint.state_reason, () => endpoint.state_reason ?? "") : []),
    ...say(endpoint.successor, () => `succeeded by ${endpoint.successor}`),
  ];
}
