import type * as z from "zod";

/**
 * What the coordinator knows, as named JSON values in the Durable Object's SQLite: one row each, so that a change
 * costs one billed row however much it says, and reading costs none while the object is in memory.
 */
export class Documents {
  readonly #storage: DurableObjectStorage;
  /** What the table holds. Nothing else writes it, and an object has one instance. */
  readonly #known = new Map<string, unknown>();

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** @throws ZodError when another version wrote what this one cannot read. */
  read<T>(name: string, schema: z.ZodType<T>): T | null {
    if (!this.#known.has(name)) {
      const row = this.#storage.sql.exec("select value from document where name = ?", name).toArray()[0];
      this.#known.set(name, row ? schema.parse(JSON.parse(String(row.value))) : null);
    }
    // Parsed with this name's schema when it was read, or typed by it when it was written.
    return this.#known.get(name) as T | null;
  }

  write<T>(name: string, value: T): void {
    this.#storage.sql.exec(
      "insert into document (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
      name,
      JSON.stringify(value),
    );
    this.#known.set(name, value);
  }

  remove(name: string): void {
    this.#storage.sql.exec("delete from document where name = ?", name);
    this.#known.set(name, null);
  }

  /** The names that begin so. */
  names(prefix: string): string[] {
    return this.#storage.sql
      .exec(
        "select name from document where name >= ? and name < ? order by name",
        prefix,
        `${prefix}\u{10FFFF}`,
      )
      .toArray()
      .map(({ name }) => String(name));
  }

  /** All of it or nothing. */
  transaction<T>(work: () => T): T {
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      this.#known.clear();
      throw error;
    }
  }
}
