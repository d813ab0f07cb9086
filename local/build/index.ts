import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { messageOf, SetupError } from "../errors.ts";
import { projectRoot, remixBin, toolEnvironment, wranglerBin } from "../tools.ts";

type Target = "dashboard" | "worker-dashboard" | "worker-benchmark";

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
  "local/build/fonts.ts",
  "local/build/markdown.ts",
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
  const { force = false, targets = ["dashboard", "worker-dashboard", "worker-benchmark"] } = options;
  const say = options.say ?? (() => undefined);
  for (const target of targets) {
    const recipe = recipes(projectRoot)[target];
    const stamp = join(projectRoot, "build", "stamps", target);
    const before = fingerprint(projectRoot, recipe.inputs);
    if (!force && existsSync(join(projectRoot, recipe.output)) && readStamp(stamp) === before) continue;
    say(`Building ${recipe.title} …`);
    await run(recipe, options.signal);
    mkdirSync(dirname(stamp), { recursive: true });
    // Of the inputs as they were before: a file changed while we built makes the next build run again.
    writeFileSync(stamp, before);
  }
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

function run(recipe: Recipe, signal: AbortSignal | undefined): Promise<void> {
  const env = toolEnvironment(join(projectRoot, ".local"), { NODE_ENV: "production" });
  return new Promise((resolve, reject) => {
    const options = { cwd: projectRoot, env, maxBuffer: 64 * 1024 * 1024, signal };
    execFile(process.execPath, [...recipe.command], options, (error, stdout, stderr) => {
      if (error === null) return resolve();
      const words = stripVTControlCharacters(`${stdout}\n${stderr}`).trim().split("\n").slice(-30).join("\n");
      reject(new SetupError(`building ${recipe.title} failed:\n${words || messageOf(error)}`));
    });
  });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const force = process.argv.includes("--force");
  try {
    await build({ force, say: (line) => console.log(line) });
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}
