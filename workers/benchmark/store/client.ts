import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "../../../supabase/database.types.ts";
import { adviceFor } from "../../settings/refusal.ts";
import { withoutBearer } from "../../settings/supabase.ts";
import type { SupabaseSettings } from "../config.ts";

export type Client = SupabaseClient<Database>;

/**
 * A Supabase client that writes as the service role. No session is kept (a Worker has none), and a request
 * that hangs ends after `timeoutMs`, unless it brings a limit of its own.
 */
export function createServiceClient({
  url,
  serviceRole,
  timeoutMs,
}: Omit<SupabaseSettings, "takesSimulated">): Client {
  return createClient<Database>(url, serviceRole, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      // Wrapped, because a bare `fetch` loses its `this` in Workers ("Illegal invocation").
      fetch: (input, init) =>
        fetch(input, {
          ...withoutBearer(init, serviceRole),
          signal: init?.signal ?? AbortSignal.timeout(timeoutMs),
        }),
    },
  });
}

interface Answer {
  readonly error: {
    readonly message: string;
    readonly code?: string;
    readonly details?: string | null;
  } | null;
  readonly status: number;
}

/** The database could not be read or written: one line that says what was tried and what it answered. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** Whether the same request may well succeed in a moment. */
  readonly passes: boolean;

  constructor(message: string, passes = false) {
    super(message);
    this.passes = passes;
  }

  static throwIf<A extends Answer>(answer: A, what: string): asserts answer is A & { error: null } {
    if (answer.error)
      throw new StoreError(`Could not ${what}: ${describeRefusal(answer)}`, isPassing(answer));
  }
}

/** PostgREST has lost its database, or has not read its schema yet. */
const UNREADY = /^PGRST00[0-3]$/;

/** No answer, one of a machine on the way, or of a server that is not ready yet. A paused project stays paused. */
function isPassing({ error, status }: Answer): boolean {
  const code = error?.code ?? "";
  if (code === "PGRST303") return /future/i.test(error?.message ?? "");
  return (
    status === 0 ||
    status === 408 ||
    status === 429 ||
    UNREADY.test(code) ||
    (status >= 500 && status !== 540)
  );
}

/** What the database said when a request did not succeed, as one line for a person. */
export function describeRefusal({ error, status }: Answer): string {
  if (!error) return "";
  // PostgREST names the SQLSTATE or its own code; an answer of the gateway's has none.
  const code = error.code ? ` (${error.code})` : "";
  // supabase-js keeps why a fetch failed in the details, below a stack.
  const cause = status ? undefined : /Caused by: (?:\w*Error: )?(.+)/.exec(error.details ?? "")?.[1];
  const line = (cause ?? error.message).split("\n")[0] ?? "";
  const advice = adviceFor({ status, code: error.code || null, message: error.message });
  return `${status ? `HTTP ${status}: ` : ""}${line}${code}${advice ? `; ${advice}` : ""}`;
}
