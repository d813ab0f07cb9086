import { toJsonText } from "../json.ts";

const MAX_CAUSES = 5;

/**
 * What an exception of `fetch` or of a body says, causes included: "fetch failed" alone helps nobody, and the
 * reason (ECONNREFUSED, a certificate) stands in its cause. Not yet redacted.
 */
export function failureText(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && current !== undefined && current !== null; depth += 1) {
    // One failed attempt an address (happy eyeballs): the first speaks for all.
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0];
    const part = describe(current);
    if (part !== "" && !parts.includes(part)) parts.push(part);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(": ");
}

function describe(value: unknown): string {
  if (!(value instanceof Error)) return typeof value === "object" ? toJsonText(value) : String(value);
  const code = "code" in value && typeof value.code === "string" ? value.code : "";
  if (value.message === "") return code || value.name;
  return code === "" || value.message.includes(code) ? value.message : `${value.message} (${code})`;
}
