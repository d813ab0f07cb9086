import type { Database, Json } from "../../../supabase/database.types.ts";
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
    .limit(MAX_STORED_PROVIDERS)
    // A run that cannot read them goes on with those it knows; seven seconds of trying again would hold up each attempt.
    .retry(false);
  StoreError.throwIf(answer, "read the providers that were added");
  return answer.data;
}

type Row = Database["public"]["Tables"]["providers"]["Row"];
/** A provider's row as it is written. */
export type ProviderRecord = Pick<Row, "slug" | "name" | "kind" | "base_url" | "key_variable"> & {
  readonly dialect: object;
};

/** Slug of the provider that has a name already; null where it is free. @throws StoreError */
export async function providerNamed(client: Client, name: string): Promise<string | null> {
  const answer = await client.from("providers").select("slug").eq("name", name).limit(1);
  StoreError.throwIf(answer, "look for a provider's name");
  return answer.data[0]?.slug ?? null;
}

/** Makes or renews a provider that an operator describes. @returns its id. @throws StoreError */
export async function saveProvider(client: Client, provider: ProviderRecord): Promise<string> {
  const answer = await client
    .from("providers")
    // Plain data all through; the types only say it in another way.
    .upsert({ ...provider, dialect: provider.dialect as unknown as Json }, { onConflict: "slug" })
    .select("id")
    .single();
  StoreError.throwIf(answer, "save a provider");
  return answer.data.id;
}

/** What became of a provider that was removed. */
export interface Removed {
  /** Whether nothing was measured of it, so that nothing is left of it. */
  readonly deleted: boolean;
  readonly models: number;
}

/**
 * Takes a provider that an operator has added out of everything. What was measured of it stays, under its name.
 * @throws StoreError
 */
export async function removeProvider(client: Client, slug: string): Promise<Removed | null> {
  const found = await client.from("providers").select("id").eq("slug", slug).not("dialect", "is", null);
  StoreError.throwIf(found, "read a provider");
  const id = found.data[0]?.id;
  if (id === undefined) return null;
  // First out of the runs: whatever fails after that, nothing is asked there any more.
  const stopped = await client
    .from("models")
    .update({ active: false, available: false, pinned_upstreams: [], held_price: null, flag: null })
    .eq("provider_id", id)
    .select("id");
  StoreError.throwIf(stopped, "take a provider's models out of the runs");
  const measured = await client.from("benchmark_results").select("id").eq("provider", slug).limit(1);
  StoreError.throwIf(measured, "look for a provider's results");
  const deleted = measured.data.length === 0;
  const gone = deleted
    ? await client.from("providers").delete().eq("id", id)
    : await client
        .from("providers")
        .update({ dialect: null, key_variable: null, base_url: null, held_list: null })
        .eq("id", id);
  StoreError.throwIf(gone, "remove a provider");
  return { deleted, models: stopped.data.length };
}
