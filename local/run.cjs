/**
 * Runs a TypeScript program of this project, or a tool that npm installed, on a Node that is new enough:
 *
 *   node local/run.cjs local/stack/index.ts --dev
 *   node local/run.cjs vitest run
 *
 * What tests and checks alone use (tests/package.json) is installed by the first command that needs it.
 *
 * The Node that runs this file where it reads TypeScript by itself, else the one that `npm ci` brought for that
 * (newer-node/package.json). It is looked up in node_modules and not on the PATH: npm 10 deletes node_modules/.bin/node
 * while it clears away other platforms' optional packages (https://github.com/npm/cli/issues/4362). Plain JavaScript,
 * since any Node must read it.
 */
"use strict";

const { spawn, spawnSync } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { constants } = require("node:os");
const { delimiter, dirname, join, resolve, sep } = require("node:path");
const { pathToFileURL } = require("node:url");

const root = resolve(__dirname, "..");
const modules = join(root, "node_modules");
const tests = join(root, "tests");

/** Packages of the tools whose names are not those of their packages. */
const PACKAGES = { biome: "@biomejs/biome", tsc: "typescript", remix: "@remix-run/dev" };

const windows = process.platform === "win32";
const system = `${windows ? "win" : process.platform}-${process.arch}`;
/** What a Node for this machine may be called in npm's registry. */
const nodePackages = [`node-${system}`, `node-bin-${system}`];

/** The Node that npm installed for this machine; null where there is none. */
function findPackagedNode() {
  const program = join("bin", windows ? "node.exe" : "node");
  return nodePackages.map((name) => join(modules, name, program)).find(existsSync) || null;
}

/** True where an installation on the running Node brings a newer one. */
function npmHasNode() {
  const { optionalDependencies } = readJson(join(__dirname, "newer-node", "package.json"));
  return nodePackages.some((name) => name in optionalDependencies);
}

/** True for a Node that runs TypeScript as it is: 22.18 and newer, 23.6 and newer, 24 and newer. */
function readsTypeScript() {
  return process.features.typescript === "strip" || process.features.typescript === "transform";
}

const isFile = (name) => /\.[cm]?[jt]s$/.test(name);

/** The file behind a name on the command line: a program of ours, or what a package calls its own; null: not there. */
function findProgram(name) {
  if (isFile(name)) return resolve(root, name);
  const places = [modules, join(tests, "node_modules")];
  const folder = places.map((place) => join(place, PACKAGES[name] || name)).find(existsSync);
  if (folder === undefined) return null;
  const { bin } = readJson(join(folder, "package.json"));
  return join(folder, typeof bin === "string" ? bin : bin[name]);
}

/** True for a program that finds packages in tests/node_modules. vitest.config.ts sees to Vitest, which npx starts too. */
function needsTestPackages(name) {
  if (isFile(name)) return resolve(root, name).startsWith(tests + sep);
  const file = join(tests, "package.json");
  return existsSync(file) && (PACKAGES[name] || name) in readJson(file).dependencies;
}

/** Brings what tests/package.json names, unless it is there. @returns the exit code */
function installTestPackages(node) {
  const { status } = spawnSync(node, [join(__dirname, "packages.ts")], { stdio: "inherit" });
  return status === null ? 1 : status;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** What the person at the terminal can mend: one line, without a stack. */
function refuse(line) {
  console.error(line);
  process.exitCode = 1;
}

function run(name, args) {
  const node = readsTypeScript() ? process.execPath : findPackagedNode();
  if (node === null) {
    const remedy = npmHasNode() ? "run npm ci, which brings one" : "install one from https://nodejs.org";
    return refuse(`this needs Node 22.18, 24 or newer; here is ${process.versions.node}: ${remedy}`);
  }
  // For what is started in turn, by whatever looks for "node".
  process.env.PATH = dirname(node) + delimiter + (process.env.PATH || "");
  // What was compiled once is read the next time: of a terminal run's start half the CPU remains, of wrangler's four fifths.
  process.env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE || join(modules, ".cache", "node");
  if (existsSync(modules) && needsTestPackages(name)) {
    process.exitCode = installTestPackages(node);
    if (process.exitCode !== 0) return;
  }
  const file = findProgram(name);
  if (file === null) return refuse(`${name} is not installed: run npm ci`);
  if (!file.endsWith(".ts")) {
    runAsChild(node, [file, ...args]);
  } else if (node !== process.execPath) {
    runAsChild(node, [__filename, name, ...args]);
  } else {
    enableCompileCache(process.env.NODE_COMPILE_CACHE);
    process.argv = [node, file, ...args];
    void import(pathToFileURL(file).href);
  }
}

/** Another process in our place: it gets our signals, we take over its exit code. */
function runAsChild(node, args) {
  const child = spawn(node, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; twice would mean "at once" to some tools.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => refuse(`${node} cannot be run here: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

module.exports = { findPackagedNode, readsTypeScript };

if (require.main === module) {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) {
    console.error("Usage: node local/run.cjs PROGRAM.ts|TOOL [arguments]");
    process.exitCode = 2;
  } else {
    run(name, args);
  }
}
