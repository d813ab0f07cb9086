/** A setting shorter than this is no secret, and hiding it would make holes in plain words. */
const MIN_SECRET = 6;
/** So many characters of a secret in a row give it away. */
const TELLING_CHARS = 12;
/** A run of a secret that gives it away holds a piece of so many of its characters at a place that is looked at. */
const PIECE_CHARS = 5;

/** One way to write a secret: plain, escaped or encoded. */
export interface SecretForm {
  /** The text with every long enough piece of the form replaced. */
  hideIn(text: string, by: string): string;
}

const known = new Map<string, readonly SecretForm[]>();

/**
 * A secret as it may be echoed: as it is, in JSON, percent-encoded (also whole, or twice), escaped character by character for
 * JavaScript or HTML, in hex, and in base64.
 */
export function secretFormsOf(secret: string): readonly SecretForm[] {
  let forms = known.get(secret);
  if (forms === undefined) {
    if (known.size > 100) known.clear();
    forms = secret.length < MIN_SECRET ? [] : formsOf(secret);
    known.set(secret, forms);
  }
  return forms;
}

function formsOf(secret: string): SecretForm[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const forms = new Map<string, SecretForm>();
  /** @param each how many characters one of the secret's comes to at least */
  const add = (text: string, each = 1, ignoreCase = false): void => {
    if (!forms.has(text)) forms.set(text, createForm(text, each, ignoreCase));
  };
  add(secret);
  add(JSON.stringify(secret).slice(1, -1));
  const inAddress = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "\uFFFD"));
  add(inAddress);
  add(encodeURIComponent(inAddress));
  add(hex.join(""), 2, true);
  for (const [before, after] of [
    ["%", ""],
    ["%25", ""],
    ["\\x", ""],
    ["\\u00", ""],
    ["&#x", ";"],
  ] as const) {
    add(hex.map((pair) => before + pair + after).join(""), before.length + 2 + after.length, true);
  }
  add(Array.from(bytes, (byte) => `&#${byte};`).join(""), 5);
  // Base64 groups bytes by three from wherever its input began: 12 characters hold 3 whole groups of any grouping.
  for (const skipped of [0, 1, 2]) {
    const base64 = btoa(String.fromCharCode(...bytes.subarray(skipped)));
    const whole = base64.slice(0, Math.floor((bytes.length - skipped) / 3) * 4);
    if (whole.length < TELLING_CHARS) continue;
    add(whole);
    add(whole.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return [...forms.values()];
}

/**
 * Looks at every so many characters of a text whether a piece of the form begins there, and then how far the two
 * agree to both sides: a few look-ups for a long text, and never more than a comparison at each.
 */
function createForm(form: string, each: number, ignoreCase: boolean): SecretForm {
  const telling = Math.min(TELLING_CHARS * each, form.length);
  const piece = Math.min(PIECE_CHARS * each, telling);
  const step = Math.max(1, telling - piece + 1);
  const places = new Map<string, number[]>();
  for (let at = 0; at + piece <= form.length; at += 1) {
    const text = form.slice(at, at + piece);
    places.set(text, [...(places.get(text) ?? []), at]);
  }

  const runAt = (text: string, at: number): readonly [start: number, end: number] | null => {
    for (const place of places.get(text.slice(at, at + piece)) ?? []) {
      let start = 0;
      while (start < at && start < place && text[at - start - 1] === form[place - start - 1]) start += 1;
      let length = piece;
      while (place + length < form.length && text[at + length] === form[place + length]) length += 1;
      if (start + length >= telling) return [at - start, at + length];
    }
    return null;
  };

  return {
    hideIn(text, by) {
      if (text.length < telling) return text;
      const folded = ignoreCase ? text.replace(/[A-F]+/g, (letters) => letters.toLowerCase()) : text;
      let clean = "";
      let kept = 0;
      for (let at = 0; at + piece <= text.length; at += step) {
        const run = runAt(folded, at);
        if (run === null) continue;
        const [start, end] = run;
        clean += text.slice(kept, Math.max(kept, start)) + by;
        kept = end;
        at = Math.max(at, end - step);
      }
      return kept === 0 ? text : clean + text.slice(kept);
    },
  };
}
