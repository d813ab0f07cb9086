import { cpSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

/** What a clone does not bring; the build is linked, since it would be the same. */
const LEFT_OUT = new Set([
  "node_modules",
  ".git",
  ".local",
  ".wrangler",
  "logs",
  ".artifacts",
  ".temp",
  ".dev.vars",
]);

/**
 * A checkout of one's own: hard links to every file of this one, so that builds count as up to date, and its packages.
 * What a test writes there (a linked project, settings, logs) is not written here.
 */
export function linkCheckout(): { readonly root: string; remove(): void } {
  const parent = resolve("tests", ".artifacts");
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, "checkout-"));
  const link = (from: string, to: string) => {
    mkdirSync(to, { recursive: true });
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) link(source, target);
      else if (entry.isFile()) linkOrCopy(source, target);
    }
  };
  link(resolve("."), root);
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // A file system without hard links: the build is made anew there.
    cpSync(source, target, { preserveTimestamps: true });
  }
}
