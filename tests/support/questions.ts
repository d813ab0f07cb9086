import { readFile } from "node:fs/promises";
import type pg from "pg";

const FILE = new URL("../../docs/queries.md", import.meta.url);
const ASKED = "select now() - interval '24 hours' as since, now() as until";

/**
 * Asks a question of docs/queries.md, word for word, as a reader (anon).
 * @param heading as in the file
 * @param span other moments than those of the last 24 hours
 */
export async function askQuestion(
  sql: pg.Pool,
  heading: string,
  span?: { readonly since: string; readonly until: string },
): Promise<Record<string, unknown>[]> {
  const text = await readFile(FILE, "utf8");
  const query = text.split(`\n## ${heading}\n`)[1]?.match(/```sql\n(.+?);\n```/s)?.[1];
  if (query === undefined) throw new Error(`docs/queries.md has no question ${heading}`);
  if (span !== undefined && !query.includes(ASKED)) throw new Error(`${heading} asks for no time`);
  const asked = span
    ? query.replace(
        ASKED,
        `select timestamptz '${span.since}' as since, timestamptz '${span.until}' as until`,
      )
    : query;
  const client = await sql.connect();
  try {
    await client.query("begin; set local role anon; set local statement_timeout = '3s'");
    const { rows } = await client.query(`select coalesce(json_agg(q), '[]') as answer from (${asked}) q`);
    return rows[0].answer;
  } finally {
    await client.query("rollback");
    client.release();
  }
}
