/** What the database's answers are made of, wherever they come from. */
import { z } from "zod";

export const count = z.int().nonnegative();
/** A number that may not be known. */
export const figure = z.number().nullable();
export const time = z.iso.datetime({ offset: true });
/** How a provider is reached; null for one that is not in the table. */
export const kind = z.enum(["direct", "proxy"]).nullable();

/** What is told of a run wherever it is named. */
export const runHead = {
  id: z.uuid(),
  run_name: z.string(),
  triggered_by: z.string(),
  started_at: time,
  finished_at: time.nullable(),
  location: z.string().nullable(),
  targets: count.nullable(),
  note: z.string().nullable(),
};
