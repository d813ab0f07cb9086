import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SetupError, UsageError } from "./errors.ts";
import { complain } from "./terminal.ts";

/**
 * Runs `main` when the module that calls is the program node was started with. What the user can mend is printed
 * as its one line; the exit code is 1 then, or 2 for a command line that cannot be understood.
 */
export async function runScript(moduleUrl: string, main: () => Promise<void>): Promise<void> {
  const program = process.argv[1];
  if (program === undefined || realpathSync(program) !== realpathSync(fileURLToPath(moduleUrl))) return;
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    complain(error.message);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
