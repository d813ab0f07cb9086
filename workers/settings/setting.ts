import type * as z from "zod";

/*
 * How a setting is declared, once: its name is the key it stands under, and validation, `.dev.vars.example`,
 * docs/settings.md and each Worker's share follow from what stands there (local/build/settings-files.ts).
 */

/** A setting that reads as `T`. */
export interface Setting<T = unknown> {
  /** What it does, in one line, without its default. */
  readonly sentence: string;
  /** What holds where it is not set, as the example file and the docs say it. */
  readonly unset: string;
  /** Whether its value is a secret: never printed, redacted wherever it turns up. */
  readonly secret: boolean;
  /** Told by the local stack to the Workers, not by a person: not in the example file. */
  readonly internal: boolean;
  /** @param text trimmed; empty where it is not set */
  readonly read: (text: string) => Reading<T>;
}

/** `problem` goes on after the setting's name, names no value and fits into one line. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

interface Declared<T> {
  readonly sentence: string;
  readonly schema: z.ZodType<T, string>;
  readonly secret?: boolean;
  readonly internal?: boolean;
}

/** A setting with a default, written as somebody would write it into `.dev.vars`. */
export function setting<T>(declared: Declared<T> & { readonly default: string }): Setting<T> {
  return {
    sentence: declared.sentence,
    unset: declared.default,
    secret: declared.secret ?? false,
    internal: declared.internal ?? false,
    read: (text) => readWith(declared.schema, text === "" ? declared.default : text),
  };
}

/**
 * A setting that reads as null where it is not set.
 * @param declared `unset` says what happens then
 */
export function optionalSetting<T>(declared: Declared<T> & { readonly unset: string }): Setting<T | null> {
  return {
    sentence: declared.sentence,
    unset: declared.unset,
    secret: declared.secret ?? false,
    internal: declared.internal ?? false,
    read: (text) => (text === "" ? { ok: true, value: null } : readWith(declared.schema, text)),
  };
}

function readWith<T>(schema: z.ZodType<T, string>, text: string): Reading<T> {
  const parsed = schema.safeParse(text);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problem: parsed.error.issues[0]?.message ?? "is malformed" };
}

/** Settings by name. */
export type Settings = Readonly<Record<string, Setting>>;

export type Values<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

/**
 * Reads settings from an environment: a process's, a file's, or a Worker's bindings. White space around a value is
 * taken off; an empty one counts as not set.
 *
 * @returns the values, or one line for each setting that is malformed, beginning with its name.
 */
export function readEnvironment<const S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, unknown>>,
):
  | { readonly ok: true; readonly values: Values<S> }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { read }] of Object.entries(settings)) {
    const text = textOf(environment[name]);
    const reading: Reading<unknown> =
      text === null ? { ok: false, problem: "must be text" } : read(text.trim());
    if (reading.ok) values[name] = reading.value;
    else problems.push(`${name} ${reading.problem}`);
  }
  // Every name of S was read just now.
  return problems.length === 0 ? { ok: true, values: values as Values<S> } : { ok: false, problems };
}

/** A Worker's vars may be numbers or booleans too; null for what no setting can be. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** The secret values that are set, well-formed or not, as they may turn up in a text. */
export function secretsIn(settings: Settings, environment: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).flatMap(([name, { secret }]) => {
    const value = secret ? (textOf(environment[name]) ?? "").trim() : "";
    return value === "" ? [] : [value];
  });
}
