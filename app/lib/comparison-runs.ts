/**
 * One endpoint's results, one entry a run, oldest first. `states` has a letter a run: s answered, f failed, p failed
 * through the probe's fault, - not asked. Values are null where there is none.
 */
export interface RunSeries {
  readonly states: string;
  /** To the first token and to the first piece of the answer, ms. */
  readonly ttft: readonly (number | null)[];
  readonly answer: readonly (number | null)[];
  readonly latency: readonly (number | null)[];
  readonly tps: readonly (number | null)[];
  /** USD a request, where the price is known. */
  readonly cost: readonly (number | null)[];
}

/** How the runs that asked either of the two went; every run is in one of them. */
export interface RunCounts {
  /** Both answered. */
  readonly both: number;
  /** Both were asked and a, b or both of them failed. */
  readonly lostToA: number;
  readonly lostToB: number;
  readonly lostToBoth: number;
  /** Both were asked and the measuring itself failed. */
  readonly lostToProbe: number;
  /** Only one of the two was asked. */
  readonly alone: number;
}

export function countRuns(a: RunSeries, b: RunSeries): RunCounts {
  const counts = { both: 0, lostToA: 0, lostToB: 0, lostToBoth: 0, lostToProbe: 0, alone: 0 };
  for (let index = 0; index < a.states.length; index += 1) {
    const [left, right] = [a.states[index], b.states[index]];
    if (left === "-" || right === "-") counts.alone += 1;
    else if (left === "p" || right === "p") counts.lostToProbe += 1;
    else if (left === "s" && right === "s") counts.both += 1;
    else if (left === "s") counts.lostToB += 1;
    else if (right === "s") counts.lostToA += 1;
    else counts.lostToBoth += 1;
  }
  return counts;
}

/** The pairs of one figure. */
export interface Pairs {
  /** ln(a/b) of each run in which both have a figure above 0, oldest first. */
  readonly differences: readonly number[];
  /** Which endpoint's figure is 0 in every run where it has one (a price of nothing). */
  readonly zero: "a" | "b" | "both" | null;
  /** Runs in which both have a figure, one of 0 included. */
  readonly figures: number;
}

export function pairUp(a: readonly (number | null)[], b: readonly (number | null)[]): Pairs {
  const differences: number[] = [];
  let figures = 0;
  a.forEach((left, index) => {
    const right = b[index] ?? null;
    if (left === null || right === null) return;
    figures += 1;
    if (left > 0 && right > 0) differences.push(Math.log(left / right));
  });
  const [left, right] = [isZero(a), isZero(b)];
  return { differences, figures, zero: left && right ? "both" : left ? "a" : right ? "b" : null };
}

/**
 * The time to the first answer. Results of other tools have no such column: where the endpoint streams no reasoning
 * its first token is its first answer.
 */
export function firstAnswers(series: RunSeries, thinks: boolean): readonly (number | null)[] {
  if (thinks) return series.answer;
  return series.answer.map((value, index) => value ?? series.ttft[index] ?? null);
}

function isZero(values: readonly (number | null)[]): boolean {
  const known = values.filter((value) => value !== null);
  return known.length > 0 && known.every((value) => value === 0);
}
