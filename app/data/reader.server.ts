import { PostgrestClient } from "@supabase/postgrest-js";
import type { Database } from "../../supabase/database.types.ts";
import { keyHeaders } from "../../workers/settings/supabase.ts";

/** Why the database gave no answer; each has its own page. */
export type ReadFailure = "unreachable" | "refused" | "not_migrated" | "timed_out" | "busy" | "failed";

export class ReadError extends Error {
  readonly failure: ReadFailure;
  constructor(failure: ReadFailure, message: string) {
    super(message);
    this.name = "ReadError";
    this.failure = failure;
  }
}

type Functions = Database["public"]["Functions"];
export type FunctionName = keyof Functions;
/** What a function takes, by the generated types. An optional parameter that is null is left to its own default. */
export type Parameters<Name extends FunctionName> = {
  readonly [P in keyof Functions[Name]["Args"]]:
    | Functions[Name]["Args"][P]
    | (undefined extends Functions[Name]["Args"][P] ? null : never);
};

/** Calls one of the database's read functions; each returns one JSON value, which its schema parses. */
export interface Reader {
  call<Name extends FunctionName>(name: Name, parameters: Parameters<Name>): Promise<unknown>;
}

/** Loaders give up after this long: the function itself is cut off by the database after 3 s. */
const TIMEOUT_MS = 8_000;

/**
 * A reader over PostgREST with the anon key.
 * @throws {ReadError} from `call`, with what went wrong and no key in it.
 */
export function createReader(url: string, anonKey: string): Reader {
  // The part of supabase-js that asks the database: nobody signs in here, and each isolate would load the rest too.
  const client = new PostgrestClient<Database>(`${url}/rest/v1`, {
    headers: keyHeaders(anonKey),
    // Wrapped, because a bare `fetch` loses its `this` in Workers ("Illegal invocation").
    fetch: (input, init) => fetch(input, init),
  });
  return {
    async call(name, parameters) {
      const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null));
      const { data, error, status } = await client
        .rpc(name, given, { get: true })
        // Its own retries wait 1, 2 and 4 s: a reader would look at nothing for so long.
        .retry(false)
        .abortSignal(AbortSignal.timeout(TIMEOUT_MS));
      if (error === null) return data as unknown;
      throw new ReadError(classify(status, error.code), `${name}: ${error.code || status || "no answer"}`);
    },
  };
}

function classify(status: number, code: string): ReadFailure {
  if (code === "57014") return "timed_out";
  if (status === 401 || status === 403) return "refused";
  if (status === 404 || code === "PGRST202" || code === "42883") return "not_migrated";
  if (status === 0 || status >= 502) return "unreachable";
  return "failed";
}
