/** One parameter of a page's address. */
export interface Field<T> {
  /** What is missing, unknown or malformed becomes the default. `all`: the whole address, for a field that repeats. */
  readonly read: (text: string | null, all: URLSearchParams) => T;
  /** Null: the default, which an address does not name. Several texts: the parameter repeats. */
  readonly write: (value: T) => string | readonly string[] | null;
  /** Its name in addresses, where that is not its name in code. */
  readonly name?: string;
}

/**
 * A page's query, declared once: how it is read, its defaults, and the one way to write it (fixed order, defaults left
 * out), since caches should see one address for one page.
 */
export interface PageQuery<Q> {
  readonly defaults: Q;
  readonly parse: (params: URLSearchParams) => Q;
  /** "" or a string that starts with "?". */
  readonly format: (query: Q) => string;
}

/** @param settle takes out what says nothing beside the rest */
export function defineQuery<Q extends object>(
  fields: { readonly [K in keyof Q]: Field<Q[K]> },
  settle: (query: Readonly<Q>) => Readonly<Q> = (query) => query,
): PageQuery<Readonly<Q>> {
  const keys = Object.keys(fields) as (keyof Q & string)[];
  const nameOf = (key: keyof Q & string) => fields[key].name ?? key;
  const parse = (params: URLSearchParams) =>
    // Each name of Q is given its value here, by Q's own field.
    settle(
      Object.fromEntries(keys.map((key) => [key, fields[key].read(params.get(nameOf(key)), params)])) as Q,
    );
  return {
    defaults: parse(new URLSearchParams()),
    parse,
    format(query) {
      const params = new URLSearchParams();
      for (const key of keys) {
        for (const text of [fields[key].write(query[key]) ?? []].flat()) params.append(nameOf(key), text);
      }
      const text = params.toString();
      return text === "" ? "" : `?${text}`;
    },
  };
}

/** The query with some of it changed. Another choice starts at the first page. */
export function changed<Q extends object>(query: Q, change: Partial<Q>): Q {
  if (Object.keys(change).length === 0) return query;
  return { ...query, ...("page" in query ? { page: 1 } : {}), ...change };
}

/** One of some words, the first by default. */
export function oneOf<const T extends string>(words: readonly [T, ...T[]], fallback: T = words[0]): Field<T> {
  return {
    read: (text) => words.find((word) => word === text) ?? fallback,
    write: (word) => (word === fallback ? null : word),
  };
}

/**
 * A name exactly as it is, blanks and control characters included: a parameter that repeats, each name once, in the order
 * of the address.
 * @param alias parameters of an older spelling, read after it
 */
export function names(
  name: string,
  most: number,
  longest: number,
  alias: readonly string[] = [],
): Field<readonly string[]> {
  return {
    name,
    read: (_, all) => {
      const given = [name, ...alias].flatMap((one) => all.getAll(one));
      const exact = given.map((value) => readName(value, longest)).filter((value) => value !== "");
      return [...new Set(exact)].slice(0, most);
    },
    write: (list) => list,
  };
}

/** Postgres stores no NUL, so no name holds one: it is shown as what cannot be read. Cut by characters. */
function readName(value: string, longest: number): string {
  const stored = value.replaceAll("\0", "\ufffd");
  return stored.length <= longest ? stored : [...stored].slice(0, longest).join("");
}

/** A text, null by default. */
export function text(longest: number): Field<string | null> {
  return { read: (value) => readText(value, longest), write: (value) => value };
}

/** A page of a list, from 1. */
export function pageNumber(most = 9_999): Field<number> {
  return {
    read: (value) => (/^[1-9]\d{0,4}$/.test(value ?? "") && Number(value) <= most ? Number(value) : 1),
    write: (page) => (page > 1 ? String(page) : null),
  };
}

/** A UUID in lower case, null by default. */
export const uuid: Field<string | null> = { read: readUuid, write: (id) => id };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id in lower case, or null where it is none. */
export function readUuid(value: string | null | undefined): string | null {
  const id = value?.trim().toLowerCase() ?? "";
  return UUID.test(id) ? id : null;
}

/**
 * A text from an address as the pages use it: on one line, without control characters (Postgres stores no NUL, a page
 * shows none of them), cut by characters and not through one. What is empty then is null.
 */
export function readText(value: string | null, longest: number): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const printable = (value ?? "").replace(/[\u0000-\u001f\u007f]+/g, " ").trim();
  return [...printable].slice(0, longest).join("").trim() || null;
}
