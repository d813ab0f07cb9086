/** One statement of a file: its text without the closing semicolon, and the line it begins on (from 1). */
export interface Statement {
  text: string;
  line: number;
}

/** What can hide a semicolon. Sticky: tried at one place only. */
const COMMENT = /--[^\n]*/y;
const ESCAPE_STRING = /(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'/y;
const STRING = /'(?:[^']|'')*'/y;
const IDENTIFIER = /"(?:[^"]|"")*"/y;
const DOLLAR_TAG = /(?<![\w$])\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/**
 * Splits SQL into statements where the Supabase CLI does: at semicolons outside quotes, comments and
 * parentheses, comments kept with the statement after them, ends trimmed. `begin atomic` bodies are refused,
 * because the CLI takes the first `end` inside (also that of a `case`) for theirs: use a quoted body.
 * Lexical rules: https://www.postgresql.org/docs/17/sql-syntax-lexical.html
 */
export function splitSql(sql: string): Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  let at = 0;
  let depth = 0;
  const close = (end: number) => {
    const raw = sql.slice(start, end);
    const text = raw.trim();
    if (text === "") return;
    const before = sql.slice(0, start + raw.indexOf(text));
    statements.push({ text, line: before.split("\n").length });
  };
  while (at < sql.length) {
    const end = endOfQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const character = sql.charAt(at);
    if (character === "(") depth += 1;
    if (character === ")") depth = Math.max(0, depth - 1);
    if (character === ";" && depth === 0) {
      close(at);
      start = at + 1;
    }
    if (/[bB]/.test(character) && /\bbegin\s+atomic\b/iy.test(sql.slice(at, at + 40))) {
      throw new Error("begin atomic is not supported here: write the function's body as a quoted string");
    }
    at += 1;
  }
  close(sql.length);
  return statements;
}

/** Where the comment, string or quoted name that begins at `at` ends; `at` itself when none begins there. */
function endOfQuoted(sql: string, at: number): number {
  if (sql.startsWith("/*", at)) return endOfBlockComment(sql, at);
  for (const pattern of [COMMENT, ESCAPE_STRING, STRING, IDENTIFIER]) {
    pattern.lastIndex = at;
    if (pattern.test(sql)) return pattern.lastIndex;
  }
  DOLLAR_TAG.lastIndex = at;
  const tag = DOLLAR_TAG.exec(sql)?.[0];
  if (tag === undefined) return at;
  const end = sql.indexOf(tag, at + tag.length);
  return end === -1 ? sql.length : end + tag.length;
}

/** Block comments nest in Postgres. */
function endOfBlockComment(sql: string, at: number): number {
  let depth = 0;
  let position = at;
  while (position < sql.length) {
    if (sql.startsWith("/*", position)) {
      depth += 1;
      position += 2;
    } else if (sql.startsWith("*/", position)) {
      depth -= 1;
      position += 2;
      if (depth === 0) return position;
    } else {
      position += 1;
    }
  }
  return sql.length;
}
