/**
 * What the benchmark compares with: packages of some 210 MB that nothing else needs. They have a package of their own
 * in ./peers, which the first benchmark installs.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { JudgePage } from "./lighthouse.ts";
import type { Reader } from "./readers/types.ts";

interface Peers {
  readonly openai: { readonly sdkReader: (now: () => number) => Reader };
  readonly lighthouse: { readonly judgePage: JudgePage };
}

const folder = fileURLToPath(new URL("./peers/", import.meta.url));

/** Installs the peers where the lock file names others than are there. Throws when npm cannot. */
export function installPeers(say: (line: string) => void): void {
  const installed = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(installed) && versionsIn(installed) === versionsIn(join(folder, "package-lock.json")))
    return;
  say("Installing what the benchmark compares with (once) ...");
  // Beside the running Node lies the npm that came with it, or else the PATH's is taken.
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}

/** Each peer with its version, as a lock file says it. */
function versionsIn(lockFile: string): string {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  return ["lighthouse", "openai"].map((name) => packages[`node_modules/${name}`]?.version).join();
}

/** One of them, loaded. By a computed name, so that the project's types can be checked without the peers. */
export async function loadPeer<Name extends keyof Peers>(name: Name): Promise<Peers[Name]> {
  return (await import(pathToFileURL(join(dirname(folder), "peers", `${name}.ts`)).href)) as Peers[Name];
}
