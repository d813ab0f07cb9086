import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fingerprint, serves, stampOf } from "../../../local/build/index.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "build-"));
  mkdirSync(join(root, "app/routes"), { recursive: true });
  writeFileSync(join(root, "app/root.tsx"), "one");
  writeFileSync(join(root, "app/routes/index.tsx"), "two");
});
afterEach(() => rmSync(root, { recursive: true }));

const print = () => fingerprint(root, ["app", "vite.config.ts"]);

describe("the fingerprint of a build's inputs", () => {
  it("stays while nothing changes", () => {
    expect(print()).toBe(print());
  });

  it.each<[string, () => void]>([
    ["a file grows", () => writeFileSync(join(root, "app/root.tsx"), "longer")],
    ["a file is newer or older", () => utimesSync(join(root, "app/root.tsx"), 1, 1)],
    ["a file is added", () => writeFileSync(join(root, "app/routes/new.tsx"), "")],
    ["a file is removed", () => rmSync(join(root, "app/routes/index.tsx"))],
    ["a missing input appears", () => writeFileSync(join(root, "vite.config.ts"), "")],
  ])("changes when %s", (_what, change) => {
    const before = print();
    change();
    expect(print()).not.toBe(before);
  });
});

describe("a build that is there", () => {
  const quick = stampOf("inputs", true);
  const careful = stampOf("inputs", false);

  it("serves a quick start, however it was made, while its inputs are the same", () => {
    expect(serves(quick, "inputs", true)).toBe(true);
    expect(serves(careful, "inputs", true)).toBe(true);
    expect(serves(quick, "others", true)).toBe(false);
    expect(serves(null, "inputs", true)).toBe(false);
  });

  it("serves tests and deployments only when it was made with all care", () => {
    expect(serves(careful, "inputs", false)).toBe(true);
    expect(serves(quick, "inputs", false)).toBe(false);
    expect(serves(careful, "others", false)).toBe(false);
  });
});
