import { beginWith } from "../../workers/benchmark/watch/endpoint.ts";
import type { EndpointWatch, Incident, Observation, Past } from "../../workers/benchmark/watch/types.ts";
import { judge, type Verdict, type WatchMemory } from "../../workers/benchmark/watch/watcher.ts";
import { randomFrom } from "./random.ts";

export const RUN_MS = 15 * 60_000;
export const RUNS_A_DAY = 96;
const DAY_MS = 86_400_000;
/** A Monday. */
const BEGIN = Date.UTC(2026, 10, 2);

/** The world that issue 16 names: how a series that nothing is wrong with varies. */
const SIGMA = 0.3;
const AUTOCORRELATION = 0.5;
const DAILY_CYCLE = 0.2;
const OUTLIERS = 0.02;
const OUTLIER_FACTOR = 5;
export const SINGLE_FAILURES = 0.01;
/** Not named there: the rate of writing varies half as much, and an answer has 300 tokens. */
const RATE_SIGMA = 0.15;
const TOKENS = 300;

/** Normal numbers from even ones (Box and Muller). */
function gaussian(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Normal numbers with standard deviation 1, each like the one before it. */
function alike(normal: () => number): () => number {
  let value = normal();
  return () => {
    value = AUTOCORRELATION * value + Math.sqrt(1 - AUTOCORRELATION ** 2) * normal();
    return value;
  };
}

export interface SeriesOptions {
  readonly seed: number;
  readonly runs: number;
  /** From this run on TTFT is `factor` times as long. */
  readonly slowFrom?: number;
  readonly factor?: number;
}

/** One endpoint's scheduled requests, in the order of its runs. */
export function* drawSeries({ seed, runs, slowFrom, factor = 1 }: SeriesOptions): Generator<Observation> {
  const random = randomFrom(seed * 1_000_003);
  const [ttftNoise, rateNoise] = [alike(gaussian(random)), alike(gaussian(random))];
  const phase = random() * DAY_MS;
  for (let run = 0; run < runs; run++) {
    const at = BEGIN + run * RUN_MS;
    const cycle = 1 + DAILY_CYCLE * Math.sin((2 * Math.PI * (at + phase)) / DAY_MS);
    const outlier = random() < OUTLIERS ? OUTLIER_FACTOR : 1;
    const slow = slowFrom !== undefined && run >= slowFrom ? factor : 1;
    const ttft = 400 * cycle * Math.exp(SIGMA * ttftNoise()) * outlier * slow;
    const tps = 100 * Math.exp(RATE_SIGMA * rateNoise());
    const fails = random() < SINGLE_FAILURES;
    yield {
      ...request(`${seed}-${run}`, at, fails ? "provider_failure" : "success"),
      values: fails
        ? { ttft: null, total: null, tps: null }
        : { ttft, total: ttft + (TOKENS / tps) * 1000, tps },
    };
  }
}

/** A request of one made-up endpoint, as the watch sees it. */
export function request(id: string, at: number, outcome: Observation["outcome"]): Observation {
  return {
    id,
    at,
    provider: "groq",
    model: "gpt-oss-20b",
    simulated: true,
    outcome,
    failure: outcome === "provider_failure" ? "server_error (HTTP 503)" : null,
    responded: true,
    confirmation: false,
    values: { ttft: 400, total: 3_400, tps: 100 },
  };
}

/** The watch's memory for tests: plain maps. */
export class MemoryInMaps implements WatchMemory {
  readonly endpoints = new Map<string, EndpointWatch>();
  readonly all = new Map<string, Incident>();
  readonly heard = new Map<string, number>();
  readonly known = new Set<string>();

  get asked(): number {
    return this.known.size;
  }

  endpoint(provider: string, model: string, simulated: boolean): EndpointWatch | null {
    return this.endpoints.get(`${provider}/${model}/${simulated}`) ?? null;
  }

  incidents(closedAfter: number): readonly Incident[] {
    return [...this.all.values()].filter(({ closedAt }) => closedAt === null || closedAt >= closedAfter);
  }

  /** Knows the successes among an endpoint's requests, as a coordinator does that reads them in the database. */
  beginWith(requests: readonly Observation[]): void {
    const [first] = requests;
    if (!first) return;
    const { provider, model, simulated } = first;
    const past = requests
      .filter(({ outcome }) => outcome === "success")
      .map(({ at, values: { ttft, total, tps } }): Past => [at, ttft, total, tps]);
    this.known.add(provider);
    this.endpoints.set(`${provider}/${model}/${simulated}`, beginWith(first, past));
  }

  take(observation: Observation): Verdict {
    this.known.add(observation.provider);
    const verdict = judge(this, observation);
    if (observation.responded) this.heard.set(observation.provider, observation.at);
    const { provider, model, simulated } = observation;
    this.endpoints.set(`${provider}/${model}/${simulated}`, verdict.after);
    for (const { incident } of verdict.incidents) this.all.set(incident.id, incident);
    return verdict;
  }
}
