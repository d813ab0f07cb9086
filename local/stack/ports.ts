import { randomInt } from "node:crypto";
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

/** Below those that systems hand out by themselves, from 32,768 on Linux and 49,152 elsewhere; above what is well known. */
const OWN_PORTS = { from: 20_000, to: 32_767 };
const TRIES = 20;

/**
 * A port on 127.0.0.1 that is free now, for a tool that wants to be told one. Between this answer and the tool's own start
 * somebody may take it: none that the system hands out, which a connection going out may be given the next moment.
 */
export async function findFreePort(): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = randomInt(OWN_PORTS.from, OWN_PORTS.to + 1);
    const code = await tryPort(port);
    if (code === null) return port;
    if (tries === TRIES) throw new SetupError(`no free port was found on 127.0.0.1: ${code}`);
  }
}
