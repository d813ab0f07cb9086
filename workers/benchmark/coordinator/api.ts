import { providers } from "../providers/registry.ts";

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

/** One provider's models are one job: its failure is its own, and an alarm has one list to read. */
export const SYNC_MODELS_JOBS = providers.map(({ slug }) => `sync-models:${slug}` as const);
/** What the coordinator does besides runs. */
export type JobName = "sync-prices" | "prune" | (typeof SYNC_MODELS_JOBS)[number];
export const JOB_NAMES: readonly JobName[] = [...SYNC_MODELS_JOBS, "sync-prices", "prune"];

export interface CoordinatorStatus {
  readonly run: {
    readonly id: string;
    readonly state: string;
    readonly done: number;
    readonly of: number;
    readonly startedAt: string | null;
  } | null;
  readonly waitingForDelivery: number;
  readonly rejectedByDatabase: number;
  readonly spentLast24hUsd: number;
  readonly budgetUsd: number;
}
