import * as z from "zod";
import { type Client, StoreError } from "./client.ts";

const time = z.iso.datetime({ offset: true });
const figure = z.number().nullable();

const memory = z.object({
  endpoints: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      simulated: z.boolean(),
      past: z.array(z.tuple([z.number(), figure, figure, figure])),
      recent: z.array(
        z.object({
          id: z.guid(),
          created_at: time,
          success: z.boolean(),
          error_kind: z.string().nullable(),
          status_code: z.number().nullable(),
          confirmation: z.boolean(),
          ttft_ms: figure,
          total_latency_ms: z.number(),
          tps: figure,
        }),
      ),
    }),
  ),
  incidents: z.array(
    z.object({
      id: z.guid(),
      provider: z.string(),
      simulated: z.boolean(),
      kind: z.enum(["outage", "errors", "slowdown"]),
      opened_at: time,
      endpoints: z.array(
        z.object({
          model: z.string(),
          since: time,
          until: time.nullable(),
          reason: z.string(),
          evidence: z.array(z.string()),
        }),
      ),
      revision: z.number(),
    }),
  ),
});
/** What a watch that remembers nothing can learn of a place. */
export type StoredWatchMemory = z.infer<typeof memory>;

/** @throws StoreError */
export async function readWatchMemory(
  client: Client,
  location: string,
  since: Date,
): Promise<StoredWatchMemory> {
  const answer = await client.rpc("engine_watch_memory", {
    at_location: location,
    since: since.toISOString(),
  });
  StoreError.throwIf(answer, "read what the watch knew");
  return memory.parse(answer.data);
}
