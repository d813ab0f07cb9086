import { setTimeout as sleep } from "node:timers/promises";

/** Polls until `check` gives something, and gives that. */
export async function eventually<T>(
  check: () => Promise<T | null | undefined | false>,
  what: string,
  withinMs = 30_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await sleep(50);
  }
}
