import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../local/errors.ts";
import { installPackages } from "../../local/packages.ts";
import { findFreePort } from "../../local/stack/ports.ts";
import { eventually } from "./eventually.ts";

const folder = fileURLToPath(new URL("./real/", import.meta.url));
const INSTALL_MS = 100_000;

/** Installs what others wrote, once. @returns why that is not possible here; null where it is. */
export function installRealServers(): string | null {
  try {
    installPackages("tests/support/real", { timeoutMs: INSTALL_MS });
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

export interface RealServer {
  /** With /v1 at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The OpenAI mock of somebody else. */
export async function startMockLlm(): Promise<RealServer> {
  const port = await findFreePort();
  const args = [join(folder, "node_modules/@dwmkerr/mock-llm/dist/main.js")];
  return start(args, port, { HOST: "127.0.0.1", PORT: String(port) });
}

/** A gateway that people run before their providers. */
export async function startPortkeyGateway(): Promise<RealServer> {
  const port = await findFreePort();
  const args = [
    "--import",
    join(folder, "mutable-answers.mjs"),
    join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js"),
    "--headless",
    `--port=${port}`,
  ];
  return start(args, port, {});
}

async function start(
  args: readonly string[],
  port: number,
  env: Record<string, string>,
): Promise<RealServer> {
  const { PATH = "" } = process.env;
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH, ...env },
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${args.at(-1)} ended with code ${child.exitCode}.`);
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    await answer?.body?.cancel();
    return answer;
  }, "an answer of the server");
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
