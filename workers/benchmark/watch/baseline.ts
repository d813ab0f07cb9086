/** A day, ms. */
export const DAY_MS = 86_400_000;

/** One success as the watch remembers it: when, and the natural logarithm of a value that grows as things get worse. */
export interface Point {
  /** ms since the epoch. */
  readonly at: number;
  readonly y: number;
}

/** What a series usually does, on the logarithmic scale. */
export interface Baseline {
  readonly level: number;
  /** A day's cycle: its first harmonic, by UTC time. */
  readonly cosine: number;
  readonly sine: number;
  /** Standard deviation of a single value about level and cycle, outliers held back. */
  readonly sigma: number;
  /** Correlation of a value with the one before it. */
  readonly phi: number;
}

/** At first, values further out than this many sigmas count as if they stood there. */
const CLIP_SIGMAS = 2.5;
/** In the end values further out than this do not count at all: outliers lie on one side and would lift the level. */
const OUTLIER_SIGMAS = 3;
/** The standard deviation of normal values of which those beyond 3 sigmas are left out, for sigma 1. */
const KEPT_SIGMA = 0.9866;
/** A series steadier than this is judged as if it were not: 3 % of spread is a network's own. */
const LEAST_SIGMA = 0.03;
const MOST_PHI = 0.8;
/** The median of absolute deviations, as a standard deviation of normal values. */
const MAD_TO_SIGMA = 1.4826;

/**
 * Learns what is usual. A first fit is robust: median level, median absolute deviation, clipped values; it tells which
 * values are outliers, and the second one is least squares without them, since every bit of precision is a false alarm
 * fewer.
 */
export function learnBaseline(points: readonly Point[]): Baseline {
  const level = median(points.map(({ y }) => y));
  const rough = robustSpread(points.map(({ y }) => y - level));
  const most = CLIP_SIGMAS * rough;
  const first = fitDay(points, level, (z) => Math.max(-most, Math.min(most, z)));
  const sigma = robustSpread(points.map(({ at, y }) => y - expected(first, at)));
  const isKept = ({ at, y }: Point) => Math.abs(y - expected(first, at)) <= OUTLIER_SIGMAS * sigma;
  const shape = fitDay(points.filter(isKept), level, (z) => z);
  const residuals = points.map(({ at, y }) => y - expected(shape, at));
  const kept = residuals.filter((z) => Math.abs(z) <= OUTLIER_SIGMAS * sigma);
  const power = kept.reduce((sum, z) => sum + z ** 2, 0) / Math.max(1, kept.length);
  const exact = Math.max(LEAST_SIGMA, Math.sqrt(power) / KEPT_SIGMA);
  return { ...shape, sigma: exact, phi: neighbours(residuals, exact) };
}

/** What a series would show at a time (ms since the epoch) if all were as usual; logarithmic. */
export function expected(
  { level, cosine, sine }: Pick<Baseline, "level" | "cosine" | "sine">,
  at: number,
): number {
  const angle = (2 * Math.PI * (at % DAY_MS)) / DAY_MS;
  return level + cosine * Math.cos(angle) + sine * Math.sin(angle);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function robustSpread(deviations: readonly number[]): number {
  return Math.max(LEAST_SIGMA, MAD_TO_SIGMA * median(deviations.map(Math.abs)));
}

/** Least squares of level, cosine and sine through values bounded by `bound`: three equations, solved by hand. */
function fitDay(
  points: readonly Point[],
  level: number,
  bound: (deviation: number) => number,
): Pick<Baseline, "level" | "cosine" | "sine"> {
  let [n, c, s, cc, cs, ss, z, cz, sz] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const { at, y } of points) {
    const angle = (2 * Math.PI * (at % DAY_MS)) / DAY_MS;
    const [cos, sin, value] = [Math.cos(angle), Math.sin(angle), bound(y - level)];
    n += 1;
    c += cos;
    s += sin;
    cc += cos * cos;
    cs += cos * sin;
    ss += sin * sin;
    z += value;
    cz += cos * value;
    sz += sin * value;
  }
  const det3 = (m: readonly [number, number, number, number, number, number, number, number, number]) =>
    m[0] * (m[4] * m[8] - m[5] * m[7]) -
    m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6]);
  const whole = det3([n, c, s, c, cc, cs, s, cs, ss]);
  // Values of a few hours only cannot say what a day does.
  if (whole < 1e-3 * n ** 3) return { level: level + (n === 0 ? 0 : z / n), cosine: 0, sine: 0 };
  return {
    level: level + det3([z, c, s, cz, cc, cs, sz, cs, ss]) / whole,
    cosine: det3([n, z, s, c, cz, cs, s, sz, ss]) / whole,
    sine: det3([n, c, z, c, cc, cz, s, cs, sz]) / whole,
  };
}

/** Lag-1 correlation over neighbours that are both no outliers: one that is out says nothing of the next. */
function neighbours(z: readonly number[], sigma: number): number {
  const most = OUTLIER_SIGMAS * sigma;
  let [together, alone] = [0, 0];
  for (let i = 1; i < z.length; i++) {
    const [before, now] = [z[i - 1] ?? 0, z[i] ?? 0];
    if (Math.abs(before) > most || Math.abs(now) > most) continue;
    together += now * before;
    alone += (now ** 2 + before ** 2) / 2;
  }
  return alone === 0 ? 0 : Math.max(0, Math.min(MOST_PHI, together / alone));
}
