import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { PACKAGES } from "../../local/packages.ts";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
type Lock = z.infer<typeof lockSchema>["packages"];

const readLock = (folder: string): Lock =>
  lockSchema.parse(JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"))).packages;

/** Where Node would find `name` from the package at `from`, or null. */
function resolve(lock: Lock, from: string, name: string): string | null {
  for (let directory = from; ; ) {
    const path = `${directory ? `${directory}/` : ""}node_modules/${name}`;
    if (path in lock) return path;
    if (!directory) return null;
    const parent = directory.lastIndexOf("node_modules/");
    directory = parent > 0 ? directory.slice(0, parent - 1) : "";
  }
}

describe.each([".", ...Object.keys(PACKAGES)])("the lock file of %s", (folder) => {
  const lock = readLock(folder);

  it("holds every optional platform package, so that npm ci works on Linux, macOS and Windows", () => {
    const missing = Object.entries(lock).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => resolve(lock, path, name) === null)
        .map((name) => `${path || "the project"} lacks ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("names no download address", () => {
    const addresses = Object.values(lock).flatMap(({ resolved }) => resolved ?? []);
    // Folders of this project: for machines with an older Node, and for packages that nothing runs.
    const ours = folder === "." ? ["local/left-out", "local/newer-node"] : [];
    expect([...new Set(addresses)].sort()).toEqual(ours);
  });
});

it("the lock file says of the Node for older machines what its package says", () => {
  const { engines, optionalDependencies } = z
    .object({ engines: z.unknown(), optionalDependencies: z.unknown() })
    .parse(JSON.parse(readFileSync("local/newer-node/package.json", "utf8")));
  expect(readLock(".")["local/newer-node"]).toMatchObject({ optional: true, engines, optionalDependencies });
});

it("what others ask for and nothing runs is left out, and says so when it is used", () => {
  const leftOut = Object.entries(readLock(".")).flatMap(([path, { resolved }]) =>
    resolved === "local/left-out" ? [path.replace("node_modules/", "")] : [],
  );
  expect(leftOut).toContain("prettier");
  const require = createRequire(import.meta.url);
  for (const name of leftOut) {
    const loaded = require(name);
    for (const use of [() => loaded.format(""), () => loaded(), () => new loaded()]) {
      expect(use).toThrow(/a package that Benchmark Engine leaves out/);
    }
  }
});

describe("the packages of tests/", () => {
  const dependenciesOf = (folder: string) => {
    const { dependencies, devDependencies = {} } = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        devDependencies: z.record(z.string(), z.string()).optional(),
      })
      .parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
    return { ...dependencies, ...devDependencies };
  };
  const project = dependenciesOf(".");
  const tests = dependenciesOf("tests");

  it("are named there only, and in exact versions", () => {
    expect(Object.keys(tests).filter((name) => name in project)).toEqual([]);
    expect(Object.entries(tests).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it("are of the project's versions where it brings them too", () => {
    const ours = readLock(".");
    const others = Object.entries(readLock("tests")).flatMap(([path, { version }]) =>
      path === "" || ours[path] === undefined || ours[path].version === version
        ? []
        : [`${path} ${version}, the project's is ${ours[path].version}`],
    );
    expect(others).toEqual([]);
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

it("documents name only files that are there", () => {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
  }).split("\n");
  const missing = files
    .filter((file) => /^(docs|tests)\/[^/]+\.md$|^[^/]+\.md$/.test(file))
    .flatMap((document) =>
      [
        ...readFileSync(document, "utf8").matchAll(
          /`([\w$][\w.$-]*(?:\/[\w.$-]+)+\.(?:ts|tsx|cjs|sql|toml|md))`/g,
        ),
      ]
        .map(([, path = ""]) => path)
        .filter((path) => !files.some((file) => `/${file}`.endsWith(`/${path}`)))
        .map((path) => `${document} names ${path}`),
    );
  expect(missing).toEqual([]);
});
