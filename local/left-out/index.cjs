/**
 * Stands for packages that others name among their dependencies and that nothing of ours runs; "overrides" in package.json
 * lists them. Some are loaded all the same, beside what is used, so that only their use can fail: a call, a name read.
 */
"use strict";

/** What is read of any module so as to load it. */
const READ_BY_LOADERS = new Set(["__esModule", "default", "module.exports", "prototype", "then"]);

function refuse(use) {
  throw new Error(
    `${use}: this is @benchmark-engine/left-out, which stands for a package that Benchmark Engine leaves out; ` +
      'the stack says who uses it, "overrides" in package.json why it could',
  );
}

module.exports = new Proxy(function leftOut() {}, {
  get(target, name) {
    if (typeof name === "symbol" || READ_BY_LOADERS.has(name)) return target[name];
    return refuse(`.${name}`);
  },
  apply: () => refuse("called"),
  construct: () => refuse("new"),
});
