/**
 * Probability that a Student's t variable lies within ±t, for whole degrees of freedom: the finite series in the
 * angle atan(t/√ν) of Abramowitz & Stegun, 26.7.3 and 26.7.4.
 * @param angle atan(t/√ν), 0 to π/2
 * @param freedom degrees of freedom, a whole number from 1 on
 */
function centralProbability(angle: number, freedom: number): number {
  const cosine = Math.cos(angle);
  const square = cosine * cosine;
  const odd = freedom % 2 === 1;
  // Even: 1 + 1/2 cos² + 1·3/(2·4) cos⁴ + …; odd: cos + 2/3 cos³ + 2·4/(3·5) cos⁵ + …; up to cos^(ν-2).
  let term = odd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= (square * (power - 1)) / power;
    sum += term;
  }
  const series = Math.sin(angle) * sum;
  return odd ? (2 / Math.PI) * (angle + series) : series;
}

/**
 * The t that a Student's t variable stays below with probability `p`.
 * @param p strictly between 0 and 1
 * @param freedom degrees of freedom, a whole number from 1 on
 * @throws {RangeError} where either is something else
 */
export function studentTQuantile(p: number, freedom: number): number {
  // A page asks for the same one hundreds of times.
  if (p !== latest.p || freedom !== latest.freedom) {
    latest = { p, freedom, t: findStudentTQuantile(p, freedom) };
  }
  return latest.t;
}

let latest = { p: Number.NaN, freedom: 0, t: Number.NaN };

function findStudentTQuantile(p: number, freedom: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError("p must lie between 0 and 1");
  if (!Number.isInteger(freedom) || freedom < 1)
    throw new RangeError("freedom must be a whole number from 1 on");
  if (p < 0.5) return -findStudentTQuantile(1 - p, freedom);
  const wanted = 2 * p - 1;
  // The probability grows with the angle: halving the interval 60 times exhausts a double.
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, freedom) < wanted) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}

/** A typical value with its confidence interval, in the unit of the values. */
export interface BlockEstimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** The mean of each block, oldest first. */
  readonly blocks: readonly number[];
}

/**
 * The mean of a series in time with its confidence interval. Neighbouring values are alike (load comes and goes over
 * hours), so they are no independent samples. Means over long contiguous blocks nearly are: their spread gives the
 * interval, by Student's t (batch means; Schmeiser 1982, https://doi.org/10.1287/opre.30.3.556, also for why so few).
 * @param values in the order of time; all finite, at least one a block
 * @param blocks how many blocks, at least 2
 * @param confidence share of intervals that hold the true mean, 0 to 1
 */
export function estimateByBlocks(
  values: readonly number[],
  blocks: number,
  confidence: number,
): BlockEstimate {
  const means = blockRanges(values.length, blocks).map(([start, end]) => meanOf(values, start, end));
  const mean = meanOf(means);
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (blocks - 1);
  const reach = studentTQuantile(0.5 + confidence / 2, blocks - 1) * Math.sqrt(variance / blocks);
  return { mean, low: mean - reach, high: mean + reach, blocks: means };
}

/** First and past-last index of each block: contiguous, of the same length to within one value. */
export function blockRanges(
  values: number,
  blocks: number,
): readonly (readonly [start: number, end: number])[] {
  const edge = (index: number) => Math.floor((index * values) / blocks);
  return Array.from({ length: blocks }, (_, index) => [edge(index), edge(index + 1)] as const);
}

function meanOf(values: readonly number[], start = 0, end = values.length): number {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += values[index] ?? 0;
  return sum / (end - start);
}

/** The middle value, or the mean of the two in the middle; null where there is none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
