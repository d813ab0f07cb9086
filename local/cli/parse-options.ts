import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { UsageError } from "../errors.ts";

/** The options and words of a command line. @throws UsageError with the first sentence of what Node says is wrong. */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(
  args: string[],
  options: Options,
  allowPositionals = true,
) {
  try {
    return parseArgs({ args, options, allowPositionals, strict: true });
  } catch (error) {
    const line = error instanceof Error ? (error.message.split(/\.\s|\n/)[0] ?? "") : String(error);
    throw new UsageError(`${line}.`);
  }
}
