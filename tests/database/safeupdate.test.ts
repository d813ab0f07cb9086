import { describe, expect, it } from "vitest";
import { useSupabase } from "../support/supabase.ts";

/**
 * Hosted projects load https://github.com/eradman/pg-safeupdate for everybody who comes through the API: a DELETE or
 * UPDATE without WHERE fails there, also inside a function. The extension is not to be had here, so bodies are read.
 */
const WITHOUT_WHERE =
  /\b(?:delete\s+from|update)\s+(?:only\s+)?(?:[\w"]+\.)?[\w"]+(?:\s+(?:as\s+)?(?!set\b|using\b|where\b|returning\b)\w+)?(?:\s+set\b|\s+using\b|\s*;|\s+returning\b|\s*\))[^;]*/gi;

function unsafeStatements(body: string): string[] {
  const code = body.replace(/--[^\n]*/g, " ").replace(/'(?:[^']|'')*'/g, "''");
  return (code.match(WITHOUT_WHERE) ?? []).filter((statement) => !/\bwhere\b/i.test(statement));
}

it.each([
  ["delete from public.a;", 1],
  ["delete from a x returning *", 1],
  ["update public.a set b = 1;", 1],
  ["delete from public.a where true;", 0],
  ["update public.a as x set b = (select 1) where x.c = 2;", 0],
  ["insert into a values (1) on conflict (b) do update set c = 1 where a.c <> 1;", 0],
])("%s is seen as it is", (statement, found) => {
  expect(unsafeStatements(statement)).toHaveLength(found);
});

describe("on a hosted project", () => {
  const supabase = useSupabase();

  it("no function deletes or updates without WHERE, which is refused there", async () => {
    const { rows } = await supabase.sql.query<{ name: string; body: string }>(
      `select p.oid::regprocedure::text as name, p.prosrc as body from pg_proc p
      where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace)`,
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(
      rows.flatMap(({ name, body }) => unsafeStatements(body).map((found) => `${name}: ${found.trim()}`)),
    ).toEqual([]);
  });
});
