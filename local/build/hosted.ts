import { z } from "zod";
import { adviceFor, type Refusal } from "../../workers/settings/refusal.ts";
import { keyHeaders } from "../../workers/settings/supabase.ts";
import { SetupError } from "../errors.ts";

export interface SupabaseKeys {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceRole: string;
}

const TIMEOUT_MS = 10_000;
/** PostgREST passes Postgres' own code on: the key is known, its role has no such right. */
const PERMISSION_DENIED = "42501";
/** A key is good, whatever it may not read yet, where these come back: no such table, no such column. */
const NOT_MIGRATED = new Set(["PGRST205", "42P01", "42703"]);
const spoken = z.object({
  code: z.string().nullish(),
  message: z.string().nullish(),
  error: z.string().nullish(),
});

/**
 * Makes sure that a Supabase project answers, takes both keys and has our tables.
 *
 * @throws SetupError with one line on what is missing.
 */
export async function requireSupabase(keys: SupabaseKeys): Promise<void> {
  await requireSupabaseKeys(keys, { migrated: true });
}

/**
 * Makes sure that a project answers and takes both keys; that it has our tables too, where it has been migrated.
 *
 * @throws SetupError with one line on what is wrong.
 */
export async function requireSupabaseKeys(
  { url, anonKey, serviceRole }: SupabaseKeys,
  { migrated }: { readonly migrated: boolean },
): Promise<void> {
  await check(url, "SUPABASE_ANON_KEY", anonKey, "providers", "id", migrated);
  // Readers may read every other column of results: whoever may read this one is the writer.
  await check(url, "SUPABASE_SERVICE_ROLE", serviceRole, "benchmark_results", "endpoint_host", migrated);
}

async function check(
  url: string,
  setting: string,
  key: string,
  table: string,
  column: string,
  migrated: boolean,
): Promise<void> {
  const refusal = await ask(`${url}/rest/v1/${table}?select=${column}&limit=1`, key).catch(
    (error: unknown) => {
      throw new SetupError(
        `Supabase at ${url} cannot be reached (${reasonOf(error)}); check SUPABASE_URL, and whether the project is paused.`,
      );
    },
  );
  if (refusal === null || (!migrated && NOT_MIGRATED.has(refusal.code ?? ""))) return;
  const { status, code } = refusal;
  const host = new URL(url).host;
  const words = `"${refusal.message}" (HTTP ${status}${code === null ? "" : `, ${code}`})`;
  if (code === PERMISSION_DENIED && setting === "SUPABASE_SERVICE_ROLE") {
    throw new SetupError(
      `${host} does not let ${setting} read ${table}.${column}: ${words}; it must be the secret (service_role) key, or the migrations are not applied: npm run migrate.`,
    );
  }
  const advice = adviceFor(refusal);
  if (advice !== null) throw new SetupError(`${host} says to ${setting} ${words}; ${advice}.`);
  if (status === 401 || status === 403) {
    throw new SetupError(
      `${host} does not accept ${setting}: ${words}; copy it again from the project's settings, API keys.`,
    );
  }
  throw new SetupError(`${host} answers ${words}; is SUPABASE_URL the address of a Supabase project?`);
}

/** @returns null where the key may read what is asked for. */
async function ask(address: string, key: string): Promise<Refusal | null> {
  const response = await fetch(address, {
    headers: keyHeaders(key),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  return response.ok ? null : { status: response.status, ...wordsIn(text) };
}

function wordsIn(text: string): Pick<Refusal, "code" | "message"> {
  let body: z.infer<typeof spoken> = {};
  try {
    body = spoken.parse(JSON.parse(text));
  } catch {
    // Not PostgREST's answer: its first line, or the status, must do.
  }
  const line = body.message ?? body.error ?? text.replace(/<[^>]*>/g, " ");
  return { code: body.code ?? null, message: line.replace(/\s+/g, " ").trim().slice(0, 200) };
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (cause instanceof Error) return "code" in cause && cause.code ? String(cause.code) : cause.message;
  return error.name === "TimeoutError" ? "no answer within 10 s" : error.message;
}
