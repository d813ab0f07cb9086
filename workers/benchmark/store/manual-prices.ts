import { type Client, StoreError } from "./client.ts";

/** The source of a price that a person has set: no sync puts another in its place. */
export const MANUAL = "manual";

/**
 * Takes back the prices that a person has set since the last one that was read somewhere.
 * @returns how many there were.
 * @throws StoreError
 */
export async function unsetPrice(client: Client, modelId: string): Promise<number> {
  const read = await client
    .from("prices")
    .select("timestamp")
    .eq("model_id", modelId)
    .neq("source", MANUAL)
    .order("timestamp", { ascending: false })
    .limit(1);
  StoreError.throwIf(read, "read a price");
  const since = read.data[0]?.timestamp;
  const manual = client.from("prices").delete().eq("model_id", modelId).eq("source", MANUAL);
  const gone = await (since === undefined ? manual : manual.gt("timestamp", since)).select("id");
  StoreError.throwIf(gone, "take back a price");
  return gone.data.length;
}
