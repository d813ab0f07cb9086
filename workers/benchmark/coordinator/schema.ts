import { adoptUnversionedTables } from "./unversioned-tables.ts";

/** Step n brings the storage from version n to n + 1. A step that was released is never changed. */
const STEPS: readonly ((sql: SqlStorage) => void)[] = [createTables];

/**
 * Brings the Durable Object's SQLite to the version of this code. Everything that a restart must not lose stands
 * there; Supabase gets copies of it through the outbox.
 *
 * @throws Error when a later version of this code has written the storage.
 */
export function migrateStorage(storage: DurableObjectStorage): void {
  const { sql } = storage;
  if (versionOf(sql) === STEPS.length) return;
  storage.transactionSync(() => {
    const version = versionOf(sql);
    if (version > STEPS.length) {
      throw new Error(
        `The coordinator's storage has version ${version}, and this code knows ${STEPS.length}: deploy the newer code again.`,
      );
    }
    for (const step of STEPS.slice(version)) step(sql);
    sql.exec("delete from schema_version");
    sql.exec("insert into schema_version (version) values (?)", STEPS.length);
  });
}

function versionOf(sql: SqlStorage): number {
  sql.exec("create table if not exists schema_version (version integer not null)");
  return Number(sql.exec("select version from schema_version").toArray()[0]?.version ?? 0);
}

function createTables(sql: SqlStorage): void {
  sql.exec(`
    create table document (name text primary key, value text not null) without rowid;
    -- Oldest first, and only the oldest ever leaves: the numbers have no gaps.
    create table delivery (seq integer primary key, item text not null);
    create table if not exists rejected (seq integer primary key, item text not null, reason text not null);
  `);
  adoptUnversionedTables(sql);
}
