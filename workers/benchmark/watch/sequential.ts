import { type Baseline, expected } from "./baseline.ts";

/** The evidence gathered so far that a series has moved, and what the next step needs. */
export interface Evidence {
  /** Log-likelihood ratio (nats) of "moved" against "as usual" for the best moment of moving; 0 when none is likely. */
  readonly nats: number;
  /** How many values speak for it: those since that moment. */
  readonly values: number;
  /** Deviation of the newest value, clipped: what the next one is predicted from. */
  readonly last: number;
  /** The newest value was too far out to be believed by itself. */
  readonly far: boolean;
}

export const NO_EVIDENCE: Evidence = { nats: 0, values: 0, last: 0, far: false };

/** No value speaks more strongly than this, nats: for the move, and against it. */
const MOST_FOR = 5;
const MOST_AGAINST = 3;
/** Values this many sigmas beyond what the move explains are taken for outliers at first; below usual, for fast ones. */
const FAR_SIGMAS = 2;
const LOW_SIGMAS = 2.5;

/**
 * One step of a CUSUM for correlated values. With neighbours correlated by phi, a lasting move of `shift` shows in
 * the innovations (value minus phi times the one before) as its whole size once and as `1 - phi` of it from then on;
 * the likelihood ratio of that signature is summed up from the moment for which it is greatest. A value beyond the
 * move says nothing unless the one before it was out there too: outliers come alone, outages of speed do not.
 *
 * @param z deviation from what is expected, logarithmic, growing as things get worse.
 * @param shift the move that is looked for, logarithmic, greater than 0.
 */
export function gather(
  before: Evidence,
  z: number,
  shift: number,
  { sigma, phi }: Pick<Baseline, "sigma" | "phi">,
): Evidence {
  const limit = shift + FAR_SIGMAS * sigma;
  const far = z > limit;
  if (far && !before.far) return { ...before, last: phi * before.last, far };
  const value = Math.max(-LOW_SIGMAS * sigma, Math.min(limit, z));
  const scale = sigma * Math.sqrt(1 - phi ** 2);
  const innovation = (value - phi * before.last) / scale;
  const begins = ratio(innovation, shift / scale);
  const goesOn = before.nats + ratio(innovation, (shift * (1 - phi)) / scale);
  if (before.nats > 0 && goesOn > 0 && goesOn >= begins) {
    return { nats: goesOn, values: before.values + 1, last: value, far };
  }
  return begins > 0 ? { nats: begins, values: 1, last: value, far } : { ...NO_EVIDENCE, last: value, far };
}

/** Log-likelihood ratio of a standard normal value with this mean against one with mean 0, bounded. */
function ratio(innovation: number, mean: number): number {
  return Math.max(-MOST_AGAINST, Math.min(MOST_FOR, mean * innovation - mean ** 2 / 2));
}

/** How far a value lies from what its series usually shows at that hour; logarithmic. */
export function deviation(baseline: Baseline, at: number, y: number): number {
  return y - expected(baseline, at);
}
