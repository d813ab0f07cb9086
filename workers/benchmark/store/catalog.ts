import type { Database } from "../../../supabase/database.types.ts";
import { type Client, StoreError } from "./client.ts";

type Tables = Database["public"]["Tables"];

export type NewProvider = Pick<
  Tables["providers"]["Insert"],
  "slug" | "name" | "base_url" | "logo_url" | "kind"
>;
export type NewModel = Pick<
  Tables["models"]["Insert"],
  "name" | "provider_id" | "active" | "available" | "reasoning"
>;

/** The row's id, and whether this call made the row. */
export interface Ensured {
  readonly id: string;
  readonly created: boolean;
}

/** Gets a provider by its slug or creates it; an existing row is left as it is. @throws StoreError */
export async function ensureProvider(client: Client, provider: NewProvider): Promise<Ensured> {
  const inserted = await client
    .from("providers")
    .upsert(provider, { onConflict: "slug", ignoreDuplicates: true })
    .select("id");
  StoreError.throwIf(inserted, "create a provider");
  const created = inserted.data?.[0]?.id;
  if (created) return { id: created, created: true };
  const existing = await client.from("providers").select("id").eq("slug", provider.slug).single();
  StoreError.throwIf(existing, "read a provider");
  return { id: existing.data.id, created: false };
}

/** Gets a provider's model by its name or creates it; an existing row is left as it is. @throws StoreError */
export async function ensureModel(client: Client, model: NewModel): Promise<Ensured> {
  const inserted = await client
    .from("models")
    .upsert(model, { onConflict: "name,provider_id", ignoreDuplicates: true })
    .select("id");
  StoreError.throwIf(inserted, "create a model");
  const created = inserted.data?.[0]?.id;
  if (created) return { id: created, created: true };
  const existing = await client
    .from("models")
    .select("id")
    .eq("name", model.name)
    .eq("provider_id", model.provider_id)
    .single();
  StoreError.throwIf(existing, "read a model");
  return { id: existing.data.id, created: false };
}
