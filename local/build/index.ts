import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { messageOf, SetupError } from "../errors.ts";
import { runScript } from "../script.ts";
import { toolEnvironment } from "../tool-environment.ts";
import { projectRoot, remixBin, wranglerBin } from "../tools.ts";

/** In the order in which they are built: a Worker needs the pages. */
const TARGETS = ["dashboard", "worker-dashboard", "worker-benchmark"] as const;
type Target = (typeof TARGETS)[number];

interface Recipe {
  readonly title: string;
  /** Files and folders that the result depends on. */
  readonly inputs: readonly string[];
  /** Must exist for the result to count as there. */
  readonly output: string;
  readonly command: readonly string[];
}

const shared = ["package-lock.json", "tsconfig.json", "supabase/database.types.ts", "workers/settings"];
const dashboardInputs = [
  ...shared,
  "app",
  "public",
  "docs/metrics.md",
  "workers/dashboard",
  "remix.config.js",
  "vite.config.ts",
  "local/build/browser-code.ts",
  "local/build/fonts.ts",
  "local/build/letters.ts",
  "local/build/markdown.ts",
  "local/build/missing-modules.ts",
];

/** Paths are absolute: wrangler takes relative ones from the folder of the configuration. */
const dryRun = (root: string, config: string, output: string) => [
  wranglerBin(root),
  "deploy",
  "--dry-run",
  "--config",
  config,
  "--outdir",
  // wrangler takes a relative path from the folder of the configuration.
  join(root, output),
];

function recipes(root: string): Readonly<Record<Target, Recipe>> {
  return {
    dashboard: {
      title: "the dashboard",
      inputs: dashboardInputs,
      output: "build/server/index.js",
      command: [remixBin(root), "vite:build"],
    },
    "worker-dashboard": {
      title: "the dashboard's Worker",
      inputs: [...dashboardInputs, "wrangler.toml", "build/server/index.js"],
      output: "build/worker-dashboard/index.js",
      command: dryRun(root, "wrangler.toml", "build/worker-dashboard"),
    },
    "worker-benchmark": {
      title: "the benchmark Worker",
      inputs: [...shared, "workers/benchmark", "workers/tsconfig.json"],
      output: "build/worker-benchmark/index.js",
      command: dryRun(root, "workers/benchmark/wrangler.toml", "build/worker-benchmark"),
    },
  };
}

export interface BuildOptions {
  /** Build even when nothing has changed. */
  readonly force?: boolean;
  /** Take less trouble over the size of what browsers fetch: for this machine, where nobody waits for kilobytes. */
  readonly quick?: boolean;
  /** Default: all, in this order. `npm start` needs the dashboard only: wrangler bundles while it runs. */
  readonly targets?: readonly Target[];
  readonly say?: (line: string) => void;
  /** Ends the tool that is at work; the call rejects then. */
  readonly signal?: AbortSignal;
}

/**
 * Builds what is out of date: the dashboard's pages and browser files, and both Workers as they would be
 * deployed (`wrangler deploy --dry-run`, without a network).
 *
 * @throws SetupError with the tool's own last words when a build fails.
 */
export async function build(options: BuildOptions = {}): Promise<void> {
  const { force = false, quick = false, targets = TARGETS } = options;
  const say = options.say ?? (() => undefined);
  for (const target of targets) {
    const recipe = recipes(projectRoot)[target];
    const stamp = join(projectRoot, "build", "stamps", target);
    const before = fingerprint(projectRoot, recipe.inputs);
    const there = existsSync(join(projectRoot, recipe.output));
    if (!force && there && serves(readStamp(stamp), before, quick)) continue;
    say(`Building ${recipe.title} …`);
    await run(recipe, quick, options.signal);
    mkdirSync(dirname(stamp), { recursive: true });
    // Of the inputs as they were before: a file changed while we built makes the next build run again.
    writeFileSync(stamp, stampOf(before, quick));
  }
}

/** What is written down of a build: its inputs' fingerprint, and that it was a quick one. */
export const stampOf = (fingerprint: string, quick: boolean) => `${fingerprint}${quick ? " quick" : ""}`;

/** Whether a build with that stamp will do. One made with all care serves a quick start too; not the other way round. */
export function serves(stamp: string | null, fingerprint: string, quick: boolean): boolean {
  return stamp === stampOf(fingerprint, false) || (quick && stamp === stampOf(fingerprint, true));
}

/** Name, size and time of every input file. Content is not read: this runs at every start. */
export function fingerprint(root: string, inputs: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) hash.update(`${path} is not there\n`);
    else if (stat.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) add(`${path}/${name}`);
    } else hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  };
  hash.update(process.versions.node);
  for (const input of inputs) add(input);
  return hash.digest("hex");
}

function readStamp(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

function run(recipe: Recipe, quick: boolean, signal: AbortSignal | undefined): Promise<void> {
  const env = toolEnvironment(join(projectRoot, ".local"), {
    NODE_ENV: "production",
    BUILD_MINIFIER: quick ? "esbuild" : "terser",
  });
  return new Promise((resolve, reject) => {
    const options = { cwd: projectRoot, env, maxBuffer: 64 * 1024 * 1024, signal };
    execFile(process.execPath, [...recipe.command], options, (error, stdout, stderr) => {
      if (error === null) return resolve();
      const words = stripVTControlCharacters(`${stdout}\n${stderr}`).trim().split("\n").slice(-30).join("\n");
      reject(new SetupError(`building ${recipe.title} failed:\n${words || messageOf(error)}`));
    });
  });
}

/** The targets that are named on a command line; all when none is. */
function parseTargets(names: readonly string[]): readonly Target[] {
  const targets = TARGETS.filter((target) => names.includes(target));
  const unknown = names.find((name) => !TARGETS.some((target) => target === name));
  if (unknown !== undefined)
    throw new SetupError(`"${unknown}" cannot be built; one of: ${TARGETS.join(", ")}`);
  return targets.length === 0 ? TARGETS : targets;
}

await runScript(import.meta.url, async () => {
  const { values, positionals } = parseArgs({
    options: { force: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  // `wrangler dev` comes here too, through [build] in wrangler.toml, and says so.
  const quick = process.env.WRANGLER_COMMAND === "dev";
  await build({ ...values, quick, targets: parseTargets(positionals), say: (line) => console.log(line) });
});
