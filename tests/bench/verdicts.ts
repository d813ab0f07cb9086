import type { Sample } from "./accuracy.ts";
import type { CostReport } from "./cost.ts";
import type { Scenario } from "./scenarios.ts";
import { isNumber, percentile, spread } from "./statistics.ts";

/** What the project promises of its instrument. */
export const LIMITS = {
  ttftMedianMs: 1,
  ttftP95Ms: 3,
  tpsMedian: 0.005,
  cpuRatio: 0.6,
  heapGrowthMb: 2,
} as const;

export interface Verdict {
  readonly about: string;
  readonly pass: boolean;
  readonly detail: string;
}

/** A probe and the floor of the same runtime. */
export interface Pair {
  readonly probe: string;
  readonly floor: string;
}

const ms = (value: number | null): string => (value === null ? "none" : `${value.toFixed(2)} ms`);

const ttftErrors = (samples: readonly Sample[]): number[] =>
  samples.map((sample) => sample.ttftErrorMs).filter(isNumber);

/**
 * The probe's errors, those of its process's first request included, against a floor that is warm: the
 * floor's own first request is left out, so that the probe has no cold start to hide behind.
 */
export function judgeScenario(scenario: Scenario, samples: readonly Sample[], pair: Pair): Verdict[] {
  const mine = samples.filter((sample) => sample.runner === pair.probe);
  const floor = samples.filter((sample) => sample.runner === pair.floor && sample.round > 0);
  const about = (what: string): string => `${scenario.name}, ${pair.probe}: ${what}`;
  return [
    judgeTtft(about("TTFT"), mine, floor),
    judgeRate(about("TPS"), scenario, mine),
    {
      about: about("tokens and cost"),
      pass: mine.length > 0 && mine.every((sample) => sample.countsExact),
      detail: `${mine.filter((sample) => sample.countsExact).length} of ${mine.length} exact`,
    },
  ];
}

function judgeTtft(about: string, mine: readonly Sample[], floor: readonly Sample[]): Verdict {
  const own = spread(ttftErrors(mine));
  const least = spread(ttftErrors(floor));
  const complete = mine.every((sample) => sample.ttftErrorMs !== null);
  const pass =
    complete &&
    own.p50 !== null &&
    own.p95 !== null &&
    least.p50 !== null &&
    least.p95 !== null &&
    isNear(own.p50, least.p50) &&
    own.p95 - least.p95 <= LIMITS.ttftP95Ms;
  return {
    about,
    pass,
    detail: `p50 ${ms(own.p50)} (floor ${ms(least.p50)}), p95 ${ms(own.p95)} (floor ${ms(least.p95)})`,
  };
}

/** Between the truth (no error) and the floor is no fault either: on a busy machine the floor may be the slower. */
function isNear(median: number, floor: number): boolean {
  return Math.abs(median - floor) <= LIMITS.ttftMedianMs || (median >= 0 && median < floor);
}

function judgeRate(about: string, scenario: Scenario, mine: readonly Sample[]): Verdict {
  if (!scenario.carriesRate) {
    const invented = mine.filter((sample) => sample.reading.tps !== null).length;
    return {
      about,
      pass: invented === 0,
      detail: `null expected, ${invented} of ${mine.length} invented one`,
    };
  }
  const errors = mine.map((sample) => sample.tpsError).filter(isNumber);
  const median = percentile(errors.map(Math.abs), 50);
  const pass = errors.length === mine.length && median !== null && median <= LIMITS.tpsMedian;
  const shown = median === null ? "none" : `${(median * 100).toFixed(2)} %`;
  return { about, pass, detail: `off by ${shown} (median), ${mine.length - errors.length} without a rate` };
}

/** Only the very first request of each process: what a cron run or a terminal run begins with. */
export function judgeFirstRequests(samples: readonly Sample[], pair: Pair): Verdict {
  const first = samples.filter((sample) => sample.runner === pair.probe && sample.round === 0);
  const floor = samples.filter((sample) => sample.runner === pair.floor && sample.round > 0);
  return judgeTtft(`first request of a process, ${pair.probe}: TTFT`, first, floor);
}

export function judgeCost(cost: CostReport): Verdict[] {
  const cpu = cost.cpu
    .filter(({ judged }) => judged)
    .map(
      (row): Verdict => ({
        about: `CPU time, ${row.load}`,
        pass: row.probeToSdk <= LIMITS.cpuRatio,
        detail: `${row.probeToSdk.toFixed(2)} of the openai SDK's (at most ${LIMITS.cpuRatio})`,
      }),
    );
  const growth = cost.memory.heapGrowthMb;
  return [
    ...cpu,
    {
      about: `memory over ${cost.memory.streams} streams of ${cost.memory.events} events`,
      pass: growth <= LIMITS.heapGrowthMb,
      detail: `heap ${growth >= 0 ? "+" : ""}${growth.toFixed(2)} MB (at most +${LIMITS.heapGrowthMb})`,
    },
  ];
}
