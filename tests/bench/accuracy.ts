import { setTimeout as sleep } from "node:timers/promises";
import type { BenchServer, Runner } from "./processes.ts";
import type { Reading } from "./readers/types.ts";
import type { Scenario, Script } from "./scenarios.ts";
import { seeded } from "./wire.ts";

/** What really happened, by the server's clock: milliseconds since the request arrived there. */
export interface Truth {
  readonly ttftMs: number;
  readonly totalMs: number;
  /** Tokens after the first arrival over the time from the first arrival to the last; null without a span. */
  readonly tps: number | null;
}

export interface Sample {
  readonly scenario: string;
  readonly runner: string;
  /** 0 is the first request of the runner's process. */
  readonly round: number;
  readonly truth: Truth;
  readonly reading: Reading;
  /** Positive: the reader saw it later than it was written. */
  readonly ttftErrorMs: number | null;
  readonly totalErrorMs: number;
  /** As a fraction of the truth, signed. */
  readonly tpsError: number | null;
  /** False where tokens or cost differ from what the answer says. */
  readonly countsExact: boolean;
}

/**
 * All readers read the same script at nearly the same time, so that whatever else the machine does strikes
 * them alike; the order changes with each round, and the starts are a few milliseconds apart so that
 * the same event never wakes two readers at once. Only in the first round those that are judged go alone: the
 * first request of a process is to show its own cold start, not that of its neighbours.
 */
export async function measureScenario(
  scenario: Scenario,
  runners: readonly Runner[],
  server: BenchServer,
  requests: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let round = 0; round < requests; round++) {
    const order = [...runners.slice(round % runners.length), ...runners.slice(0, round % runners.length)];
    const seed = round + 1;
    const script = scenario.script(seeded(seed));
    const readOne = async (runner: Runner): Promise<void> => {
      const id = `${runner.name}-${round}`.replaceAll(/[^a-z0-9]+/gi, "-");
      const reading = await runner.read({ scenario: scenario.name, seed, id, origin: server.origin });
      const truth = truthOf(script, (await server.played(id)).writtenAt);
      samples.push(judge(scenario, runner.name, round, script, truth, reading));
    };
    const alone = round === 0 ? order.filter(({ judged }) => judged) : [];
    for (const runner of alone) await readOne(runner);
    const together = order.filter((runner) => !alone.includes(runner));
    await Promise.all(together.map((runner, at) => sleep(at * STAGGER_MS).then(() => readOne(runner))));
  }
  return samples;
}

const STAGGER_MS = 9;

function truthOf(script: Script, writtenAt: readonly number[]): Truth {
  const arrivals: { at: number; tokens: number }[] = [];
  script.writes.forEach((write, index) => {
    const at = writtenAt[index];
    if (at === undefined || write.tokens === 0) return;
    const together = arrivals.at(-1);
    if (together?.at === at) together.tokens += write.tokens;
    else arrivals.push({ at, tokens: write.tokens });
  });
  const first = arrivals[0];
  const last = arrivals.at(-1);
  const end = writtenAt.at(-1);
  if (first === undefined || last === undefined || end === undefined) {
    throw new Error("The server wrote no token: the scenario measures nothing");
  }
  const all = arrivals.reduce((sum, { tokens }) => sum + tokens, 0);
  const span = last.at - first.at;
  return {
    ttftMs: first.at,
    totalMs: end,
    tps: span > 0 ? ((all - first.tokens) / span) * 1000 : null,
  };
}

function judge(
  scenario: Scenario,
  runner: string,
  round: number,
  script: Script,
  truth: Truth,
  reading: Reading,
): Sample {
  return {
    scenario: scenario.name,
    runner,
    round,
    truth,
    reading,
    ttftErrorMs: reading.ttftMs === null ? null : reading.ttftMs - truth.ttftMs,
    totalErrorMs: reading.totalMs - truth.totalMs,
    tpsError: reading.tps === null || truth.tps === null ? null : reading.tps / truth.tps - 1,
    countsExact: countsExact(script, reading),
  };
}

function countsExact({ answer }: Script, reading: Reading): boolean {
  if (reading.failure !== null || reading.outputTokens !== answer.outputTokens) return false;
  // Without usage the input is estimated from the prompt, and the cost follows from that estimate.
  if (!answer.reported) return true;
  if (reading.inputTokens !== answer.inputTokens || reading.costUsd === null) return false;
  return Math.abs(reading.costUsd - answer.costUsd) <= answer.costUsd * 1e-12;
}
