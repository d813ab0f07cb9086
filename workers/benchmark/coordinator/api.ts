import * as z from "zod";

/** Who asks for a run, and why. */
export interface RunRequest {
  readonly runName: string;
  readonly triggeredBy: string;
  /** The cron time (ms since the epoch): the same one never makes a second run. */
  readonly scheduledFor: number | null;
}

export type RunAnswer =
  | { readonly state: "accepted"; readonly runId: string }
  | { readonly state: "already_running"; readonly runId: string }
  | { readonly state: "already_done"; readonly runId: string };

/**
 * What the coordinator does besides runs. One provider's models are one job: its failure is its own, and an alarm has
 * one list to read. `sync-models` asks for each provider's.
 */
export type JobName = "sync-models" | "sync-prices" | "prune" | `sync-models:${string}`;

/** Whether a name is a job's: what another version knew is none. */
export function isJobName(name: string): name is JobName {
  return ["sync-models", "sync-prices", "prune"].includes(name) || /^sync-models:[a-z0-9-]{1,63}$/.test(name);
}

/** Silences a provider's alerts, or ends that: 0 hours. */
export const muteRequest = z.object({
  provider: z.string().min(1).max(100),
  hours: z
    .number()
    .min(0)
    .max(24 * 31),
});
export type MuteRequest = z.infer<typeof muteRequest>;
export type MuteAnswer =
  | { readonly provider: string; readonly until: string | null }
  | { readonly unknown: string };

/** What each channel said to a test alert. */
export interface TestAnswer {
  readonly channels: readonly { readonly channel: string; readonly ok: boolean; readonly reason: string }[];
}

export interface CoordinatorStatus {
  readonly run: {
    readonly id: string;
    readonly state: string;
    readonly done: number;
    readonly of: number;
    readonly startedAt: string | null;
  } | null;
  readonly waitingForDelivery: number;
  /** Alerts on their way, one for each channel. */
  readonly waitingAlerts: number;
  /** Providers of which nobody is told anything, until an ISO time. */
  readonly muted: Readonly<Record<string, string>>;
  readonly rejectedByDatabase: number;
  readonly spentLast24hUsd: number;
  readonly budgetUsd: number;
}
