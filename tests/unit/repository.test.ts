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

describe("the Workers' configurations", () => {
  const files = ["wrangler.toml", "workers/benchmark/wrangler.toml"];

  it.each(files)("%s opens no address for versions that are not deployed", (file) => {
    expect(readFileSync(file, "utf8")).toMatch(/^preview_urls = false$/m);
  });

  it("give each rate limit a counter of its own, none of them the documentation's example", () => {
    const ids = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/^namespace_id = "(\d+)"$/gm)].map((match) => match[1]),
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => ["1001", "1002"].includes(id ?? ""))).toEqual([]);
  });
});
