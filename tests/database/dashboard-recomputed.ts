import type { SeedResult } from "../e2e/support/results.ts";

/*
 * The dashboard's figures computed a second time, from the rows alone and by another road than SQL: plain
 * loops over arrays. What both agree on is what the rules say.
 */

export interface Known {
  readonly providers: readonly { id: string; slug: string; name: string }[];
  readonly models: readonly { id: string; provider_id: string; name: string }[];
}

interface Query {
  readonly asOf: string;
  /** Or the beginning of a span, inclusive, which then ends before asOf. */
  readonly window: "1h" | "24h" | "7d" | "30d" | { readonly from: string };
  readonly location: string | undefined;
}

const HOURS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
const STEP_MINUTES = { "1h": 15, "24h": 60, "7d": 360, "30d": 1_440 } as const;
const PROBE = ["interrupted", "probe_fault"];
const OPERATOR = ["no_answer", "auth", "quota", "model_not_found", "invalid_request"];

/** Minutes; a span has the steps of the shortest window that is not much shorter. */
function stepOf({ asOf, window }: Query): number {
  if (typeof window !== "object") return STEP_MINUTES[window];
  const hours = (Date.parse(asOf) - Date.parse(window.from)) / 3_600_000;
  if (hours <= 3) return 15;
  if (hours <= 48) return 60;
  return hours <= 240 ? 360 : 1_440;
}

type Named = SeedResult & {
  slug: string;
  name: string;
  blame: "none" | "probe" | "operator" | "shared" | "provider";
};

export function expectedOverview(rows: readonly SeedResult[], known: Known, query: Query) {
  const span = typeof query.window === "object" ? query.window : null;
  const until = Date.parse(query.asOf) - (span ? 1 : 0);
  const since =
    typeof query.window === "object"
      ? Date.parse(query.window.from) - 1
      : until - HOURS[query.window] * 3_600_000;
  const past = rows.filter((row) => Date.parse(row.created_at) <= until);
  const versioned = past
    .filter((row) => row.prompt_version !== null && !row.prompt_version.startsWith("short"))
    .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  const promptVersion = versioned[0]?.prompt_version ?? null;
  const recent = past.filter(
    (row) =>
      Date.parse(row.created_at) > since &&
      (row.prompt_version === null || row.prompt_version === promptVersion),
  );

  const offline = offlineRuns(rows);
  const named = (row: SeedResult): Named => {
    const provider = known.providers.find(
      (candidate) =>
        candidate.id === row.provider_id ||
        (row.provider_id === null && [candidate.slug, candidate.name].includes(row.provider ?? "")),
    );
    const model = known.models.find((candidate) => candidate.id === row.model_id);
    return {
      ...row,
      slug: provider?.slug ?? row.provider ?? "unknown",
      name: model?.name ?? row.model ?? "unknown",
      blame: offline.has(row.run_id) ? "probe" : blame(row),
    };
  };
  const real = new Set(rows.filter((row) => !row.simulated).map((row) => key(named(row))));
  const everywhere = recent.map(named).filter((row) => !row.simulated || !real.has(key(row)));
  const locations = grouped(everywhere, (row) => row.location)
    .map((rows) => ({ location: rows[0]?.location ?? "", results: rows.length }))
    .sort((a, b) => b.results - a.results || (a.location < b.location ? -1 : 1));
  const location = query.location ?? locations[0]?.location ?? null;
  const shown = everywhere.filter((row) => row.location === location);

  return {
    promptVersion,
    location,
    locations,
    endpoints: grouped(shown, key).map((group) => endpointFigures(group, query)),
    providers: grouped(shown, (row) => row.slug)
      // A line of a provider is real or simulated too, and never both.
      .map((group) => (group.some((row) => !row.simulated) ? group.filter((row) => !row.simulated) : group))
      .map(providerFigures),
  };
}

function endpointFigures(group: readonly Named[], query: Query) {
  const first = group[0];
  const successes = group.filter((row) => row.success);
  const counted = group.filter((row) => row.blame !== "probe");
  const provider = group.filter((row) => row.blame === "provider").length;
  const ttft = numbers(successes, (row) => row.ttft_ms);
  const latency = successes.map((row) => row.total_latency_ms);
  const paid = successes.filter(priceKnown);
  const paidTokens = sum(paid.map(tokens));
  const judged = successes.length + provider;
  const early = group.filter(
    (row) => (row.success || row.blame === "provider") && row.ttft_ms !== null && row.ttft_ms <= 2_000,
  ).length;
  return {
    provider: first?.slug,
    model: first?.name,
    simulated: group.some((row) => row.simulated),
    figures: {
      attempts: counted.length,
      probe_failures: group.length - counted.length,
      successes: successes.length,
      provider_failures: provider,
      success_rate: counted.length ? successes.length / counted.length : null,
      error_rate: counted.length ? counted.filter((row) => !row.success).length / counted.length : null,
      uptime: judged ? 1 - provider / judged : null,
      within_2s: { n: judged, share: judged ? early / judged : null },
      ttft: {
        n: ttft.length,
        p50: percentile(ttft, 0.5),
        p95: ttft.length >= 20 ? percentile(ttft, 0.95) : null,
      },
      answer_ttft: {
        p50: percentile(
          numbers(successes, (row) => row.answer_ttft_ms),
          0.5,
        ),
      },
      tps: speeds(successes),
      latency: {
        n: latency.length,
        p50: percentile(latency, 0.5),
        p95: latency.length >= 20 ? percentile(latency, 0.95) : null,
        p99: latency.length >= 100 ? percentile(latency, 0.99) : null,
      },
      stability: { n: latency.length, latency_stddev: deviation(latency), ttft_stddev: deviation(ttft) },
      cost: {
        n: paid.length,
        per_request: paid.length ? sum(paid.map((row) => row.cost_usd)) / paid.length : null,
        per_million: paidTokens ? (sum(paid.map((row) => row.cost_usd)) / paidTokens) * 1e6 : null,
      },
      value: value(successes),
    },
    trend: trend(group, stepOf(query) * 60_000),
  };
}

