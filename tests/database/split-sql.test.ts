import { describe, expect, it } from "vitest";
import { splitSql } from "../../local/supabase/split-sql.ts";

const texts = (sql: string) => splitSql(sql).map((statement) => statement.text);

describe("splitting SQL into statements", () => {
  it("splits at semicolons and trims", () => {
    expect(texts("select 1;\n\n select 2 ;select 3")).toEqual(["select 1", "select 2", "select 3"]);
  });

  it("makes nothing of nothing", () => {
    expect(texts("")).toEqual([]);
    expect(texts(" ;; \n;")).toEqual([]);
  });

  it.each([
    ["a string", "select 'a;b'"],
    ["a string with a quote in it", "select 'it''s; fine'"],
    ["a string with a backslash at its end, which escapes nothing", String.raw`select 'a\'`],
    ["an escape string, where it does", String.raw`select E'a\';b', e'\\'`],
    ["a name", 'select 1 as "a;""b"'],
    ["a line comment", "select 1 -- a; 'b\n, 2"],
    ["a block comment, nested too", "select /* a; /* ' */ b; */ 1"],
    ["a dollar quote", "do $$ begin; 'x end $$"],
    ["a tagged dollar quote with another inside", "do $body$ select $$;$$; $x$;$x$ $body$"],
    ["parentheses", "create rule r as on insert to t do also (select 1; select 2)"],
    ["a name that holds a dollar", "select a$1$b, c$1$d"],
    ["a parameter", "select $1 + $2"],
    ["a word that ends in e before a string", String.raw`select type'\'`],
  ])("does not split inside %s", (_what, sql) => {
    expect(texts(`${sql}; select 2`)).toEqual([sql, "select 2"]);
  });

  it("keeps a comment with the statement after it, and one after the last as its own", () => {
    expect(texts("-- one\nselect 1;\n-- two\nselect 2;\n-- end\n")).toEqual([
      "-- one\nselect 1",
      "-- two\nselect 2",
      "-- end",
    ]);
  });

  it("tells the line that each statement begins on", () => {
    const lines = splitSql("\n\nselect 1;\nselect\n2; select 3;\n\n-- c\nselect 4").map((one) => one.line);
    expect(lines).toEqual([3, 4, 5, 7]);
  });

  it("refuses begin atomic, which the Supabase CLI splits wrongly", () => {
    expect(() => splitSql("create function f() returns int begin atomic select 1; end")).toThrow(
      /begin atomic/,
    );
    expect(texts("select begin_atomic, 'begin atomic'")).toHaveLength(1);
  });

  it("survives what never closes", () => {
    for (const sql of ["select 'a;", 'select "a;', "select $$a;", "/* a; /* */"]) {
      expect(texts(sql).length).toBeGreaterThan(0);
    }
  });
});
