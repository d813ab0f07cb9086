import * as z from "zod";
import { providerAddress } from "../../settings/values.ts";
import { keyVariableOf } from "./dialect.ts";
import { EVERY_MODEL, type ProviderDescription } from "./types.ts";

/*
 * What a row of `providers` may say of a provider that an operator has added. A row is data from outside: it names
 * neither a pattern that takes long nor a setting that is no provider's key.
 */

export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

export const slugSchema = z
  .string()
  .regex(SLUG, "must be lower-case letters, digits and dashes, 63 at most, beginning with a letter or digit");

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{C}/u.test(text), "must be one line of printable text");

export const nameSchema = line(100);

/**
 * Keys are told from other settings by how their names end, so that each is redacted wherever it turns up, whether or
 * not its provider is known yet, and no row can have another secret sent anywhere.
 */
export const KEY_VARIABLE = /^[A-Z0-9][A-Z0-9_]{0,90}_API_KEY$/;
/** In place of a variable or of a key: the server wants none. */
export const NO_KEY = "none";

export const keyVariableSchema = z
  .string()
  .refine(
    (name) => name === NO_KEY || KEY_VARIABLE.test(name),
    `must be capitals and end in _API_KEY, or be ${NO_KEY}`,
  );

const path = z
  .string()
  .max(200)
  .regex(/^\/[\x21-\x7e]*$/, "must begin with a slash");

/** What a request has of its own accord, and what carries keys. */
const OWN_HEADERS =
  /^(?:authorization|api-key|x-api-key|cookie|host|content-|accept|connection|transfer-|proxy-|cf-)/;

export const headersSchema = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/, "a header's name has lower-case letters, digits and dashes")
      .refine((name) => !OWN_HEADERS.test(name), "is a header that the engine sets itself, or one for a key"),
    z.string().regex(/^[\x20-\x7e]{1,500}$/, "a header's value is one line of plain text"),
  )
  .refine((headers) => Object.keys(headers).length <= 10, "no more than ten headers");

const everyModel = z.literal(EVERY_MODEL);

/** The dialect of a stored provider, as its column holds it. */
export const dialectSchema = z.strictObject({
  auth: z.enum(["bearer", "api-key"]).optional(),
  headers: headersSchema.optional(),
  warmupPath: path.optional(),
  modelsList: z.strictObject({ path: path.optional() }).nullable().optional(),
  feedKey: line(63).optional(),
  maxTokensAs: z.enum(["max_tokens", "max_completion_tokens"]).nullable().optional(),
  noTemperature: z.strictObject({ models: everyModel }).optional(),
  includeUsage: z.boolean().optional(),
  lowEffort: z
    .strictObject({ models: everyModel, parameters: z.strictObject({ reasoning_effort: z.literal("low") }) })
    .optional(),
});

export const storedProviderSchema = z.object({
  slug: slugSchema,
  name: nameSchema,
  kind: z.enum(["direct", "proxy"]),
  base_url: providerAddress,
  key_variable: keyVariableSchema.nullable(),
  dialect: dialectSchema,
});

/** @returns the provider that a row describes, or one line on why it describes none. */
export function readStoredProvider(row: unknown): ProviderDescription | { readonly problem: string } {
  const read = storedProviderSchema.safeParse(row);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { problem: `${issue?.path.join(".") ?? "row"}: ${issue?.message ?? "malformed"}` };
  }
  const { slug, name, kind, base_url, key_variable, dialect } = read.data;
  const keyVariable = key_variable === NO_KEY ? null : (key_variable ?? keyVariableOf(slug));
  return { slug, name, kind, baseUrl: base_url, keyVariable, dialect };
}

/** What rows describe, and those that describe nothing, each with one line on why. */
export function describeStored(rows: readonly unknown[]): {
  readonly described: readonly ProviderDescription[];
  readonly refused: readonly { readonly slug: string; readonly problem: string }[];
} {
  const described: ProviderDescription[] = [];
  const refused: { slug: string; problem: string }[] = [];
  for (const row of rows) {
    const read = readStoredProvider(row);
    if ("problem" in read) refused.push({ slug: slugIn(row), problem: read.problem });
    else described.push(read);
  }
  return { described, refused };
}

function slugIn(row: unknown): string {
  return typeof row === "object" && row !== null && "slug" in row ? String(row.slug).slice(0, 63) : "unknown";
}
