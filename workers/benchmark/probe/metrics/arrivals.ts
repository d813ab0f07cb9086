/** Two readings closer than this are one: the coarsest clock in use, a deployed Worker's, counts whole ms. */
export const ONE_READING_MS = 1;

/**
 * When pieces of text arrived, summed up as they come so that memory stays the same however many they are.
 * An arrival is everything with one clock reading: what one write of the server carried was handed over in
 * one go, and its parts have no times of their own. A finer clock than whole milliseconds would tear such a
 * delivery apart, so readings less than a millisecond after an arrival's first belong to it.
 */
export interface Arrivals {
  count: number;
  chars: number;
  firstAt: number;
  lastAt: number;
  firstChars: number;
  largestLaterChars: number;
  currentAt: number;
  currentChars: number;
}

export function noArrivals(): Arrivals {
  return {
    count: 0,
    chars: 0,
    firstAt: 0,
    lastAt: 0,
    firstChars: 0,
    largestLaterChars: 0,
    currentAt: 0,
    currentChars: 0,
  };
}

export function addArrival(arrivals: Arrivals, atMs: number, chars: number): void {
  if (arrivals.count === 0 || atMs - arrivals.currentAt >= ONE_READING_MS) {
    if (arrivals.count === 0) arrivals.firstAt = atMs;
    arrivals.count += 1;
    arrivals.currentAt = atMs;
    arrivals.currentChars = 0;
  }
  arrivals.currentChars += chars;
  arrivals.chars += chars;
  arrivals.lastAt = Math.max(arrivals.lastAt, atMs);
  if (arrivals.count === 1) arrivals.firstChars = arrivals.currentChars;
  else arrivals.largestLaterChars = Math.max(arrivals.largestLaterChars, arrivals.currentChars);
}
