import { parseArgs } from "node:util";
import { startSimulator } from "./index.ts";

const usage = "Usage: node local/simulator/main.ts [--port N] [--seed N] [--speed N] [--no-failures]";

/** Prints a line to stderr and ends with exit code 2: bad usage. */
function refuse(message: string): never {
  console.error(`${message}\n${usage}`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: "string", default: "8790" },
        seed: { type: "string", default: "1" },
        speed: { type: "string", default: "1" },
        "no-failures": { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const options = readOptions();
const port = Number(options.port);
const seed = Number(options.seed);
const speed = Number(options.speed);
if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse("--port takes a number from 0 to 65535.");
if (!Number.isInteger(seed)) refuse("--seed takes a whole number.");
if (!(speed > 0 && Number.isFinite(speed))) refuse("--speed takes a number above 0.");

try {
  const simulator = await startSimulator({ port, seed, speed, failures: !options["no-failures"] });
  console.log(`Simulator: ${simulator.url}/{provider}/chat/completions (log: ${simulator.url}/_log)`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void simulator.stop());
  }
} catch (error) {
  const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  console.error(
    taken ? `Port ${port} is taken; choose another one with --port.` : `Simulator: ${String(error)}`,
  );
  process.exitCode = 1;
}
