/**
 * The fonts as pages send them: of each only the characters and weights that its @font-face names, half of what their
 * packages bring. What a page is written in is so small that it can be asked for with the style sheet and is there for
 * the first paint.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import subsetFont from "subset-font";

const require = createRequire(import.meta.url);

/** The files that fonts are cut from, by the name that the style sheet uses behind "@fonts/". */
const SOURCES: Readonly<Record<string, string>> = {
  "inter.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "jetbrains-mono.woff2": "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
};

interface Face {
  readonly file: string;
  /** What it is cut from, as a module's path. */
  readonly source: string;
  readonly weights: { readonly min: number; readonly max: number };
  readonly characters: string;
}

/**
 * Makes the fonts that a style sheet takes from "@fonts/", where they are not made yet.
 * @param styleSheet path of the style sheet, whose @font-face rules say what is kept
 * @param directory where the fonts are put
 * @throws Error where a rule names no known font, or not its weights or characters.
 */
export async function makeFonts(styleSheet: string, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (const face of readFaces(readFileSync(styleSheet, "utf8"))) {
    const source = readFileSync(require.resolve(face.source));
    const recipe = createHash("sha256").update(source).update(JSON.stringify(face)).digest("hex");
    const [font, made] = [join(directory, face.file), join(directory, `${face.file}.recipe`)];
    if (existsSync(font) && existsSync(made) && readFileSync(made, "utf8") === recipe) continue;
    const small = await subsetFont(source, face.characters, {
      targetFormat: "woff2",
      variationAxes: { wght: face.weights },
    });
    writeFileSync(font, small);
    writeFileSync(made, recipe);
  }
}

/** The faces of a style sheet that are cut. */
export function readFaces(css: string): Face[] {
  return [...css.matchAll(/@font-face\s*\{([^}]*)\}/g)].flatMap(([, rule = ""]) => {
    const file = /url\("@fonts\/([^"]+)"\)/.exec(rule)?.[1];
    if (file === undefined) return [];
    const source = SOURCES[file];
    const [, min, max] = /font-weight:\s*(\d+)\s+(\d+)/.exec(rule) ?? [];
    const ranges = /unicode-range:\s*([^;]+)/.exec(rule)?.[1];
    if (source === undefined || min === undefined || max === undefined || ranges === undefined)
      throw new Error(
        `The @font-face of @fonts/${file} must be one of ${Object.keys(SOURCES).join(", ")} and say font-weight (two numbers) and unicode-range.`,
      );
    const characters = ranges.split(",").map(charactersOf).join("");
    return [{ file, source, weights: { min: Number(min), max: Number(max) }, characters }];
  });
}

/** The characters of "U+20-7E" or "U+B7". */
function charactersOf(range: string): string {
  const [, first, last = first] = /^\s*U\+([\dA-F]+)(?:-([\dA-F]+))?\s*$/i.exec(range) ?? [];
  if (first === undefined || last === undefined) throw new Error(`"${range.trim()}" is no unicode-range.`);
  const [from, to] = [Number.parseInt(first, 16), Number.parseInt(last, 16)];
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join("");
}
