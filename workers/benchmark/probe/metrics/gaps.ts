const LONG_TAIL = 0.99;
/** Two gaps are needed for a spread. */
const MIN_GAPS = 2;

export interface Gaps {
  /** 99th percentile of the times between arrivals, interpolated; null with fewer than two gaps. */
  readonly p99Ms: number | null;
  /** The longest stall between two arrivals. */
  readonly longestMs: number | null;
}

/** How evenly tokens came: the times between arrivals, ms. Readings less than `oneReadingMs` apart are one arrival. */
export function gapsBetween(timesMs: readonly number[], oneReadingMs: number): Gaps {
  const gaps: number[] = [];
  let last = timesMs[0] ?? 0;
  for (const at of timesMs) {
    if (at - last < oneReadingMs) continue;
    gaps.push(at - last);
    last = at;
  }
  if (gaps.length < MIN_GAPS) return { p99Ms: null, longestMs: gaps[0] ?? null };
  gaps.sort((a, b) => a - b);
  const place = LONG_TAIL * (gaps.length - 1);
  const below = gaps[Math.floor(place)] ?? 0;
  const above = gaps[Math.ceil(place)] ?? below;
  return {
    p99Ms: below + (above - below) * (place - Math.floor(place)),
    longestMs: gaps[gaps.length - 1] ?? null,
  };
}
