import { z } from "zod";

/** A parameter of the query: how it is read, and how it is described. */
export interface Parameter<T> {
  readonly description: string;
  /** JSON Schema of what may be sent. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example: string | number | boolean;
  /** From the query's text; its issues say what it must be. */
  readonly read: z.ZodType<T, string>;
  /** The value where it is not sent. */
  readonly fallback?: T;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;
/** What was sent, by name; null where it was not and there is no default. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T>
    ? P[K] extends { fallback: T }
      ? T
      : T | null
    : never;
};

export interface ParameterError {
  readonly parameter: string;
  readonly detail: string;
}

/**
 * Reads a query by its parameters. What is unknown, sent twice or malformed is named rather than passed over: a
 * filter that is misspelt would otherwise answer with everything.
 */
export function readQuery<P extends Parameters>(
  parameters: P,
  query: URLSearchParams,
): { ok: true; values: Values<P> } | { ok: false; errors: readonly ParameterError[] } {
  const errors: ParameterError[] = [];
  const values: Record<string, unknown> = {};
  const known = Object.keys(parameters);
  for (const name of new Set(query.keys())) {
    if (known.includes(name)) continue;
    const detail =
      known.length > 0
        ? `unknown parameter; known are ${known.join(", ")}`
        : "no parameters are accepted here";
    errors.push({ parameter: shorten(name), detail });
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    const sent = query.getAll(name);
    const [text] = sent;
    if (text === undefined) {
      values[name] = parameter.fallback ?? null;
    } else if (sent.length > 1) {
      errors.push({ parameter: name, detail: "may be sent once" });
    } else {
      const parsed = parameter.read.safeParse(text);
      if (parsed.success) values[name] = parsed.data;
      else errors.push({ parameter: name, detail: parsed.error.issues[0]?.message ?? "cannot be read" });
    }
  }
  if (errors.length > 0) return { ok: false, errors };
  // Each name of P was given its value above, by P's own schema.
  return { ok: true, values: values as Values<P> };
}

function shorten(name: string): string {
  return name.length <= 60 ? name : `${name.slice(0, 59)}…`;
}

type About<T> = Pick<Parameter<T>, "description" | "example">;

/** @param when the limits hold, for the refusal */
export function wholeNumber(min: number, max: number, fallback: number, about: About<number>, when = "") {
  const error = `must be a whole number from ${min} to ${max}${when}`;
  return {
    ...about,
    schema: { type: "integer", minimum: min, maximum: max, default: fallback },
    read: z
      .string()
      .regex(/^\d{1,9}$/, error)
      .transform(Number)
      .pipe(z.number().min(min, error).max(max, error)),
    fallback,
  } satisfies Parameter<number>;
}

/** A number with decimals, in plain digits. */
export function decimal(min: number, max: number, about: About<number>): Parameter<number> {
  const error = `must be a number from ${min} to ${max}`;
  return {
    ...about,
    schema: { type: "number", minimum: min, maximum: max },
    read: z
      .string()
      .regex(/^\d{1,15}(\.\d{1,15})?$/, error)
      .transform(Number)
      .pipe(z.number().min(min, error).max(max, error)),
  };
}

export function yesOrNo(about: About<boolean>): Parameter<boolean> {
  return {
    ...about,
    schema: { type: "boolean" },
    read: z.enum(["true", "false"], { error: "must be true or false" }).transform((text) => text === "true"),
  };
}

/** One of some words; `fallback` null: not sent means no choice. */
export function oneOf<const T extends string, F extends T | null>(
  words: readonly T[],
  fallback: F,
  about: About<T>,
): Parameter<T> & (F extends T ? { fallback: T } : unknown) {
  return {
    ...about,
    schema: { type: "string", enum: words, ...(fallback === null ? {} : { default: fallback }) },
    read: z.enum(words, { error: `must be one of ${words.join(", ")}` }),
    ...(fallback === null ? {} : { fallback }),
  } as Parameter<T> & (F extends T ? { fallback: T } : unknown);
}

/** Text as it stands in the data. */
export function name(longest: number, about: About<string>): Parameter<string> {
  return {
    ...about,
    schema: { type: "string", minLength: 1, maxLength: longest },
    read: z
      .string()
      .min(1, "must not be empty; omit it to see all")
      .max(longest, `must have at most ${longest} characters`)
      // Postgres has no place for it.
      .refine((text) => !text.includes("\0"), "must not hold the character NUL"),
  };
}

export function uuid(about: About<string>): Parameter<string> {
  return { ...about, schema: { type: "string", format: "uuid" }, read: z.guid("must be a UUID") };
}

/** A moment or a day (its first moment, UTC); handed on as text, since it may say microseconds. */
export function moment(about: About<string>): Parameter<string> {
  const error =
    "must be a time such as 2026-11-01T00:00:00Z or a day such as 2026-11-01 (a + is sent as %2B)";
  return {
    ...about,
    schema: {
      type: "string",
      description: "RFC 3339 date-time with its offset, or a date.",
      anyOf: [{ format: "date-time" }, { format: "date" }],
    },
    read: z
      .string()
      // As long as one with microseconds and an offset, and some digits more; the database reads no hundreds of them.
      .max(40, error)
      .refine((text) => isDay(text) || z.iso.datetime({ offset: true }).safeParse(text).success, error)
      .refine((text) => /^(19[7-9]|[2-9]\d\d)\d/.test(text), "must be in 1970 or later")
      // Postgres knows no offset beyond 16 hours.
      .refine((text) => !/[+-](1[6-9]|2\d):\d\d$/.test(text), error)
      .transform((text) => (isDay(text) ? `${text}T00:00:00Z` : text)),
  };
}

function isDay(text: string): boolean {
  return z.iso.date().safeParse(text).success;
}

/** Where the page before this one ended; each list reads its own. */
export function cursor<T>(read: (text: string) => T | null, example: string): Parameter<T> {
  return {
    description: "`page.next_cursor` of the previous page.",
    example,
    schema: { type: "string" },
    read: z
      .string()
      .max(4_000, "is not a cursor of this list; take it from page.next_cursor")
      .transform((text, context) => {
        const key = read(text);
        if (key !== null) return key;
        context.issues.push({
          code: "custom",
          input: text,
          message: "is not a cursor of this list; take it from page.next_cursor",
        });
        return z.NEVER;
      }),
  };
}
