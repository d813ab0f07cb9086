import type { z } from "zod";

/** Stands for "not as the schema says". */
const INVALID = Symbol("invalid");
/** The value as the schema gives it back, or INVALID. */
type Check = (value: unknown) => unknown;

/**
 * `schema.parse` for large answers. Workers may not make code from text, so zod walks its schema anew for each value
 * there, which for three hundred endpoints was the largest part of a page's CPU; here the schema is turned into functions
 * once. What they refuse is given to the schema itself, which then says what is wrong.
 * @throws {z.ZodError} as the schema does
 */
export function compile<S extends z.ZodType>(schema: S): (value: unknown) => z.output<S> {
  let check: Check | null = null;
  return (value) => {
    check ??= toCheck(schema);
    const read = check(value);
    return read === INVALID ? schema.parse(value) : (read as z.output<S>);
  };
}

/** Formats that are their pattern and nothing else. */
const PATTERNS: ReadonlySet<string> = new Set(["datetime", "date", "uuid", "guid"]);

function toCheck(type: z.core.$ZodType): Check {
  const { def } = (type as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return def.catchall || def.checks?.length ? bySchema(type) : ofObject(def.shape);
    case "array":
      return def.checks?.length ? bySchema(type) : ofArray(toCheck(def.element));
    case "tuple":
      return def.rest || def.checks?.length ? bySchema(type) : ofTuple(def.items.map(toCheck));
    case "nullable": {
      const inner = toCheck(def.innerType);
      return (value) => (value === null ? null : inner(value));
    }
    case "optional": {
      const inner = toCheck(def.innerType);
      return (value) => (value === undefined ? undefined : inner(value));
    }
    case "boolean":
      return def.checks?.length ? bySchema(type) : (value) => (typeof value === "boolean" ? value : INVALID);
    case "enum":
      return ofEnum(Object.values(def.entries)) ?? bySchema(type);
    case "string":
      return ofString(def) ?? bySchema(type);
    case "number":
      return ofNumber(def) ?? bySchema(type);
    default:
      return bySchema(type);
  }
}

/** TypeScript's own enums have numbers too, and names that stand for them. */
function ofEnum(words: readonly (string | number)[]): Check | null {
  if (!words.every((word) => typeof word === "string")) return null;
  const known: ReadonlySet<unknown> = new Set(words);
  return (value) => (known.has(value) ? value : INVALID);
}

/** For what is rare, or cheap enough as it is. */
function bySchema(type: z.core.$ZodType): Check {
  const schema = type as z.ZodType;
  return (value) => {
    const { success, data } = schema.safeParse(value);
    return success ? data : INVALID;
  };
}

function ofObject(shape: Readonly<Record<string, z.core.$ZodType>>): Check {
  const fields = Object.entries(shape).map(([name, type]) => [name, toCheck(type)] as const);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return INVALID;
    const given = value as Readonly<Record<string, unknown>>;
    const read: Record<string, unknown> = {};
    for (const [name, check] of fields) {
      const field = check(given[name]);
      if (field === INVALID) return INVALID;
      if (field !== undefined || name in given) read[name] = field;
    }
    return read;
  };
}

function ofArray(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return INVALID;
    const read = value.map(check);
    return read.includes(INVALID) ? INVALID : read;
  };
}

function ofTuple(checks: readonly Check[]): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length !== checks.length) return INVALID;
    const read = checks.map((check, index) => check(value[index]));
    return read.includes(INVALID) ? INVALID : read;
  };
}

function ofString(
  def: z.core.$ZodStringDef & { readonly format?: string; readonly pattern?: RegExp },
): Check | null {
  const { format, pattern, checks } = def;
  if (checks?.length) return null;
  if (format === undefined) return (value) => (typeof value === "string" ? value : INVALID);
  if (pattern === undefined || !PATTERNS.has(format)) return null;
  return (value) => (typeof value === "string" && pattern.test(value) ? value : INVALID);
}

function ofNumber(def: z.core.$ZodNumberDef & { readonly format?: string }): Check | null {
  const { format, checks = [] } = def;
  if (format !== undefined && format !== "safeint") return null;
  let least = Number.NEGATIVE_INFINITY;
  for (const { _zod: check } of checks) {
    const rule = check.def as Partial<z.core.$ZodCheckGreaterThanDef>;
    if (rule.check !== "greater_than" || !rule.inclusive || typeof rule.value !== "number") return null;
    least = Math.max(least, rule.value);
  }
  const isNumber = format === "safeint" ? Number.isSafeInteger : Number.isFinite;
  return (value) => (isNumber(value) && (value as number) >= least ? value : INVALID);
}
