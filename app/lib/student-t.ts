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
  if (!(p > 0 && p < 1)) throw new RangeError("p must lie between 0 and 1");
  if (!Number.isInteger(freedom) || freedom < 1)
    throw new RangeError("freedom must be a whole number from 1 on");
  if (p < 0.5) return -studentTQuantile(1 - p, freedom);
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
