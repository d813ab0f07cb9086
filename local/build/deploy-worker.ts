import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "./deploy-checks.ts";
import { runTool, type Tool } from "./run-tool.ts";

const deployed = z.object({ type: z.string(), targets: z.array(z.string()).nullish() });
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Deploys one Worker with its secrets. They travel as JSON, which wrangler takes as it is, in a file that only this
 * user may read and that is gone when this process ends, however it ends.
 *
 * @returns the https addresses that the Worker has now.
 * @throws SetupError when wrangler fails.
 */
export async function deployWorker(
  root: string,
  wrangler: Tool,
  config: string,
  secrets: Readonly<Record<string, string>>,
): Promise<string[]> {
  return inPrivateDirectory(async (directory) => {
    const secretsFile = join(directory, "secrets.json");
    const outputFile = join(directory, "output.ndjson");
    writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
    await runTool(wrangler, ["deploy", "--config", join(root, config), "--secrets-file", secretsFile], {
      cwd: root,
      failure: `${config} could not be deployed; what wrangler says of it stands above.`,
      env: { WRANGLER_OUTPUT_FILE_PATH: outputFile },
    });
    return existsSync(outputFile) ? addressesIn(readFileSync(outputFile, "utf8")) : [];
  });
}

/** What wrangler writes for programs: a JSON object a line. */
function addressesIn(output: string): string[] {
  return output
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parseJson(line, deployed, "what wrangler says of the deployment"))
    .flatMap(({ type, targets }) => (type === "deploy" ? (targets ?? []) : []))
    .filter((target) => target.startsWith("https://"));
}

/** A folder for this user alone, removed at the end and on every signal that can be answered. */
async function inPrivateDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "benchmark-engine-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const stop = (signal: NodeJS.Signals) => {
    remove();
    process.exit(128 + constants.signals[signal]);
  };
  process.on("exit", remove);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await use(directory);
  } finally {
    remove();
    process.off("exit", remove);
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
