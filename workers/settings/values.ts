import * as z from "zod";

/* What the text of a setting may be. Every message goes on after the setting's name and repeats no value. */

const QUOTE = /["'`\u2018\u2019\u201c\u201d]/;
const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;

/** Whether a URL's host name is this machine: what goes there crosses no network. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

const PRIVATE_IPV4 =
  /^(?:0|10|127)\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.168\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
const PRIVATE_IPV6 = /^\[(?:::|f[cd]|fe[89ab])/;
/** An IPv4 address as IPv6 writes it, in a URL: ::ffff:808:808. */
const MAPPED_IPV4 = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/;
const PRIVATE_NAME = /^[^.]+$|\.(?:local|localhost|localdomain|lan|internal|intranet|home|home\.arpa)$/;

/**
 * Whether a URL's host name is one of this machine or of its own network, as far as the name tells: nothing outside
 * reaches it, a deployed Worker neither.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "").toLowerCase();
  const [, high, low] = MAPPED_IPV4.exec(host) ?? [];
  if (high !== undefined && low !== undefined) {
    const bytes = [high, low].map((group) => Number.parseInt(group, 16)).flatMap((n) => [n >> 8, n & 255]);
    return PRIVATE_IPV4.test(bytes.join("."));
  }
  if (host.startsWith("[")) return PRIVATE_IPV6.test(host);
  return /^[\d.]+$/.test(host) ? PRIVATE_IPV4.test(host) : PRIVATE_NAME.test(host);
}

const isHttpHost = { loopback: isLoopback, private: isPrivateHost };
const HTTP_IS_TAKEN = {
  loopback: "for this machine alone",
  private: "for this machine and its own network alone",
};

/** Null where nothing is wrong with an address that keys, or figures to be trusted, travel to and from. */
function addressProblem(text: string, http: keyof typeof isHttpHost = "loopback"): string | null {
  // As it is written: a URL's parser takes blanks out, turns backslashes round, and forgets an empty name or fragment.
  const authority = /^https?:\/\/([^/?#\\\s]+)(?=[/?#]|$)/i.exec(text)?.[1];
  if (authority === undefined || /\s|\\/.test(text) || !URL.canParse(text)) return "must be an http(s) URL";
  if (authority.includes("@")) {
    return "must not carry a user name or password: they would be logged and stored with the address";
  }
  if (text.includes("#")) return "must not end in a #fragment: it is never sent";
  const { protocol, hostname } = new URL(text);
  if (protocol === "http:" && !isHttpHost[http](hostname)) {
    return `must begin with https: over http anybody on the way reads and changes what is sent (http is taken ${HTTP_IS_TAKEN[http]})`;
  }
  return null;
}

const checked = (problemOf: (text: string) => string | null) =>
  z.string().superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

/** https, or http on this machine; no user name, password or fragment. */
export const address = checked((text) => addressProblem(text));

/** An address that paths are put behind: without a query and without slashes at its end. */
export const baseUrl = base("loopback");

/** The base URL of a provider that an operator adds: it may stand in the network of the machine that asks it. */
export const providerAddress = base("private");

function base(http: keyof typeof isHttpHost) {
  return checked((text) => {
    if (text.length > 500) return "must have at most 500 characters";
    const problem = addressProblem(text, http);
    if (problem !== null) return problem;
    return text.includes("?") ? "must not carry a query: paths are put behind it" : null;
  }).transform((text) => text.replace(/\/+$/, ""));
}

/**
 * A key or token as it goes into a header. A line break or quote that was pasted with it would fail much later, as
 * an unreadable "invalid header value" or as a key that is refused.
 */
export const key = checked((text) => {
  if (QUOTE.test(text)) return "has a quote in it that is not part of the key; paste it again without";
  if (/^[\x21-\x7e]+$/.test(text)) return null;
  return "contains a space or a character no key has; paste it again";
});

/** The most that the admin API reads of a token. */
export const MAX_TOKEN_CHARS = 512;

/** A token of one's own making. */
export const token = key
  .refine((text) => text.length >= 16, "must have at least 16 characters, as from: openssl rand -hex 24")
  .refine((text) => text.length <= MAX_TOKEN_CHARS, `must have at most ${MAX_TOKEN_CHARS} characters`)
  .refine((text) => !/^(.)\1*$/.test(text), "is one character repeated; take one from: openssl rand -hex 24");

const decimal = /^\d+(\.\d+)?$/;

/** A number as people write it, in plain decimals; `unit` is said with what is wrong. */
export function number(least: number, most: number, unit: string) {
  return ranged(decimal, "a number", least, most, unit);
}

export function integer(least: number, most: number, unit: string) {
  return ranged(/^\d+$/, "a whole number", least, most, unit);
}

function ranged(form: RegExp, what: string, least: number, most: number, unit: string) {
  return z
    .string()
    .regex(form, `must be ${what} (${unit}), such as ${least === 0 ? 1 : least}`)
    .transform(Number)
    .refine((value) => value >= least, `must be at least ${least} (${unit})`)
    .refine((value) => value <= most, `must be at most ${most} (${unit})`);
}

const DAY_MS = 86_400_000;
export const milliseconds = integer(1, DAY_MS, "milliseconds");

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, { error: `must be one of ${words.join(", ")}` });
}

/** Several of a few words, with commas between them; empty parts do not count. */
export function listOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    )
    .pipe(z.array(z.enum(words, { error: `takes a comma-separated list of ${words.join(", ")}` })));
}
