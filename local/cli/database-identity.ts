import { createHash } from "node:crypto";

/** Which database a file's rows are meant for. */
export interface DatabaseIdentity {
  /** A short hash: two addresses of one database may differ, two databases never share one. */
  readonly id: string;
  /** For a person. */
  readonly name: string;
}

/** A database of one's own, told by its address. */
export function databaseAt(url: string): DatabaseIdentity {
  const { href, host } = new URL(url);
  return { id: shortHash(href.replace(/\/+$/, "")), name: host };
}

/** The embedded Supabase, told by its directory: its port may be another at each start. */
export function embeddedDatabase(dataDirectory: string): DatabaseIdentity {
  return { id: shortHash(`embedded ${dataDirectory}`), name: "the embedded Supabase" };
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
