import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { beforeEach } from "vitest";
import { startProcess } from "../../local/processes.ts";
import { findFreePort } from "../../local/stack/ports.ts";
import { startWatchdog } from "../../local/watchdog.ts";
import { eventually } from "./eventually.ts";

const HOW_TO_GET =
  "No Prometheus was found: put prometheus and promtool on the PATH (Debian: apt-get install prometheus).";

function find(program: string): string | null {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Skips each test of the file, with the way to get one, where there is no Prometheus on this machine. */
export function requirePrometheus(): void {
  const isThere = find("prometheus") !== null && find("promtool") !== null;
  if (!isThere) console.warn(`Tests with a real Prometheus are not run. ${HOW_TO_GET}`);
  beforeEach((context) => {
    if (!isThere) context.skip(HOW_TO_GET);
  });
}

/** What `promtool` says, its exit code aside; "" where it has nothing to say. */
export function promtool(args: readonly string[], input = ""): string {
  const path = find("promtool");
  if (path === null) throw new Error(HOW_TO_GET);
  try {
    return execFileSync(path, args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}

export interface Point {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus {
  readonly url: string;
  /** An instant query. @throws where Prometheus refuses it */
  query(expression: string): Promise<Point[]>;
  stop(): Promise<void>;
}

/**
 * A real Prometheus with a store of its own, ready when its promise resolves.
 * @param config its scrape and rule settings, in YAML
 */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const path = find("prometheus");
  if (path === null) throw new Error(HOW_TO_GET);
  const folder = await mkdtemp(join(tmpdir(), "benchmark-engine-prometheus-"));
  await writeFile(join(folder, "prometheus.yml"), config);
  const port = await findFreePort();
  const logFile = join(folder, "log");
  const child = await startProcess(path, {
    args: [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=warn",
    ],
    logFile,
  });
  const watchdog = startWatchdog();
  watchdog.watch(child, "TERM");
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGTERM");
    await child.exited;
    watchdog.dismiss();
    await rm(folder, { recursive: true, force: true });
  };
  await eventually(async () => {
    if (!child.running()) throw new Error(`Prometheus ended: ${await readFile(logFile, "utf8")}`);
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }, "Prometheus is ready");
  return { url, stop, query: (expression) => query(url, expression) };
}

async function query(url: string, expression: string): Promise<Point[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
  const body = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (body.status !== "success") throw new Error(`${expression}: ${body.error}`);
  return body.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}
