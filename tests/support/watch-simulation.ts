import { randomFrom } from "./random.ts";
import { drawSeries, MemoryInMaps, RUNS_A_DAY, SINGLE_FAILURES } from "./watched-series.ts";

const WEEK = 7 * RUNS_A_DAY;

export interface FalseAlarms {
  readonly series: number;
  readonly days: number;
  readonly slowdowns: number;
  readonly byMetric: Readonly<Record<string, number>>;
  readonly outages: number;
  /** Failures of chance whose second request failed by chance too: what a watch cannot tell from an outage. */
  readonly doubleFailures: number;
  readonly errors: number;
  /** False slow-downs for each series in 60 days. */
  readonly per60Days: number;
}

/** Watches series that nothing is wrong with; each single failure is asked again a minute later. */
export function countFalseAlarms(series: number, days: number, seed: number): FalseAlarms {
  let [slowdowns, outages, errors, doubleFailures] = [0, 0, 0, 0];
  const byMetric: Record<string, number> = {};
  for (let index = 0; index < series; index++) {
    const memory = new MemoryInMaps();
    const random = randomFrom(seed + index);
    for (const request of drawSeries({ seed: seed + index, runs: days * RUNS_A_DAY })) {
      memory.take(request);
      if (request.outcome === "provider_failure") {
        // A chance failure is as likely a minute later as at any time.
        const again = random() < SINGLE_FAILURES ? "provider_failure" : "success";
        if (again === "provider_failure") doubleFailures++;
        memory.take({
          ...request,
          id: `${request.id}-again`,
          at: request.at + 60_000,
          confirmation: true,
          outcome: again,
        });
      }
    }
    for (const { kind, endpoints } of memory.all.values()) {
      if (kind === "outage") outages++;
      else if (kind === "errors") errors++;
      else {
        slowdowns++;
        const metric = endpoints[0]?.reason.split(" of the")[0] ?? "";
        byMetric[metric] = (byMetric[metric] ?? 0) + 1;
      }
    }
  }
  return {
    series,
    days,
    slowdowns,
    byMetric,
    outages,
    doubleFailures,
    errors,
    per60Days: (slowdowns / series) * (60 / days),
  };
}

export interface Delays {
  readonly factor: number;
  readonly cases: number;
  /** Share noticed within so many runs. */
  readonly within: (runs: number) => number;
}

/** How many runs pass until a TTFT that becomes `factor` times as long is noticed, by who knows the week before. */
export function measureDelays(cases: number, factor: number, seed: number): Delays {
  const delays: number[] = [];
  for (let index = 0; index < cases; index++) {
    const memory = new MemoryInMaps();
    const requests = [...drawSeries({ seed: seed + index, runs: WEEK + RUNS_A_DAY, slowFrom: WEEK, factor })];
    memory.beginWith(requests.slice(0, WEEK));
    const noticed = requests
      .slice(WEEK)
      .findIndex((request) => memory.take(request).after.troubles.some(({ kind }) => kind === "slowdown"));
    delays.push(noticed < 0 ? Number.POSITIVE_INFINITY : noticed + 1);
  }
  return {
    factor,
    cases,
    within: (runs) => delays.filter((delay) => delay <= runs).length / cases,
  };
}

/** The figures as a person reads them. */
export function describeFalseAlarms(alarms: FalseAlarms): string {
  const { series, days, slowdowns, byMetric, outages, doubleFailures, errors, per60Days } = alarms;
  return `${series} series, ${days} days: ${slowdowns} false slow-downs (${JSON.stringify(byMetric)}), ${per60Days.toFixed(2)} for each series in 60 days; ${outages} outages from ${doubleFailures} double failures of chance; ${errors} times failing now and then`;
}

export function describeDelays({ factor, cases, within }: Delays): string {
  const shares = [3, 6, 12, 16, 24, 48, 96].map((runs) => `${runs}: ${(within(runs) * 100).toFixed(1)} %`);
  return `TTFT x ${factor}, ${cases} cases, noticed within so many runs: ${shares.join(", ")}`;
}
