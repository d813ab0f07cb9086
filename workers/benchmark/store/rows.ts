import type { Database } from "../../../supabase/database.types.ts";

type Tables = Database["public"]["Tables"];

/** Columns that a row may leave to the database: it decides them, or has a default for them. */
type LeftToDatabase =
  | "served_model"
  | "system_fingerprint"
  | "service_tier"
  | "provider_request_id"
  | "gap_p99_ms"
  | "longest_gap_ms"
  | "usage_implausible"
  | "colo_outside_region"
  | "confirmation"
  | "upstream_pinned"
  | "series_id"
  | "failure_owner"
  | "cost_known";

/** A row of `benchmark_results` as a measurement writes it. */
export type ResultRow = Omit<Tables["benchmark_results"]["Row"], LeftToDatabase> &
  Pick<Tables["benchmark_results"]["Insert"], LeftToDatabase>;
export type RunRow = Tables["runs"]["Insert"] & { id: string };

/** How an endpoint is, as the watch decided; engine_write_watch takes it. */
export interface StateRow {
  readonly provider: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly state: string;
  readonly since: string;
  readonly reason: string;
  readonly measured_at: string;
}

export interface IncidentRow {
  readonly id: string;
  readonly provider: string;
  readonly simulated: boolean;
  readonly kind: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly endpoints: readonly {
    readonly model: string;
    readonly since: string;
    readonly until: string | null;
    readonly reason: string;
    readonly evidence: readonly string[];
  }[];
  readonly revision: number;
}

/** Something the database must get to know, in a form that can be sent twice without harm. */
export type OutboxItem =
  | { readonly kind: "run"; readonly row: RunRow }
  | { readonly kind: "result"; readonly row: ResultRow }
  | {
      readonly kind: "run-end";
      readonly runId: string;
      readonly patch: Pick<Tables["runs"]["Update"], "finished_at" | "skipped" | "note">;
    }
  /** What the watch has decided. */
  | {
      readonly kind: "watch";
      readonly runId: string;
      readonly change: {
        readonly location: string;
        readonly states: readonly StateRow[];
        readonly incidents: readonly IncidentRow[];
      };
    }
  /** Takes a model out of the runs and says why. */
  | { readonly kind: "deactivate"; readonly runId: string; readonly modelId: string; readonly flag: string }
  /** Computes a window's figures anew, now that there are new results; dropped where it fails, since the next run asks again. */
  | {
      readonly kind: "refresh-windows";
      readonly runId: string;
      readonly location: string;
      readonly window: RefreshedWindow["window"];
      readonly part: RefreshedWindow["part"];
    }
  /** Closes runs at this location that began before a time and never ended. */
  | {
      readonly kind: "close-abandoned";
      readonly runId: string;
      readonly location: string;
      readonly before: string;
    };

/** The windows that pages read (engine_refresh_windows); one call each, so that each has its own time limit. */
export const WINDOWS = [
  { window: "1h", part: "current" },
  { window: "24h", part: "current" },
  { window: "7d", part: "current" },
  { window: "30d", part: "current" },
  { window: "24h", part: "previous" },
  { window: "7d", part: "previous" },
  { window: "30d", part: "previous" },
] as const;
type RefreshedWindow = (typeof WINDOWS)[number];

/** What a finished run asks for, after its results. */
export function windowRefreshes(runId: string, location: string): OutboxItem[] {
  return WINDOWS.map((window) => ({ kind: "refresh-windows", runId, location, ...window }));
}

/** What became of offering an item to the database. */
export type Delivery = { readonly subrequests: number } & (
  | { readonly state: "delivered" }
  /** Not now: the database is away, or not yet as it should be. */
  | { readonly state: "later"; readonly reason: string }
  /** Never: the row itself is refused. */
  | { readonly state: "rejected"; readonly reason: string }
  /** Tried in vain, and not worth a second try. */
  | { readonly state: "dropped"; readonly reason: string }
);
