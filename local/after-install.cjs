/**
 * After `npm ci`: two links for `npx wrangler`, which no launcher of ours sees, and 67 MB less. Nothing else depends on
 * either, so that this never fails an installation, and `npm ci --ignore-scripts` lacks nothing but the links.
 */
"use strict";

const { lstatSync, mkdirSync, rmSync, symlinkSync } = require("node:fs");
const { dirname, join, relative, resolve } = require("node:path");
const { findPackagedNode, readsTypeScript } = require("./run.cjs");

const root = resolve(__dirname, "..");

/** Makes a link where there is nothing yet; what it leads to may come later. */
function link(file, target, loss) {
  if (lstatSync(file, { throwIfNoEntry: false })) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(relative(dirname(file), target), file);
  } catch (error) {
    // On Windows only some accounts may make links.
    console.error(`${loss} (${error.code})`);
  }
}

// wrangler looks for settings beside a Worker's configuration; here they stand in one file for both.
link(
  join(root, "workers", "benchmark", ".dev.vars"),
  join(root, ".dev.vars"),
  "npx wrangler dev -c workers/benchmark/wrangler.toml will need a copy of .dev.vars in workers/benchmark",
);

const node = findPackagedNode();

// The headers in that Node's package are for compiling add-ons, which nothing here does. The folder itself stays: npm
// takes a package whose own folder has changed for one that it does not know.
if (node !== null) {
  try {
    rmSync(join(dirname(dirname(node)), "include", "node"), { recursive: true, force: true });
  } catch {
    // They are in nobody's way.
  }
}

// The Node that npm brought, where the machine's own is too old for wrangler and npm has deleted the link that it had
// made (npm 10, https://github.com/npm/cli/issues/4362). On Windows programs are found through files of other forms.
if (!readsTypeScript() && node !== null && process.platform !== "win32") {
  link(join(root, "node_modules", ".bin", "node"), node, `npx will use Node ${process.versions.node}`);
}
