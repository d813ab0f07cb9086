import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { unstable_getVarsForDev as getVarsForDev } from "wrangler";
import { formatEnvFile, parseEnvFile } from "../../../local/env-file.ts";
import fc from "../../support/fast-check.ts";

const valuesOf = (text: string) => Object.fromEntries(parseEnvFile(text).values);

describe("reading a settings file", () => {
  it("takes names, values, comments, quotes and export as people write them", () => {
    const text = [
      "\uFEFF# a comment",
      "",
      "PLAIN=value",
      "  export SPACED = two words  ",
      "TRAILING=value # said beside it",
      "HASH=a#b",
      'DOUBLE="# not a comment" # a comment',
      "SINGLE='a \"quoted\" word'",
      "EQUALS=a=b==",
      "EMPTY=",
      "DOLLAR=$HOME/$x",
      "TWICE=first",
      "TWICE=second",
    ].join("\r\n");
    expect(valuesOf(text)).toEqual({
      PLAIN: "value",
      SPACED: "two words",
      TRAILING: "value",
      HASH: "a#b",
      DOUBLE: "# not a comment",
      SINGLE: 'a "quoted" word',
      EQUALS: "a=b==",
      EMPTY: "",
      DOLLAR: "$HOME/$x",
      TWICE: "second",
    });
  });

  it("says which line it cannot read, without repeating what stands there", () => {
    const { problems, values } = parseEnvFile('GOOD=1\nsk-secret-without-a-name\nOPEN="no end\n3X=1\n');
    expect([...values.keys()]).toEqual(["GOOD"]);
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(JSON.stringify(problems)).not.toContain("sk-secret");
    expect(problems[1]?.message).toContain("OPEN");
  });
});

describe("writing a settings file for wrangler", () => {
  const directory = mkdtempSync(join(tmpdir(), "env-file-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  it("is read back unchanged by wrangler, whatever characters a key has", () => {
    const file = join(directory, "settings.env");
    const value = fc
      .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 60 })
      .filter((text) => text.trim() === text && text !== "")
      .filter((text) => !["'", "`", '"'].every((quote) => text.includes(quote)))
      .filter((text) => !(text.includes("'") && text.includes("`") && /\\[nr]/.test(text)));
    fc.assert(
      fc.property(value, value, (first, second) => {
        writeFileSync(file, formatEnvFile({ FIRST: first, SECOND: second }));
        const read = getVarsForDev(undefined, [file], {}, undefined, true);
        expect([read.FIRST?.value, read.SECOND?.value]).toEqual([first, second]);
      }),
      {
        numRuns: 400,
        examples: [
          ["$FIRST", "a$SECOND$x"],
          ["\\$x", "a\\"],
          ["#", "=a#b"],
        ],
      },
    );
  });

  it("refuses what it could not write faithfully", () => {
    expect(() => formatEnvFile({ KEY: "two\nlines" })).toThrow("KEY");
    expect(() => formatEnvFile({ KEY: "'`\"" })).toThrow("KEY");
  });
});
