import type { Database } from "../../../supabase/database.types.ts";

type Tables = Database["public"]["Tables"];

/** A row of `benchmark_results`, every column named. */
export type ResultRow = Tables["benchmark_results"]["Row"];
export type RunRow = Tables["runs"]["Insert"] & { id: string };

/** Something the database must get to know, in a form that can be sent twice without harm. */
export type OutboxItem =
  | { readonly kind: "run"; readonly row: RunRow }
  | { readonly kind: "result"; readonly row: ResultRow }
  | {
      readonly kind: "run-end";
      readonly runId: string;
      readonly patch: Pick<Tables["runs"]["Update"], "finished_at" | "skipped" | "note">;
    }
  /** Takes a model out of the runs and says why. */
  | { readonly kind: "deactivate"; readonly runId: string; readonly modelId: string; readonly flag: string }
  /** Closes runs at this location that began before a time and never ended. */
  | {
      readonly kind: "close-abandoned";
      readonly runId: string;
      readonly location: string;
      readonly before: string;
    };

/** What became of offering an item to the database. */
export type Delivery = { readonly subrequests: number } & (
  | { readonly state: "delivered" }
  /** Not now: the database is away, or not yet as it should be. */
  | { readonly state: "later"; readonly reason: string }
  /** Never: the row itself is refused. */
  | { readonly state: "rejected"; readonly reason: string }
);
