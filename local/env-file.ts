/** A line of a settings file that could not be read. */
export interface EnvFileProblem {
  readonly line: number;
  readonly message: string;
}

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly EnvFileProblem[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a settings file in the form of `.dev.vars`: `NAME=value` lines, an optional `export` in front, `#`
 * comments, values bare or in one pair of quotes. Values are taken literally: nothing is expanded. A byte order
 * mark and Windows line ends do no harm; the last of two equal names wins.
 */
export function parseEnvFile(text: string): EnvFile {
  const values = new Map<string, string>();
  const problems: EnvFileProblem[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim().replace(/^export\s+/, "");
    if (line === "" || line.startsWith("#")) continue;
    const report = (message: string) => problems.push({ line: index + 1, message });
    const equals = line.indexOf("=");
    const name = equals === -1 ? "" : line.slice(0, equals).trim();
    if (!NAME.test(name)) {
      // The line itself is not repeated: it may hold a key.
      report("is not of the form NAME=value");
      continue;
    }
    const value = readValue(line.slice(equals + 1).trim());
    if (value === null) report(`has a quote around the value of ${name} that does not close`);
    else values.set(name, value);
  }
  return { values, problems };
}

/** The value without quotes or trailing comment; null when an opening quote is not closed. */
function readValue(text: string): string | null {
  const quote = text.charAt(0);
  if (quote === '"' || quote === "'" || quote === "`") {
    const end = text.indexOf(quote, 1);
    if (end === -1) return null;
    const rest = text.slice(end + 1).trim();
    return rest === "" || rest.startsWith("#") ? text.slice(1, end) : null;
  }
  return text.replace(/\s+#.*$/, "");
}

/**
 * Writes settings in the form that wrangler's `--env-file` reads back unchanged (dotenv, then dotenv-expand):
 * in quotes, which dotenv does not unescape, and with every `$` escaped, which dotenv-expand would resolve.
 *
 * @throws Error when a value cannot be written: a line break, or all three kinds of quotes at once.
 */
export function formatEnvFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      // Double quotes come last: inside them dotenv turns \n into a line break.
      const quote = ["'", "`", '"'].find((candidate) => !value.includes(candidate));
      const unwritable =
        quote === undefined || /[\r\n\0]/.test(value) || (quote === '"' && /\\[nr]/.test(value));
      if (unwritable) throw new Error(`${name} has a line break or too many kinds of quotes in it.`);
      return `${name}=${quote}${value.replaceAll("$", "\\$")}${quote}\n`;
    })
    .join("");
}
