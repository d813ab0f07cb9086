/** Facts of one event, beside what every line has. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

const HIDDEN = "[redacted]";
const LONGEST = 500;
/** What looks like a key, whoever's: new-style keys, JSON Web Tokens, and what a header or a setting carries. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\bsb_(?:secret|publishable)_[\w-]+/g, HIDDEN],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, HIDDEN],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [
    /\b(apikey|api[_-]key|token|secret|password|authorization)(["']?\s*[=:]\s*["']?)[^\s"',;&]{4,}/gi,
    `$1$2${HIDDEN}`,
  ],
];

/**
 * The dashboard's one way to log: one JSON line an event, as the other Worker writes them, without anything that looks
 * like a key.
 */
export function logEvent(level: "warn" | "error", event: string, fields: LogFields = {}): void {
  const clean = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string" ? redact(value).slice(0, LONGEST) : value,
  ]);
  const json = JSON.stringify({ level, event, time: new Date().toISOString(), ...Object.fromEntries(clean) });
  // What a terminal obeys, or turns text round, stands as JSON's escape for it.
  const line = json.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (level === "error") console.error(line);
  else console.warn(line);
}

/** A failure to answer a request, with the path alone: what was asked for may be long, and is nobody's business. */
export function logFailure(event: string, request: Request, error: unknown): void {
  logEvent("error", event, {
    path: new URL(request.url).pathname,
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  });
}

function redact(text: string): string {
  return SECRETS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}
