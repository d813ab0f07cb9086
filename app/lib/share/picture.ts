import letters, { type Glyph } from "@fonts/letters.json";
import { ACID } from "../theme.ts";
import { encodePng } from "./png.ts";

/** What is drawn with: its place in this list times the steps of grey is its place in the palette. */
const COLORS = [ACID.bg, ACID.text, ACID.muted, ACID.primary, ACID.warning, ACID.border] as const;
export type Ink = "text" | "muted" | "primary" | "warning" | "border";
const INKS: Readonly<Record<Ink, number>> = {
  text: 1,
  muted: 2,
  primary: 3,
  warning: 4,
  border: 5,
};
const LEVELS = 16;
/** Small, usual and large, in pixels, as local/build/letters.ts made them. */
export const SMALL = 0;
export const USUAL = 1;
export const LARGE = 2;
export type Size = 0 | 1 | 2;

let bytes: Uint8Array | null = null;
/** The letters' pixels, two to a byte; read out of their text at the first picture. */
function pixelsOfLetters(): Uint8Array {
  bytes ??= Uint8Array.from(atob(letters.pixels), (sign) => sign.charCodeAt(0));
  return bytes;
}

function glyphsOf(text: string, size: Size): Glyph[] {
  const glyphs = letters.sizes[size]?.glyphs ?? {};
  // A sign that no letter was made of leaves its mark.
  const unknown = glyphs["?"];
  return Array.from(text)
    .map((sign) => glyphs[sign] ?? unknown)
    .filter((glyph) => glyph !== undefined);
}

/** How wide a text is, in pixels. */
export function textWidth(text: string, size: Size): number {
  return glyphsOf(text, size).reduce((sum, [advance]) => sum + advance, 0);
}

/** The text, cut with an ellipsis where it is wider than there is room. */
export function cutTo(text: string, size: Size, room: number): string {
  if (textWidth(text, size) <= room) return text;
  const signs = Array.from(text);
  while (signs.length > 0 && textWidth(`${signs.join("")}…`, size) > room) signs.pop();
  return `${signs.join("")}…`;
}

/** A picture of few colours: boxes, and letters on its ground. */
export class Picture {
  readonly #width: number;
  readonly #height: number;
  readonly #pixels: Uint8Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#pixels = new Uint8Array(width * height);
  }

  box(x: number, y: number, width: number, height: number, ink: Ink): void {
    const color = INKS[ink] * LEVELS + LEVELS - 1;
    const [from, to] = [Math.max(0, Math.round(x)), Math.min(this.#width, Math.round(x + width))];
    for (let row = Math.max(0, y); row < Math.min(this.#height, y + height); row += 1) {
      this.#pixels.fill(color, row * this.#width + from, row * this.#width + to);
    }
  }

  /** @param x of its left end, or of its right end; @param y of the line that letters stand on */
  text(text: string, x: number, y: number, size: Size, ink: Ink, align: "left" | "right" = "left"): void {
    const source = pixelsOfLetters();
    let pen = align === "left" ? x : x - textWidth(text, size);
    for (const [advance, left, top, width, height, offset] of glyphsOf(text, size)) {
      const corner = Math.round(pen) + left;
      pen += advance;
      for (let row = 0; row < height; row += 1) {
        const line = y + top + row;
        if (line < 0 || line >= this.#height) continue;
        for (let column = 0; column < width; column += 1) {
          const place = corner + column;
          if (place < 0 || place >= this.#width) continue;
          const index = offset + row * width + column;
          const level = ((source[index >> 1] ?? 0) >> (index % 2 === 0 ? 0 : 4)) & 15;
          if (level > 0) this.#pixels[line * this.#width + place] = INKS[ink] * LEVELS + level;
        }
      }
    }
  }

  png(): Promise<Uint8Array<ArrayBuffer>> {
    return encodePng(this.#width, this.#height, this.#pixels, PALETTE);
  }
}

/** Each colour in all steps from the ground to itself. */
const PALETTE = Uint8Array.from(
  COLORS.flatMap((color) =>
    Array.from({ length: LEVELS }, (_, level) => level / (LEVELS - 1)).flatMap((share) =>
      [1, 3, 5].map((at) => {
        const [ground, own] = [ACID.bg, color].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16));
        return Math.round((ground ?? 0) + ((own ?? 0) - (ground ?? 0)) * share);
      }),
    ),
  ),
);
