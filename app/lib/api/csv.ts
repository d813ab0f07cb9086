/**
 * A line of CSV (RFC 4180: commas, CRLF, quotes doubled), harmless in a spreadsheet.
 * @param cells null is an empty cell; objects are written as JSON
 */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (typeof value === "boolean") return String(value);
  const text = neutralise(typeof value === "string" ? value : JSON.stringify(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A spreadsheet takes a cell that begins with one of these for a formula and runs it; an apostrophe before it says
 * that it is text. What stands before it (blanks, marks that are not seen) is trimmed by some of them, and the
 * full-width forms count too. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\p{C}]*[=+\-@|%＝＋－＠]/u;
const CONTROL = /^[\t\r\n]/;
/**
 * Where a spreadsheet's country separates cells by semicolons, or somebody says so when opening the file, a cell of ours
 * is several, the quotation marks around it notwithstanding: what comes after such a mark begins one.
 */
const LATER_FORMULA = /([;\t|\r\n])(?=(?:(?![;\t|\r\n])[\s\p{C}"])*[=+\-@%＝＋－＠])/gu;

function neutralise(text: string): string {
  const safe = FORMULA.test(text) || CONTROL.test(text) ? `'${text}` : text;
  return safe.replace(LATER_FORMULA, "$1'");
}

/** One page of rows to write, and what the next one is fetched by; null after the last. */
export interface CsvPage<K> {
  readonly rows: readonly (readonly unknown[])[];
  readonly next: K | null;
}

/**
 * Ends a table that breaks off: an open quotation mark and no line break, which no reader of CSV takes for a row.
 * workerd ends the body of a stream that fails as if it were whole, so the failure must be in the text as well.
 */
const BROKEN_OFF = '"INCOMPLETE: the rows that follow could not be read. Ask again.';

/** The most that one table holds. */
export const MOST_ROWS = 50_000;
/** Ends a table at its bound, in the same way, and says how to go on. */
const AT_ITS_BOUND = `"INCOMPLETE: a table ends at ${MOST_ROWS} rows. For those that follow send until=, the created_at of the last one.`;

/**
 * A table as a stream of bytes that holds one page at a time: the next is fetched once the reader has taken what is
 * there. A page that fails breaks the stream off, so that no reader takes a part for the whole.
 * @param first fetched by the caller, so that a database that is down is answered with a status
 * @param bom whether U+FEFF comes first, by which Excel knows UTF-8; other readers take it for a part of the first name
 */
export function csvStream<K>(
  header: readonly string[],
  first: CsvPage<K>,
  fetchPage: (key: K) => Promise<CsvPage<K>>,
  onFailure: (error: unknown) => void,
  bom = false,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let page: CsvPage<K> = first;
  const beginning = `${bom ? "\ufeff" : ""}${csvLine(header)}`;
  let begun = false;
  let written = 0;
  let failure: { readonly error: unknown } | null = null;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (failure !== null) {
          controller.error(failure.error);
          return;
        }
        try {
          if (begun && page.next !== null) page = await fetchPage(page.next);
        } catch (error) {
          onFailure(error);
          failure = { error };
          controller.enqueue(encoder.encode(BROKEN_OFF));
          return;
        }
        const rows = page.rows.slice(0, MOST_ROWS - written);
        written += rows.length;
        const isCut = written === MOST_ROWS && (page.next !== null || rows.length < page.rows.length);
        const text = `${begun ? "" : beginning}${rows.map(csvLine).join("")}${isCut ? AT_ITS_BOUND : ""}`;
        begun = true;
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (page.next === null || isCut) controller.close();
      },
    },
    // Nothing ahead of what is asked for.
    { highWaterMark: 0 },
  );
}
