/** The last of these waits ends within a day: by then the next cron event is the better try. */
const MAX_ATTEMPTS = 12;

/**
 * How long a job that failed waits for its next try, twice as long each time: from half a minute, for a line that was
 * down, to hours, for an outage of a day. Runs go on meanwhile.
 *
 * @param attempts that failed so far, this one included.
 * @returns milliseconds; null when it has failed too often.
 */
export function waitAfter(attempts: number, firstWaitMs: number): number | null {
  return attempts >= MAX_ATTEMPTS ? null : firstWaitMs * 2 ** (attempts - 1);
}
