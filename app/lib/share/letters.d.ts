// Made by local/build/letters.ts.
declare module "@fonts/letters.json" {
  /** How far the next letter stands, its box from the pen and the line, and where its pixels begin. */
  export type Glyph = readonly [
    advance: number,
    left: number,
    top: number,
    width: number,
    height: number,
    offset: number,
  ];
  const letters: {
    readonly sizes: readonly { readonly px: number; readonly glyphs: Readonly<Record<string, Glyph>> }[];
    /** Two pixels to a byte, the first in the lower half, in base64. */
    readonly pixels: string;
  };
  export default letters;
}