function providerFigures(group: readonly Named[]) {
  const successes = group.filter((row) => row.success);
  const provider = group.filter((row) => row.blame === "provider").length;
  const ttft = numbers(successes, (row) => row.ttft_ms);
  const judged = successes.length + provider;
  const spreads = grouped(successes, (row) => row.name)
    .map((rows) => rows.map((row) => row.total_latency_ms))
    .filter((values) => values.length >= 2);
  const pooled = sum(spreads.map((values) => values.length));
  return {
    provider: group[0]?.slug,
    simulated: group.some((row) => row.simulated),
    attempts: group.filter((row) => row.blame !== "probe").length,
    successes: successes.length,
    uptime: judged ? 1 - provider / judged : null,
    ttft: { n: ttft.length, mean: ttft.length ? sum(ttft) / ttft.length : null },
    stability: {
      n: pooled,
      latency_stddev: pooled
        ? Math.sqrt(sum(spreads.map((values) => (deviation(values) ?? 0) ** 2 * values.length)) / pooled)
        : null,
    },
    value: value(successes),
  };
}

function value(successes: readonly Named[]) {
  const rows = successes.filter((row) => row.tps !== null && priceKnown(row));
  return {
    n: rows.length,
    tps: speeds(successes).p50,
    cost: rows.length ? sum(rows.map((row) => row.cost_usd)) : null,
    tokens: rows.length ? sum(rows.map(tokens)) : null,
  };
}

function speeds(successes: readonly Named[]) {
  const tps = numbers(successes, (row) => row.tps);
  return { n: tps.length, p50: percentile(tps, 0.5) };
}

/** In steps of so many milliseconds, from the first with a result to the last. */
function trend(group: readonly Named[], step: number) {
  const buckets = new Map<number, Named[]>();
  for (const row of group) {
    const start = Math.floor(Date.parse(row.created_at) / step) * step;
    buckets.set(start, [...(buckets.get(start) ?? []), row]);
  }
  const [from, to] = [Math.min(...buckets.keys()), Math.max(...buckets.keys())];
  const steps = Array.from({ length: (to - from) / step + 1 }, (_, index) => {
    const successes = (buckets.get(from + index * step) ?? []).filter((row) => row.success);
    return {
      ttft: percentile(
        numbers(successes, (row) => row.ttft_ms),
        0.5,
      ),
      tps: speeds(successes).p50,
    };
  });
  return {
    from: from / 1_000,
    step: step / 1_000,
    ttft: steps.map(({ ttft }) => thousandth(ttft)),
    tps: steps.map(({ tps }) => thousandth(tps)),
  };
}

/** A trend's medians are kept so. */
function thousandth(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(3));
}

function offlineRuns(rows: readonly SeedResult[]): Set<string> {
  return new Set(
    grouped(rows, (row) => row.run_id)
      .filter(
        (group) =>
          group.every((row) => row.error_kind === "network") &&
          new Set(group.map((row) => row.provider_id ?? row.provider)).size >= 2,
      )
      .map((group) => group[0]?.run_id ?? ""),
  );
}

export function blame(row: Pick<SeedResult, "success" | "error_kind" | "status_code">): Named["blame"] {
  if (row.success) return "none";
  const { error_kind: kind, status_code: status } = row;
  if (kind !== null) {
    if (PROBE.includes(kind)) return "probe";
    if (OPERATOR.includes(kind)) return "operator";
    return kind === "rate_limited" ? "shared" : "provider";
  }
  if (status === 429) return "shared";
  return status !== null && status >= 400 && status < 500 && status !== 408 ? "operator" : "provider";
}

const key = (row: Named) => `${row.slug}\n${row.name}`;
const tokens = (row: SeedResult) => row.input_tokens + row.output_tokens;
const priceKnown = (row: SeedResult) => row.cost_source !== "unknown" || row.cost_usd > 0;
const sum = (values: readonly number[]) => values.reduce((total, next) => total + next, 0);

function numbers<T>(rows: readonly T[], pick: (row: T) => number | null): number[] {
  return rows.map(pick).filter((picked) => picked !== null);
}

/** Linear interpolation between the closest ranks, as percentile_cont does it. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (rank - Math.floor(rank));
}

function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((single) => (single - mean) ** 2)) / values.length);
}

/** Groups in the order of their keys, as the function sorts them. */
function grouped<T>(rows: readonly T[], by: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
