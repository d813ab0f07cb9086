import { type Client, StoreError } from "./client.ts";

/** More than anybody adds; what is read at each run stays small. */
export const MAX_STORED_PROVIDERS = 200;

/** Rows of the providers that an operator has added, as they stand there: not yet checked. @throws StoreError */
export async function readStoredProviders(client: Client): Promise<readonly unknown[]> {
  const answer = await client
    .from("providers")
    .select("slug, name, kind, base_url, key_variable, dialect")
    .not("dialect", "is", null)
    .order("created_at")
    .order("slug")
    .limit(MAX_STORED_PROVIDERS);
  StoreError.throwIf(answer, "read the providers that were added");
  return answer.data;
}
