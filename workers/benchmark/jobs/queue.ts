import type { Target } from "./target.ts";

export interface QueueItem {
  readonly position: number;
  readonly target: Target;
  readonly state: "pending" | "asking" | "done" | "skipped";
}

/** Providers that want no request before a time (ms since the epoch). */
export type Holds = ReadonlyMap<string, number>;

export type Step =
  | { readonly do: "measure"; readonly item: QueueItem }
  | { readonly do: "wait"; readonly until: number }
  | { readonly do: "skip"; readonly items: readonly QueueItem[] }
  | { readonly do: "end" };

/**
 * What a run does next. A provider on hold is passed over, so its targets come last; when only held ones
 * are left, the run waits for the first of them if that is within its patience, and skips the others.
 *
 * @param now and the holds in ms since the epoch.
 * @param patienceMs how long from now the run waits for a provider.
 */
export function nextStep(
  queue: readonly QueueItem[],
  holds: Holds,
  now: number,
  patienceMs: (provider: string) => number,
): Step {
  const pending = queue.filter((item) => item.state === "pending");
  if (pending.length === 0) return { do: "end" };
  const until = (item: QueueItem) => holds.get(item.target.provider) ?? 0;
  const free = pending.find((item) => until(item) <= now);
  if (free) return { do: "measure", item: free };
  const hopeless = pending.filter((item) => until(item) > now + patienceMs(item.target.provider));
  if (hopeless.length > 0) return { do: "skip", items: hopeless };
  return { do: "wait", until: Math.min(...pending.map(until)) };
}
