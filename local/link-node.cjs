/**
 * After `npm ci`: puts the Node that it brought where `npx` finds it, when the machine's own is too old and npm has
 * deleted the link that it had made (npm 10, https://github.com/npm/cli/issues/4362). `npx wrangler` needs it, npm
 * scripts do not. Nothing depends on this having run (`--ignore-scripts`), so it never fails an installation.
 */
"use strict";

const { lstatSync, symlinkSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");
const { findPackagedNode, modules, readsTypeScript } = require("./run.cjs");

const node = findPackagedNode();
const link = join(modules, ".bin", "node");

// On Windows programs are found through files of other forms; there a newer Node has to be installed.
if (!readsTypeScript() && node !== null && process.platform !== "win32") {
  try {
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(relative(dirname(link), node), link);
  } catch (error) {
    console.error(`npx will use Node ${process.versions.node}: ${error.message}`);
  }
}
