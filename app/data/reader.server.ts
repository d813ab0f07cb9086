import { z } from "zod";
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

/** What PostgREST says of a call that failed; the code is its own or Postgres'. */
const errorBody = z.object({ code: z.string().optional() });

/**
 * A reader over PostgREST with the anon key. By `fetch` itself, since a page asks several times and only ever so: Supabase's
 * client took as long to put a question together as the schemas take to check the answer
 * (https://docs.postgrest.org/en/stable/references/api/functions.html).
 * @throws {ReadError} from `call`, with what went wrong and no key in it.
 */
export function createReader(url: string, anonKey: string): Reader {
  const headers = { ...keyHeaders(anonKey), accept: "application/json" };
  return {
    async call(name, parameters) {
      const address = `${url}/rest/v1/rpc/${name}${writeParameters(parameters)}`;
      const { status, text } = await ask(address, headers);
      const read = readJson(text);
      if (status >= 200 && status < 300 && read !== undefined) return read;
      const code = errorBody.safeParse(read).data?.code;
      throw new ReadError(classify(status, code), `${name}: ${code || status || `no answer, ${text}`}`);
    },
  };
}

/** A function's parameters as PostgREST reads them from an address; a list is written as Postgres writes arrays. */
function writeParameters(parameters: Readonly<Record<string, unknown>>): string {
  const written = Object.entries(parameters).flatMap(([name, value]) => {
    if (value == null) return [];
    const text = Array.isArray(value)
      ? `{${value.map((each) => JSON.stringify(each)).join()}}`
      : String(value);
    return [`${name}=${encodeURIComponent(text)}`];
  });
  return written.length === 0 ? "" : `?${written.join("&")}`;
}

/** Status 0 where there is no answer, or not in time; the text is then the error's name. */
async function ask(
  address: string,
  headers: Record<string, string>,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: error instanceof Error ? error.name : "" };
  }
}

/** Undefined for what is not JSON: a proxy's error page, or an answer that broke off. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function classify(status: number, code: string | undefined): ReadFailure {
  if (code === "57014") return "timed_out";
  if (status === 401 || status === 403) return "refused";
  if (status === 404 || code === "PGRST202" || code === "42883") return "not_migrated";
  if (status === 0 || status >= 502) return "unreachable";
  return "failed";
}
