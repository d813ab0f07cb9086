import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFonts, readFaces } from "../../../local/build/fonts.ts";

const STYLE_SHEET = fileURLToPath(new URL("../../../app/tailwind.css", import.meta.url));
const face = (more: string) =>
  `@font-face { font-family: "Inter Variable"; src: url("@fonts/inter.woff2"); ${more} }`;

describe("the fonts", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "benchmark-engine-fonts-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const sheet = (css: string) => {
    const path = join(directory, "sheet.css");
    writeFileSync(path, css);
    return path;
  };

  it("are half of what their packages bring, and none is missing that the style sheet names", async () => {
    await makeFonts(STYLE_SHEET, directory);
    const faces = readFaces(readFileSync(STYLE_SHEET, "utf8"));
    expect(faces.map(({ file }) => file)).toEqual(["inter.woff2", "jetbrains-mono.woff2"]);
    for (const { file, characters } of faces) {
      expect(readFileSync(join(directory, file)).subarray(0, 4).toString()).toBe("wOF2");
      expect(statSync(join(directory, file)).size).toBeLessThan(28_000);
      for (const character of "aZ09~ ·×…−") expect(characters).toContain(character);
    }
  });

  it("are cut again only when what is kept of them changes", async () => {
    const path = sheet(face("font-weight: 400 700; unicode-range: U+41-42, U+B7"));
    await makeFonts(path, directory);
    const made = () => statSync(join(directory, "inter.woff2")).mtimeMs;
    const first = made();
    await makeFonts(path, directory);
    expect(made()).toBe(first);
    sheet(face("font-weight: 400 700; unicode-range: U+41-5A"));
    await makeFonts(path, directory);
    expect(made()).toBeGreaterThan(first);
  });

  it.each([
    ["unicode-range", "font-weight: 400 700"],
    ["weights", "unicode-range: U+41; font-weight: 400"],
    ["a range that can be read", "font-weight: 400 700; unicode-range: U+4?"],
  ])("are refused with words on what is missing: %s", async (_what, more) => {
    await expect(makeFonts(sheet(face(more)), directory)).rejects.toThrow(/unicode-range/);
  });
});
