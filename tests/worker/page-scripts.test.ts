import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

/*
 * What a browser loads for each page, counted in the files of the build: before the charts come alive the entry, the page's
 * layout and the page with all that they import; in all, also what those load later.
 */

const CLIENT = new URL("../../build/client", import.meta.url);
const BEFORE_CHARTS = 100 * 1_024;
const IN_ALL = 175 * 1_024;

interface Route {
  readonly id: string;
  readonly module: string;
  readonly imports: readonly string[];
}
interface Manifest {
  readonly url: string;
  readonly entry: Pick<Route, "module" | "imports">;
  readonly routes: Readonly<Record<string, Route>>;
}

const manifest = readManifest();
const pages = Object.values(manifest.routes).filter(
  // What has no component answers with data: its module is empty.
  ({ id, module }) => id !== "root" && readFile(module).length > 10,
);

function readManifest(): Manifest {
  const [name] = readdirSync(new URL(`${CLIENT}/assets`)).filter((file) => file.startsWith("manifest-"));
  return JSON.parse(
    readFile(`/assets/${name}`)
      .replace(/^window\.__remixManifest=/, "")
      .replace(/;\s*$/, ""),
  );
}

function readFile(path: string): string {
  return readFileSync(new URL(`${CLIENT}${path}`), "utf8");
}

const sizes = new Map<string, number>();
function gzipped(path: string): number {
  const known = sizes.get(path) ?? gzipSync(readFile(path), { level: 9 }).length;
  sizes.set(path, known);
  return known;
}

function sum(files: ReadonlySet<string>): number {
  return [...files].reduce((total, file) => total + gzipped(file), 0);
}

/** The files that a page's document names. */
function atOnce(page: Route): ReadonlySet<string> {
  const parts = [manifest.entry, manifest.routes.root, page];
  return new Set([manifest.url, ...parts.flatMap((part) => [part?.module ?? "", ...(part?.imports ?? [])])]);
}

/** Those files and whatever is imported from them at any time. */
function inAll(page: Route): ReadonlySet<string> {
  const files = new Set(atOnce(page));
  for (const file of files) {
    for (const [, name] of readFile(file).matchAll(/["'(`]\.\/([\w.-]+\.js)["'`]/g))
      files.add(`/assets/${name}`);
  }
  return files;
}

describe("the JavaScript of a page", () => {
  test("is counted for every page", () => {
    expect(pages.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        "routes/_index",
        "routes/compare",
        "routes/models.$provider.$",
        "routes/status",
      ]),
    );
    expect(pages.length).toBeGreaterThanOrEqual(10);
  });

  test.each(pages.map((page) => [page.id, page] as const))(
    "%s: at most 100 KiB before the charts and 175 KiB in all, gzipped",
    (_id, page) => {
      const before = sum(atOnce(page));
      // Else the count itself is wrong: React alone is 45 kB.
      expect(before).toBeGreaterThan(60_000);
      expect(before).toBeLessThanOrEqual(BEFORE_CHARTS);
      expect(sum(inAll(page))).toBeLessThanOrEqual(IN_ALL);
    },
  );

  test("names every file that the document of a page imports statically", () => {
    for (const page of pages) {
      const named = atOnce(page);
      for (const file of named) {
        for (const [, name] of readFile(file).matchAll(/(?:from|import)["']\.\/([\w.-]+\.js)["']/g)) {
          expect(named).toContain(`/assets/${name}`);
        }
      }
    }
  });
});
