const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What may be none of XML's text as it is; most texts have none of it, and are looked at once. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const AWKWARD = /[&<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/;

/** Text as XML, and HTML, can hold it: its own marks escaped, and characters left out that XML 1.0 forbids. */
export function xmlText(text: string): string {
  if (!AWKWARD.test(text)) return text;
  return (
    text
      .replace(/\p{Cs}/gu, "\ufffd")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark)
  );
}
