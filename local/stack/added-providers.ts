import { readConfig } from "../../workers/benchmark/config.ts";
import { providerOf } from "../../workers/benchmark/providers/dialect.ts";
import { describeStored } from "../../workers/benchmark/providers/stored.ts";
import { StoreError } from "../../workers/benchmark/store/client.ts";
import { createStore } from "../../workers/benchmark/store/index.ts";
import type { SupabaseKeys } from "../build/hosted.ts";
import { readVariables } from "../settings.ts";

/** Of the providers that the database holds: what the Worker is told, and what a person is. */
export interface AddedProviders {
  /** Keys that stand in the environment and not in `.dev.vars`. */
  readonly keys: Readonly<Record<string, string>>;
  readonly measured: readonly string[];
  /** Names with the settings that are missing. */
  readonly withoutKey: readonly string[];
}

/** @param say told where they cannot be read; they are left out then. */
export async function addedProviders(
  root: string,
  { url, serviceRole }: SupabaseKeys,
  say: (line: string) => void,
): Promise<AddedProviders> {
  const { supabase } = readConfig({ SUPABASE_URL: url, SUPABASE_SERVICE_ROLE: serviceRole });
  const rows = supabase === null ? [] : await createStore(supabase).storedProviders().catch(unread(say));
  const { described, refused } = describeStored(rows);
  for (const { slug, problem } of refused) say(`Provider ${slug} cannot be used: ${problem}.`);
  const providers = described.map((description) => providerOf(description, { isStored: true }));
  const variables = providers.flatMap(({ keyVariable }) => keyVariable ?? []);
  const given = readVariables(root, process.env, variables).variables;
  const keys = Object.fromEntries(variables.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
  const isReady = (variable: string | null) => variable === null || keys[variable] !== undefined;
  return {
    keys,
    measured: providers.filter(({ keyVariable }) => isReady(keyVariable)).map(({ name }) => name),
    withoutKey: providers
      .filter(({ keyVariable }) => !isReady(keyVariable))
      .map(({ name, keyVariable }) => `${name} (set ${keyVariable})`),
  };
}

function unread(say: (line: string) => void): (error: unknown) => readonly unknown[] {
  return (error) => {
    if (!(error instanceof StoreError)) throw error;
    say(`Providers that were added are not known: ${error.message}`);
    return [];
  };
}
