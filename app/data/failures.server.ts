import { z } from "zod";
import { FAILURE_OWNERS, failureMeaning, ownerSentence } from "../lib/failures.ts";
import { count, time } from "../lib/schema.ts";

/** Failures of one kind and owner, with the newest of them. */
export const failureSchema = z.object({
  kind: z.string(),
  owner: z.enum(FAILURE_OWNERS),
  n: count,
  statuses: z.array(z.int()),
  newest_at: time,
  newest_id: z.guid(),
  run_id: z.guid(),
  message: z.string().nullable(),
});

export type Failures = ReturnType<typeof toFailures>;

export function toFailures(failures: readonly z.infer<typeof failureSchema>[]) {
  return failures.map((failure) => ({
    ...failure,
    meaning: `${failureMeaning(failure.kind)}. ${ownerSentence(failure.owner)}`,
  }));
}
