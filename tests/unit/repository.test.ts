import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
    ),
  })
  .parse(JSON.parse(readFileSync("package-lock.json", "utf8")));

/** Where Node would find `name` from the package at `from`, or null. */
function resolve(from: string, name: string): string | null {
  for (let directory = from; ; ) {
    const path = `${directory ? `${directory}/` : ""}node_modules/${name}`;
    if (path in lock.packages) return path;
    if (!directory) return null;
    const parent = directory.lastIndexOf("node_modules/");
    directory = parent > 0 ? directory.slice(0, parent - 1) : "";
  }
}

describe("the lock file", () => {
  it("holds every optional platform package, so that npm ci works on Linux, macOS and Windows", () => {
    const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => resolve(path, name) === null)
        .map((name) => `${path || "the project"} lacks ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("names no download address", () => {
    expect(JSON.stringify(lock)).not.toContain('"resolved"');
  });
});
