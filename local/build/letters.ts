/**
 * The letters that images of pages are written with: Inter's outlines, drawn once at build time as small bitmaps. A Worker
 * has no canvas, and a library that draws fonts costs more CPU than the Free plan gives a request.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as hb from "harfbuzzjs";
import subsetFont from "subset-font";

const require = createRequire(import.meta.url);
const SOURCE = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";

/** Sizes in pixels with their weights. */
const SIZES = [
  { px: 22, weight: 500 },
  { px: 28, weight: 500 },
  { px: 52, weight: 650 },
] as const;
const CHARACTERS = `${range(0x20, 0x7e)}${range(0xa1, 0xff)}–—’“”…−×≤`;
/** Steps of grey in a letter; four bits each in the file. */
export const LEVELS = 16;
/** How many lines are looked at for one line of pixels. */
const SAMPLES = 8;

/** A letter: how far the next one stands, its box from the line's start and base, and where its pixels begin. */
export type Glyph = readonly [
  advance: number,
  left: number,
  top: number,
  width: number,
  height: number,
  offset: number,
];

export interface Letters {
  readonly sizes: readonly { readonly px: number; readonly glyphs: Readonly<Record<string, Glyph>> }[];
  /** All pixels, two to a byte, in base64. */
  readonly pixels: string;
}

/** Writes `letters.json` into a folder, where it is not there yet as it should be. */
export async function makeLetters(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const source = readFileSync(require.resolve(SOURCE));
  const settings = JSON.stringify([SIZES, CHARACTERS, LEVELS, SAMPLES, 1]);
  const recipe = createHash("sha256").update(source).update(settings).digest("hex");
  const [file, made] = [join(directory, "letters.json"), join(directory, "letters.json.recipe")];
  if (existsSync(file) && existsSync(made) && readFileSync(made, "utf8") === recipe) return;
  writeFileSync(file, JSON.stringify(await drawLetters(source)));
  writeFileSync(made, recipe);
}

async function drawLetters(source: Buffer): Promise<Letters> {
  const pixels: number[] = [];
  const sizes: Letters["sizes"][number][] = [];
  for (const { px, weight } of SIZES) {
    const options = { targetFormat: "sfnt", variationAxes: { wght: weight } } as const;
    const bytes = await subsetFont(source, CHARACTERS, options);
    const face = new hb.Face(new hb.Blob(new Uint8Array(bytes).slice().buffer));
    const font = new hb.Font(face);
    const scale = px / face.upem;
    const glyphs: Record<string, Glyph> = {};
    for (const letter of CHARACTERS) {
      const id = font.nominalGlyph(letter.codePointAt(0) ?? 0);
      if (id === undefined) continue;
      const lines = flatten(font.glyphToPath(id), scale);
      const box = draw(lines);
      glyphs[letter] = [
        Math.round(font.glyphHAdvance(id) * scale * 64) / 64,
        box.left,
        box.top,
        box.width,
        box.height,
        pixels.length,
      ];
      pixels.push(...box.pixels);
    }
    sizes.push({ px, glyphs });
  }
  const packed = Buffer.alloc(Math.ceil(pixels.length / 2));
  pixels.forEach((level, index) => {
    packed[index >> 1] = (packed[index >> 1] ?? 0) | (index % 2 === 0 ? level : level << 4);
  });
  return { sizes, pixels: packed.toString("base64") };
}

type Point = readonly [x: number, y: number];
type Line = readonly [from: Point, to: Point];

/** An outline as straight lines in pixels, y downwards. */
function flatten(path: string, scale: number): Line[] {
  const lines: Line[] = [];
  let at: Point = [0, 0];
  let start: Point = at;
  const lineTo = (to: Point) => {
    lines.push([at, to]);
    at = to;
  };
  for (const [, command = "", text = ""] of path.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    const numbers = text.match(/-?[\d.]+/g)?.map(Number) ?? [];
    const points = Array.from({ length: numbers.length / 2 }, (_, index): Point => {
      return [(numbers[2 * index] ?? 0) * scale, -(numbers[2 * index + 1] ?? 0) * scale];
    });
    if (command === "M") {
      at = points[0] ?? at;
      start = at;
    } else if (command === "Z") lineTo(start);
    else {
      // A curve of any degree, by de Casteljau; a line is one of two points.
      const curve = [at, ...points];
      const steps = command === "L" ? 1 : 12;
      for (let step = 1; step <= steps; step += 1) lineTo(pointOn(curve, step / steps));
    }
  }
  return lines;
}

function pointOn(curve: readonly Point[], t: number): Point {
  const [first = [0, 0]] = curve;
  if (curve.length === 1) return first;
  const inner = curve.slice(1).map(([x, y], index): Point => {
    const [before, above] = curve[index] ?? first;
    return [before + (x - before) * t, above + (y - above) * t];
  });
  return pointOn(inner, t);
}

/** How much of each pixel lies inside an outline (non-zero rule), in levels. */
function draw(lines: readonly Line[]) {
  const xs = lines.flatMap(([[x]]) => x);
  const ys = lines.flatMap(([[, y]]) => y);
  if (lines.length === 0) return { left: 0, top: 0, width: 0, height: 0, pixels: [] };
  const [left, top] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  const [width, height] = [Math.ceil(Math.max(...xs)) - left, Math.ceil(Math.max(...ys)) - top];
  const covered = new Float64Array(width * height);
  for (let row = 0; row < height * SAMPLES; row += 1) {
    const y = top + (row + 0.5) / SAMPLES;
    const crossings = lines
      .filter(([[, from], [, to]]) => from <= y !== to <= y)
      .map(([[x0, y0], [x1, y1]]) => ({
        x: x0 + ((x1 - x0) * (y - y0)) / (y1 - y0),
        turn: y1 > y0 ? 1 : -1,
      }))
      .sort((a, b) => a.x - b.x);
    let winding = 0;
    crossings.forEach(({ x, turn }, index) => {
      winding += turn;
      const next = crossings[index + 1];
      if (winding === 0 || next === undefined) return;
      for (let pixel = Math.floor(x); pixel < next.x; pixel += 1) {
        const share = Math.min(next.x, pixel + 1) - Math.max(x, pixel);
        const place = Math.floor(row / SAMPLES) * width + pixel - left;
        covered[place] = (covered[place] ?? 0) + share / SAMPLES;
      }
    });
  }
  const pixels = Array.from(covered, (share) => Math.round(Math.min(1, share) * (LEVELS - 1)));
  return { left, top, width, height, pixels };
}

function range(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join("");
}
