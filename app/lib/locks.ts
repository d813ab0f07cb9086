/** Metrics that LOCKED_METRICS may name. */
export const LOCKABLE_METRICS = ["ttft", "tps", "latency", "stability", "value", "cost", "uptime"] as const;
export type LockableMetric = (typeof LOCKABLE_METRICS)[number];

/*
 * What a locked metric takes away, on pages and from programs alike. What is made of a metric goes with it. What is
 * counted stays (attempts, successes, single results and how they ended), since it says how much the other figures rest
 * on; so do list prices, which providers publish themselves. Why it is so: docs/decisions/0055.
 */

/** Parts of an answer, each with the metrics that take it away. */
const TAKEN_BY = {
  /** Times to the headers, the first token and the first answer; the share within two seconds; trends of them. */
  ttft: ["ttft"],
  tps: ["tps"],
  latency: ["latency"],
  stability: ["stability"],
  value: ["value"],
  /** What measured requests cost, the price each was computed with, and a month's cost made of list prices. */
  cost: ["cost"],
  /** Uptime, error rate, success rate, days, states and incidents: how often it failed, in whatever words. */
  reliability: ["uptime"],
  /** Arrivals of a stream, and what a server says of its own times: each of the speeds can be read from them. */
  arrivals: ["ttft", "tps", "latency"],
} as const satisfies Readonly<Record<string, readonly LockableMetric[]>>;

export type Part = keyof typeof TAKEN_BY;

/** Whether a part of an answer may be shown. */
export function isOpen(part: Part, locked: ReadonlySet<LockableMetric>): boolean {
  return !TAKEN_BY[part].some((metric) => locked.has(metric));
}

/** Something that depends on the locks, made once for them. */
export function byLocks<T>(make: (locked: ReadonlySet<LockableMetric>) => T) {
  const made = new WeakMap<ReadonlySet<LockableMetric>, { readonly value: T }>();
  return (locked: ReadonlySet<LockableMetric>): T => {
    const known = made.get(locked) ?? { value: make(locked) };
    made.set(locked, known);
    return known.value;
  };
}
