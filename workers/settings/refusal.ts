/** What Supabase, or the PostgREST in it, said when it did not do as asked. */
export interface Refusal {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** PostgREST's own code or Postgres' SQLSTATE; null where the gateway in front of them answered. */
  readonly code: string | null;
  readonly message: string;
}

/** PostgREST's codes for a table and a function that are not there, and Postgres' own. */
const MISSING = new Set(["PGRST205", "PGRST202", "42P01", "42883"]);

/**
 * What a person can do about it; null where what the server says must be enough.
 * https://docs.postgrest.org/en/v14/references/errors.html, https://supabase.com/docs/guides/troubleshooting/http-status-codes
 */
export function adviceFor({ status, code, message }: Refusal): string | null {
  if (code !== null && MISSING.has(code)) {
    return "this version's tables or functions are missing: apply the migrations with npm run migrate";
  }
  if (code === "42501")
    return "the key's role lacks a grant of this version: apply the migrations with npm run migrate";
  if (code === "PGRST303" && /future/i.test(message)) {
    return "the clocks of Supabase's servers disagree, which passes: try again in a minute";
  }
  if (code === "PGRST303") return "the key has expired: copy it again from the project's settings, API keys";
  if (status === 540) return "the project is paused: open it in Supabase's dashboard and choose Restore";
  if (status === 402)
    return "the project is restricted for what it used: see Supabase's dashboard, organization, Usage";
  if (code === "25006" || status === 405) {
    return "the database is full and read-only: make room as docs/runs.md says under A full database";
  }
  return null;
}
