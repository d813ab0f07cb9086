import { visible } from "../workers/benchmark/visible.ts";

/* All that a command says: names and errors of others are in it, and a terminal obeys what they hold. */

/** A line that a program may read. */
export function print(line: string): void {
  console.log(visible(line));
}

/** A line for a person. */
export function complain(line: string): void {
  console.error(visible(line));
}
