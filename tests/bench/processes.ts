import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { build } from "vite";
import type { Reading, Task } from "./readers/types.ts";
import type { Listening, Played } from "./server.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Something that reads one answer after the other, in a process that is not this one. */
export interface Runner {
  readonly name: string;
  /** A probe; the others are there to compare with. */
  readonly judged: boolean;
  read(task: Task): Promise<Reading>;
  stop(): Promise<void>;
}

export interface BenchServer {
  readonly origin: string;
  /** When each write of this answer went out, once all are out. */
  played(id: string): Promise<Played>;
  stop(): Promise<void>;
}

/** The first message of a child, or a clear error if it dies before. */
function firstMessage<Message>(child: ChildProcess, what: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as Message));
    child.once("exit", (code) => reject(new Error(`${what} ended with code ${code} before it was ready`)));
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await gone;
}

interface Waiting<Message> {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

/** A child's messages by id, whether they come before or after somebody asks for them. */
class Inbox<Message extends { readonly id: string }> {
  readonly #arrived = new Map<string, Message>();
  readonly #waiting = new Map<string, Waiting<Message>>();
  #gone: Error | null = null;

  constructor(child: ChildProcess, what: string) {
    child.on("message", (message) => this.#put(message as Message));
    child.once("exit", (code) => {
      this.#gone = new Error(`${what} ended with code ${code}`);
      for (const { reject } of this.#waiting.values()) reject(this.#gone);
    });
  }

  take(id: string): Promise<Message> {
    const arrived = this.#arrived.get(id);
    this.#arrived.delete(id);
    if (arrived !== undefined) return Promise.resolve(arrived);
    if (this.#gone !== null) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #put(message: Message): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (waiting === undefined) this.#arrived.set(message.id, message);
    else waiting.resolve(message);
  }
}

export async function startServer(): Promise<BenchServer> {
  const child = fork(here("./server.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const hello = await firstMessage<Listening>(child, "The benchmark's server");
  const inbox = new Inbox<Played>(child, "The benchmark's server");
  return {
    origin: `http://127.0.0.1:${hello.port}`,
    played: (id) => inbox.take(id),
    stop: () => stopChild(child),
  };
}

type ChildReply = { id: string; reading: Reading } | { id: string; error: string };

export async function startNodeReader(reader: "floor" | "probe" | "sdk", name: string): Promise<Runner> {
  const child = fork(here("./readers/child.ts"), [reader], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await firstMessage(child, `The reader ${name}`);
  const inbox = new Inbox<ChildReply>(child, `The reader ${name}`);
  return {
    name,
    judged: reader === "probe",
    async read(task) {
      child.send(task);
      const reply = await inbox.take(task.id);
      if ("error" in reply) throw new Error(`${name}: ${reply.error}`);
      return reply.reading;
    },
    stop: () => stopChild(child),
  };
}

/** The Worker's code as one module, as a deployment would have it. */
export async function bundleWorker(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true, target: "webworker" },
    build: { ssr: here(entry), write: false, minify: false, target: "es2022" },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (output === undefined || !("output" in output)) throw new Error("The Worker's bundle is empty");
  return output.output[0].code;
}

export async function startWorkerReader(
  reader: "floor" | "probe",
  name: string,
  bundle: string,
): Promise<Runner> {
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "reader.js", contents: bundle }],
    compatibilityDate: "2026-06-01",
  });
  const url = await miniflare.ready;
  return {
    name,
    judged: reader === "probe",
    async read(task) {
      const response = await fetch(new URL(`/${reader}`, url), {
        method: "POST",
        body: JSON.stringify(task),
      });
      if (!response.ok) throw new Error(`${name}: ${(await response.text()).slice(0, 500)}`);
      return (await response.json()) as Reading;
    },
    stop: () => miniflare.dispose(),
  };
}
