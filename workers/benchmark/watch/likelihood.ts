import { type Baseline, median } from "./baseline.ts";

type Noise = Pick<Baseline, "sigma" | "phi">;

/** What is thought of the correlated part of a series at its newest value. */
interface Belief {
  readonly mean: number;
  readonly variance: number;
}

/** One value in fifty says nothing: it is as likely to lie anywhere within two units of the logarithm (times 7.4). */
const OUTLIERS = 0.02;
const OUTLIER_DENSITY = OUTLIERS / 2;
/** Values before a window that tell where the series stood when it began; correlated neighbours reach no further. */
const RUN_UP = 6;

/**
 * What is looked for: a shift (logarithmic), in windows of so many values, each with the evidence it takes, nats. Short
 * windows find large moves soon, those of 11 and 12 doublings that a lucky draw hides, long ones small moves.
 */
const SOUGHT = [
  {
    least: Math.log(2),
    windows: [
      { length: 3, nats: 9 },
      { length: 5, nats: 7.5 },
      { length: 6, nats: 7.5 },
      { length: 11, nats: 6 },
      { length: 12, nats: 6 },
    ],
  },
  {
    least: Math.log(1.4),
    windows: [
      { length: 6, nats: 8.5 },
      { length: 12, nats: 8.5 },
      { length: 24, nats: 8.5 },
      { length: 48, nats: 8.5 },
    ],
  },
] as const;

/** More of the newest values than this are never looked at. */
export const MOST_VALUES =
  Math.max(...SOUGHT.flatMap(({ windows }) => windows.map(({ length }) => length))) + RUN_UP;

/**
 * Whether the newest values of a series have moved up.
 *
 * @param deviations from what is expected, logarithmic, growing as things get worse; oldest first.
 * @param learnedFrom of how many values the baseline was learned: the fewer, the more evidence it takes.
 * @param more evidence than usual that it takes, nats.
 * @returns how many values have most probably moved, at least 3; null where it is not certain that any have.
 */
export function findShift(
  deviations: readonly number[],
  baseline: Noise,
  learnedFrom: number,
  more: number,
): number | null {
  for (const { least, windows } of SOUGHT) {
    // Most windows are ruled out by their mean: only the others are worth a likelihood.
    const possible = windows.filter(
      ({ length }) => length <= deviations.length && mean(deviations, length) > least / 3,
    );
    if (possible.length === 0) continue;
    const lengths = possible.map(({ length }) => length);
    const evidence = evidenceOfShift(deviations, lengths, least, baseline);
    const certain = possible.findLast(
      ({ length, nats }, index) =>
        (evidence[index] ?? 0) >= required(nats + more, length, least, baseline, learnedFrom),
    );
    if (!certain) continue;
    const begins = Array.from({ length: certain.length - 2 }, (_, index) => index + 3);
    const each = evidenceOfShift(deviations, begins, least, baseline);
    return begins[each.indexOf(Math.max(...each))] ?? null;
  }
  return null;
}

/**
 * The evidence that a window takes, nats. What is usual (a level and two terms of the day's cycle) is known from
 * `learnedFrom` values only: its error is the same for all values of a window, and widens their sum's spread.
 */
function required(
  nats: number,
  length: number,
  shift: number,
  { sigma, phi }: Noise,
  learnedFrom: number,
): number {
  const widened = Math.sqrt(1 + (3 * length) / learnedFrom);
  const first = shift ** 2 / (sigma ** 2 * (1 - phi ** 2));
  const information = (first / 2) * (1 + (length - 1) * (1 - phi) ** 2);
  return nats * widened + information * (widened - 1);
}

/**
 * Evidence that a series has moved: for each of several windows the log-likelihood ratio (nats) of "the newest values
 * are all above the usual by a shift, and those before are not" against "none is". Values are an AR(1) process in which
 * outliers come alone: each value is weighed by how likely it is one, and an outlier tells the next value nothing.
 *
 * @param deviations from what is expected, logarithmic, growing as things get worse; oldest first.
 * @param lengths of the windows, none longer than `deviations`.
 * @param least the shift that is looked for; where a window's median is far beyond it, that median.
 */
export function evidenceOfShift(
  deviations: readonly number[],
  lengths: readonly number[],
  least: number,
  noise: Noise,
): number[] {
  const recent = deviations.slice(-(Math.max(...lengths) + RUN_UP));
  const befores: Belief[] = [];
  const usual: number[] = [];
  let belief: Belief = { mean: 0, variance: noise.sigma ** 2 };
  for (const deviation of recent) {
    befores.push(belief);
    const next = step(belief, deviation, noise);
    usual.push(next.nats);
    belief = next.belief;
  }
  return lengths.map((length) => {
    const begin = recent.length - length;
    const window = recent.slice(begin);
    const middle = median(window);
    const shift = middle > least + 2 * noise.sigma ? middle : least;
    let moved = befores[begin] ?? belief;
    let nats = 0;
    for (const [index, deviation] of window.entries()) {
      const next = step(moved, deviation - shift, noise);
      nats += next.nats - (usual[begin + index] ?? 0);
      moved = next.belief;
    }
    return nats;
  });
}

function mean(values: readonly number[], newest: number): number {
  let sum = 0;
  for (let i = values.length - newest; i < values.length; i++) sum += values[i] ?? 0;
  return sum / newest;
}

/** One step of a Kalman filter without measurement noise, whose values may be outliers; the mixture is kept by its moments. */
function step(
  { mean, variance }: Belief,
  value: number,
  { sigma, phi }: Noise,
): { belief: Belief; nats: number } {
  const predicted = phi * mean;
  const spread = phi ** 2 * variance + sigma ** 2 * (1 - phi ** 2);
  const surprise = value - predicted;
  const normal = Math.exp(-(surprise ** 2) / (2 * spread)) / Math.sqrt(2 * Math.PI * spread);
  const regular = (1 - OUTLIERS) * normal;
  const all = regular + OUTLIER_DENSITY;
  const trust = regular / all;
  return {
    belief: {
      mean: predicted + trust * surprise,
      variance: (1 - trust) * spread + trust * (1 - trust) * surprise ** 2,
    },
    nats: Math.log(all),
  };
}
