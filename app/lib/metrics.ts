/** Metrics that LOCKED_METRICS may name. */
export const LOCKABLE_METRICS = ["ttft", "tps", "latency", "stability", "value", "cost", "uptime"] as const;
export type LockableMetric = (typeof LOCKABLE_METRICS)[number];
