import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { messageOf, SetupError } from "../errors.ts";
import { type Statement, splitSql } from "./split-sql.ts";

export interface Migration {
  /** The number before the first underscore of the file's name. */
  version: string;
  name: string;
  file: string;
  statements: Statement[];
}

const FILE_NAME = /^([0-9]+)_(.*)\.sql$/;
const RESET_ADVICE = "npm run supabase:reset empties the local database";

/**
 * The migrations of a directory, oldest first.
 * @throws SetupError when a .sql file's name is not `<number>_<name>.sql`, or two share a number.
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".sql")).sort();
  const migrations: Migration[] = [];
  for (const file of files) {
    const match = FILE_NAME.exec(file);
    const version = match?.[1];
    const name = match?.[2];
    if (version === undefined || name === undefined) {
      throw new SetupError(
        `${join(directory, file)}: name it <number>_<name>.sql, or the Supabase CLI skips it`,
      );
    }
    if (migrations.at(-1)?.version === version) {
      throw new SetupError(`${join(directory, file)}: another migration has the number ${version} too`);
    }
    migrations.push({
      version,
      name,
      file,
      statements: splitSql(await readFile(join(directory, file), "utf8")),
    });
  }
  return migrations;
}

/**
 * Brings a database up to the given migrations: each missing one in a transaction of its own, recorded in
 * `supabase_migrations.schema_migrations` as the Supabase CLI records it, so that either can go on where the
 * other stopped. Like `supabase db push` it refuses a history that is not a beginning of the list.
 * Table and columns: https://github.com/supabase/cli (pkg/migration/history.go).
 * @returns the files applied now.
 * @throws SetupError when a recorded migration was changed or is unknown, one was added before a recorded one,
 *   or a statement fails; nothing of the failing migration stays.
 */
export async function applyMigrations(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<string[]> {
  await client.query(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
    set client_min_messages = warning;
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;
    reset client_min_messages;
  `);
  const recorded = await client.query<{ version: string; statements: string[] | null }>(
    `select version, statements from supabase_migrations.schema_migrations order by version`,
  );
  checkHistory(migrations, recorded.rows);
  const pending = migrations.slice(recorded.rows.length);
  for (const migration of pending) await applyOne(client, migration);
  return pending.map((migration) => migration.file);
}

function checkHistory(
  migrations: readonly Migration[],
  recorded: readonly { version: string; statements: string[] | null }[],
): void {
  for (const { version, statements } of recorded) {
    const migration = migrations.find((candidate) => candidate.version === version);
    if (migration === undefined) {
      throw new SetupError(
        `the database has migration ${version}, which supabase/migrations lacks (another branch?): ${RESET_ADVICE}`,
      );
    }
    if (statements !== null && essence(statements) !== essence(migration.statements.map((s) => s.text))) {
      throw new SetupError(
        `supabase/migrations/${migration.file} was changed after it was applied: undo that and add a new migration, or ${RESET_ADVICE}`,
      );
    }
  }
  const last = recorded.at(-1)?.version;
  const late = migrations[recorded.length - 1];
  if (last !== undefined && late !== undefined && late.version !== last) {
    const known = new Set(recorded.map((row) => row.version));
    const early = migrations.find((candidate) => !known.has(candidate.version));
    throw new SetupError(
      `supabase/migrations/${early?.file} comes before ${last}, which is applied already: give it a higher number, or ${RESET_ADVICE}`,
    );
  }
}

/** Compares what was run, whoever split it: white space at the ends of statements carries no meaning. */
function essence(statements: readonly string[]): string {
  return statements.map((statement) => statement.replace(/^[;\s]+|[;\s]+$/g, "")).join(";\n");
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("reset all");
  await client.query("begin");
  try {
    for (const statement of migration.statements) {
      try {
        await client.query(statement.text);
      } catch (error) {
        const line = statement.line + linesBefore(statement.text, error);
        throw new SetupError(`supabase/migrations/${migration.file}:${line}: ${messageOf(error)}`);
      }
    }
    await client.query(
      `insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)`,
      [migration.version, migration.name, migration.statements.map((statement) => statement.text)],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

/** Line breaks before the place a Postgres error points at (its `position` counts characters from 1). */
function linesBefore(text: string, error: unknown): number {
  if (typeof error !== "object" || error === null || !("position" in error)) return 0;
  const position = Number(error.position);
  return Number.isInteger(position) ? text.slice(0, position - 1).split("\n").length - 1 : 0;
}
