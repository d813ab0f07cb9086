import { describe, expect, test } from "vitest";
import { without, withSettings, wrapLate } from "../../../local/build/browser-code.ts";

describe("Remix in the browser", () => {
  test("has its settings as constants, those that are not named as off", () => {
    const code =
      "if (window.__remixContext.future.v3_singleFetch && !future.v3_lazyRouteDiscovery) f(window.__remixContext.isSpaMode);";
    expect(withSettings(code, { v3_singleFetch: true })).toBe("if (true && !false) f(false);");
  });

  test("loses the functions and classes of a list, wherever they stand; what calls them fails in plain words", () => {
    const code =
      "function a(){return 1}\nfunction outer(){async function gone(x){return x}return {gone, a}}\nclass Old{constructor(){this.x=1}}";
    const lean = without(code, ["gone", "Old"]);
    expect(lean).toContain("function a(){return 1}");
    expect(lean).not.toContain("return x");
    const { outer, Old } = new Function(`${lean};return {outer, Old}`)();
    expect(outer().a()).toBe(1);
    expect(() => new Old()).toThrow("Old is left out of the build");
    return expect(outer().gone()).rejects.toThrow("gone is left out of the build");
  });

  test("that no longer has what the list names stops the build", () => {
    expect(() => without("function a(){}", ["a", "renamed"])).toThrow("no renamed to leave out");
  });
});

test("a file of late parts is loaded later by the browser and at once by the server", () => {
  const source = "function inner() {}\nexport function Charts(props) {}\nexport function Boards() {}\n";
  expect(wrapLate("/app/x.late.tsx", source, "/app/late.tsx", false).split("\n")).toEqual([
    'import { late } from "/app/late.tsx";',
    'export const Charts = late(() => import("/app/x.late.tsx").then((parts) => parts.Charts));',
    'export const Boards = late(() => import("/app/x.late.tsx").then((parts) => parts.Boards));',
  ]);
  expect(wrapLate("/app/x.late.tsx", source, "/app/late.tsx", true)).toContain(
    "export const Boards = drawn(parts.Boards);",
  );
});
