/**
 * What a test can make a provider do:
 * rate_limit (429), server_error (5xx), down (the connection is dropped before any answer), silent (accepted,
 * never answered), stall (some pieces, then nothing on an open connection), endless (pieces without end),
 * truncate (breaks off in the middle), stream_error (an error inside a 200), slow (whole, and six times as slow).
 */
export const FAULTS = [
  "rate_limit",
  "server_error",
  "down",
  "silent",
  "stall",
  "endless",
  "truncate",
  "stream_error",
  "slow",
] as const;
export type Fault = (typeof FAULTS)[number];

/** How much longer a slow provider takes. */
export const SLOW_FACTOR = 6;
