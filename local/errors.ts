/**
 * Something the person at the terminal can mend: the message is one line that says what is wrong and what to
 * do. Entry points print the message alone and exit with code 1; every other error is a fault of ours and keeps
 * its stack.
 */
export class SetupError extends Error {
  override name = "SetupError";
}

/** The command line cannot be understood: exit code 2. */
export class UsageError extends SetupError {
  override name = "UsageError";
}

/** What to say of a thrown value: the message of an Error, anything else as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node or Postgres error ("EADDRINUSE", "42P01"), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
