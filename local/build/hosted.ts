import { z } from "zod";
import { SetupError } from "../errors.ts";

export interface SupabaseKeys {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceRole: string;
}

const TIMEOUT_MS = 10_000;
/** PostgREST passes Postgres' own code on: the key is known, its role has no such right. */
const PERMISSION_DENIED = "42501";
const refusal = z.object({ code: z.string() });

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  /** What the refusal calls itself; null where it does not. */
  readonly code: string | null;
}

/**
 * Makes sure that a Supabase project answers, takes both keys and has our tables.
 *
 * @throws SetupError with one line on what is missing.
 */
export async function requireSupabase({ url, anonKey, serviceRole }: SupabaseKeys): Promise<void> {
  await check(url, "SUPABASE_ANON_KEY", anonKey, "providers", "id");
  // Readers may read every other column of results: whoever may read this one is the writer.
  await check(url, "SUPABASE_SERVICE_ROLE", serviceRole, "benchmark_results", "endpoint_host");
}

async function check(url: string, setting: string, key: string, table: string, column: string) {
  const response = await ask(`${url}/rest/v1/${table}?select=${column}&limit=1`, key).catch(
    (error: unknown) => {
      throw new SetupError(
        `Supabase at ${url} cannot be reached (${reasonOf(error)}); check SUPABASE_URL, and whether the project is paused.`,
      );
    },
  );
  if (response.ok) return;
  const host = new URL(url).host;
  if (response.code === PERMISSION_DENIED) {
    throw new SetupError(
      `${host} does not let ${setting} read ${table}.${column}; ${
        setting === "SUPABASE_SERVICE_ROLE"
          ? "it must be the secret (service_role) key, not one that only reads."
          : "apply the migrations with: npx supabase db push."
      }`,
    );
  }
  if (response.status === 401 || response.status === 403) {
    throw new SetupError(
      `${host} does not accept ${setting}; copy it again from the project's settings, API keys.`,
    );
  }
  if (response.status === 404) {
    throw new SetupError(
      `${host} has no table "${table}"; apply the migrations with: npx supabase db push, or paste supabase/schema.sql into its SQL editor.`,
    );
  }
  throw new SetupError(
    `${host} answers with status ${response.status}; is SUPABASE_URL the address of a Supabase project?`,
  );
}

async function ask(address: string, key: string): Promise<Answer> {
  const response = await fetch(address, {
    headers: { apikey: key, authorization: `Bearer ${key}` },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  return { ok: response.ok, status: response.status, code: codeIn(text) };
}

function codeIn(text: string): string | null {
  try {
    return refusal.parse(JSON.parse(text)).code;
  } catch {
    return null; // Not PostgREST's answer: the status must do.
  }
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (cause instanceof Error) return "code" in cause && cause.code ? String(cause.code) : cause.message;
  return error.name === "TimeoutError" ? "no answer within 10 s" : error.message;
}
