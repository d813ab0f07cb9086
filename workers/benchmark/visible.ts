/** What a terminal obeys (control characters but the line feed) and what turns text round. */
const OBEYED = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Text for a terminal or a log, in which such characters of others' data stand as the escapes that JSON has for them: JSON
 * stays the same JSON.
 */
export function visible(text: string): string {
  return text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
