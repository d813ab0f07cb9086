import { describe, expect, it } from "vitest";
import { readDecisions, withIndex } from "../../../local/build/decisions.ts";

const decision = (number: string, title: string, status = "accepted", subject = "Pages") => ({
  file: `${number}-${title.toLowerCase().replaceAll(" ", "-")}.md`,
  text: `# ${number}. ${title}\n\n- Status: ${status}\n- Subject: ${subject}\n- Date: 2026-11-28\n\n**Context.** …\n`,
});
const README = "# Decisions\n\n<!-- index: made by npm run decisions -->\n<!-- /index -->\n";

describe("the index of the decisions", () => {
  it("lists each by subject, with its status, and is the same when it is written again", () => {
    const decisions = readDecisions([
      decision("0002", "Keep it", "accepted", "Database"),
      decision("0001", "Draw it", "superseded by 0002"),
    ]);
    const written = withIndex(README, decisions);
    expect(written).toContain(
      "## Database\n\n| | decision | status |\n|---|---|---|\n| 0002 | [Keep it](0002-keep-it.md) | accepted |",
    );
    expect(written).toContain("| 0001 | [Draw it](0001-draw-it.md) | superseded by 0002 |");
    expect(withIndex(written, decisions)).toBe(written);
    expect(withIndex(README, decisions.slice(1))).not.toBe(written);
  });

  it.each([
    [
      "a gap in the numbers",
      [decision("0001", "Draw it"), decision("0003", "Keep it")],
      /0003.*it is 0002-keep-it\.md/,
    ],
    [
      "a number twice",
      [decision("0001", "Draw it"), decision("0001", "Keep it")],
      /0001-keep-it\.md.*0002-keep-it/,
    ],
    [
      "a name that is not the title",
      [{ ...decision("0001", "Draw it"), file: "0001-other.md" }],
      /0001-draw-it\.md/,
    ],
    ["a head of another form", [{ file: "0001-draw-it.md", text: "# Draw it\n" }], /head is not as template/],
    [
      "a successor that is not there",
      [decision("0001", "Draw it", "superseded by 0009")],
      /no decision 0009/,
    ],
  ])("is not made over %s", (_what, files, fault) => {
    expect(() => readDecisions(files)).toThrow(fault);
  });
});
