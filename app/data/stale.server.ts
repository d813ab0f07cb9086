import { readHealth } from "./api.server.ts";
import type { Reader } from "./reader.server.ts";

/** When the newest result came, ISO, where that is too long ago; null where it is not, or nobody can say. */
export async function readStale(reader: Reader): Promise<string | null> {
  const { status, newest_result_at } = await readHealth(reader);
  return status === "stale" ? newest_result_at : null;
}
