/**
 * A text from an address as the pages use it: on one line, without control characters (Postgres stores no NUL, a page
 * shows none of them), cut by characters and not through one. What is empty then is null.
 */
export function readQueryText(value: string | null, longest: number): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const printable = (value ?? "").replace(/[\u0000-\u001f\u007f]+/g, " ").trim();
  return [...printable].slice(0, longest).join("").trim() || null;
}
