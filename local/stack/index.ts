import { parseArgs, stripVTControlCharacters } from "node:util";
import { visible } from "../../workers/benchmark/visible.ts";
import { SetupError } from "../errors.ts";
import { readSettings } from "../settings.ts";
import { projectRoot } from "../tools.ts";
import { type Stack, startStack } from "./start.ts";

/*
 * `npm start` and `npm run dev`: the whole system on this machine, until Ctrl-C.
 * Exit codes: 0 after an orderly stop, 1 when something could not start or ended by itself, 2 for bad usage.
 */

const ending = new AbortController();
const say = (line: string) => console.log(visible(stripVTControlCharacters(line)));
const complain = (line: string) => console.error(visible(stripVTControlCharacters(line)));

// When the terminal is closed writing fails; the stop that SIGHUP asks for must still run.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);

let signals = 0;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    signals += 1;
    if (signals === 1) say("Stopping …");
    ending.abort();
  });
}

process.exitCode = await main();

async function main(): Promise<number> {
  let dev = false;
  try {
    dev = parseArgs({ options: { dev: { type: "boolean", default: false } } }).values.dev;
  } catch {
    complain(
      "Usage: node local/stack/index.ts [--dev]; everything else is set in .dev.vars or the environment.",
    );
    return 2;
  }
  let stack: Stack;
  try {
    const settings = readSettings(projectRoot, process.env);
    for (const line of settings.notes) complain(line);
    stack = await startStack({ root: projectRoot, settings, dev, say, complain, signal: ending.signal });
  } catch (error) {
    if (ending.signal.aborted) return 0;
    complain(
      error instanceof SetupError ? error.message : String(error instanceof Error ? error.stack : error),
    );
    return 1;
  }
  const stopped = new Promise<null>((resolve) => {
    if (ending.signal.aborted) resolve(null);
    ending.signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  const failure = await Promise.race([stack.failed, stopped]);
  if (failure !== null) complain(failure);
  await stack.stop();
  return failure === null ? 0 : 1;
}
