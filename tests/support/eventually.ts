import { setTimeout as sleep } from "node:timers/promises";

/** Polls until `check` gives something, and gives that. Waits by the clock that nobody sets. */
export async function eventually<T>(
  check: () => Promise<T | null | undefined | false>,
  what: string,
  withinMs = 30_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await sleep(50);
  }
}
