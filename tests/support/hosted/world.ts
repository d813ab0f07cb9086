import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { type BenchmarkWorker, startBenchmarkWorker } from "../benchmark-worker.ts";
import { linkCheckout } from "./checkout.ts";

export const REF = "abcdefghijklmnopqrst";
export const PROJECT_URL = `https://${REF}.supabase.co`;
const WORKER_URL = "https://benchmark-engine-worker.example.workers.dev";

const worldSchema = z.object({
  routes: z.record(z.string(), z.string()),
  databaseUrl: z.string(),
  supabaseLogin: z.boolean(),
  wranglerLogin: z.boolean(),
  wranglerHangs: z.boolean(),
  accounts: z.array(z.object({ id: z.string(), name: z.string() })),
  calls: z.array(z.string()),
  secretsFiles: z.array(z.string()),
  deployed: z.record(z.string(), z.record(z.string(), z.string())),
});
export type World = z.infer<typeof worldSchema>;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams, as they came. */
  readonly output: string;
}

export interface HostedWorld {
  readonly root: string;
  state(): World;
  change(change: Partial<World>): void;
  /** Runs a command line in the checkout. */
  run(command: string, options?: { onOutput?: (text: string, pid: number) => void }): Promise<Outcome>;
  /** Writes the checkout's .dev.vars. */
  settings(values: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

export interface HostedOptions {
  /** The embedded database that plays the hosted project. */
  readonly supabaseUrl: string;
  readonly databaseUrl: string;
  /** Where requests to other hosted origins go. */
  readonly routes: Readonly<Record<string, string>>;
  /** Settings of the deployed Worker that differ here, since its own requests are not rerouted. */
  readonly workerSettings?: Readonly<Record<string, string>>;
}

/** Cloudflare's and Supabase's command lines, and the addresses that a deployment talks to, on this machine. */
export async function startHostedWorld(options: HostedOptions): Promise<HostedWorld> {
  const checkout = linkCheckout();
  const directory = mkdtempSync(join(tmpdir(), "hosted-world-"));
  const file = join(directory, "world.json");
  const state = () => worldSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  // In one step: others read it meanwhile.
  const change = (values: Partial<World>) => {
    writeFileSync(`${file}.new`, JSON.stringify({ ...state(), ...values }));
    renameSync(`${file}.new`, file);
  };

  let worker: Promise<BenchmarkWorker> | null = null;
  const server = createServer(async (request, response) => {
    const secrets = state().deployed["benchmark-engine-worker"];
    if (secrets === undefined) return response.writeHead(404).end("there is nothing here yet");
    worker ??= startBenchmarkWorker({ settings: { ...secrets, ...options.workerSettings } });
    const answer = await (await worker).fetch(request.url ?? "/", {
      method: request.method ?? "GET",
      headers: { authorization: request.headers.authorization ?? "" },
    });
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;

  const world: World = {
    routes: {
      [PROJECT_URL]: options.supabaseUrl,
      [WORKER_URL]: `http://127.0.0.1:${port}`,
      ...options.routes,
    },
    databaseUrl: options.databaseUrl,
    supabaseLogin: false,
    wranglerLogin: false,
    wranglerHangs: false,
    accounts: [{ id: "1".repeat(32), name: "An account of one's own" }],
    calls: [],
    secretsFiles: [],
    deployed: {},
  };
  writeFileSync(file, JSON.stringify(world));
  const preload = pathToFileURL(resolve("tests/support/hosted/preload.mjs")).href;
  return {
    root: checkout.root,
    state,
    change,
    run: (command, { onOutput } = {}) =>
      new Promise((done, failed) => {
        const child = spawn(command, {
          shell: true,
          cwd: checkout.root,
          stdio: ["ignore", "pipe", "pipe"],
          env: {
            PATH: process.env.PATH,
            HOME: directory,
            TMPDIR: directory,
            NODE_OPTIONS: `--import=${preload}`,
            HOSTED_WORLD: file,
            WRANGLER_SEND_METRICS: "false",
          },
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding("utf8").on("data", (text: string) => {
            output += text;
            onOutput?.(output, child.pid ?? 0);
          });
        }
        child.on("error", failed);
        child.on("close", (code, signal) => done({ code, signal, output }));
      }),
    settings: (values) => {
      const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
      writeFileSync(join(checkout.root, ".dev.vars"), lines.join(""), { mode: 0o600 });
    },
    stop: async () => {
      await (await worker)?.stop();
      await new Promise((done) => server.close(done));
      checkout.remove();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
