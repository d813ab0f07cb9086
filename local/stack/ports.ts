import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, SetupError } from "../errors.ts";

/** A process that was just ended keeps its ports until the system has taken it apart: under load, a second or two. */
const PATIENCE_MS = 3_000;

/**
 * Makes sure that a port on 127.0.0.1 can be taken, and waits for one that is about to be free.
 *
 * @throws SetupError naming the port and the setting that moves it.
 */
export async function requireFreePort(port: number, setting: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const code = await tryPort(port);
    if (code === null) return;
    if (code !== "EADDRINUSE") throw refusal(port, `cannot be used here (${code})`, setting);
    if (Date.now() > until) throw refusal(port, "is taken", setting);
    await sleep(100);
  }
}

/** Null when the port can be taken, else the system's word for why not. */
function tryPort(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(codeOf(error) ?? error.message));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(null)));
  });
}

function refusal(port: number, why: string, setting: string): SetupError {
  return new SetupError(`port ${port} ${why}: stop what uses it, or set ${setting} to a free one`);
}

/** A port on 127.0.0.1 that is free now, for a tool that wants to be told one. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
