import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { UnsavedSpending } from "../../workers/benchmark/store/spending.ts";
import { codeOf, SetupError } from "../errors.ts";

const entry = z.object({ id: z.guid(), at: z.number(), usd: z.number().nonnegative() });
/** How every line begins: what begins so and cannot be read was cut off by the end of its process. */
const BEGINNING = '{"id":"';

/**
 * What requests cost whose results are stored nowhere: a line before each with its worst case, another after it with its
 * cost; the last one of a request holds. All commands of a checkout write into one file.
 */
export class SpentFile {
  readonly #path: string;

  constructor(logDirectory: string) {
    this.#path = join(logDirectory, "spent.jsonl");
  }

  /** @throws SetupError where it cannot be written: what is not counted is not asked */
  write({ id, at, usd }: UnsavedSpending): void {
    try {
      mkdirSync(join(this.#path, ".."), { recursive: true });
      // One write: what others append at the same time stands before it or after it.
      const line = `${JSON.stringify({ id, at, usd })}\n`;
      appendFileSync(this.#path, this.#endsInLine() ? line : `\n${line}`, { mode: 0o600 });
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /** USD since a time, ms since the epoch. Throws as `entries`. */
  since(time: number): number {
    return this.entries(time).reduce((sum, { usd }) => sum + usd, 0);
  }

  /**
   * What each request cost since a time, ms since the epoch.
   * @throws SetupError where the file cannot be read: what was spent is not known then
   */
  entries(time: number): readonly UnsavedSpending[] {
    const requests = new Map<string, UnsavedSpending>();
    for (const [index, line] of this.#read().split("\n").entries()) {
      const read = entry.safeParse(parse(line));
      if (read.success) requests.set(read.data.id, read.data);
      else if (!line.startsWith(BEGINNING) && !BEGINNING.startsWith(line)) {
        throw new SetupError(
          `${this.#path}, line ${index + 1}, cannot be read, so what was spent is not known: move the file away to begin a new count.`,
        );
      }
    }
    return [...requests.values()].filter(({ at }) => at >= time);
  }

  #read(): string {
    try {
      return readFileSync(this.#path, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return "";
      throw this.#unusable(error);
    }
  }

  /** False after a line that its process did not end. */
  #endsInLine(): boolean {
    const file = openSync(this.#path, "a+", 0o600);
    try {
      const { size } = fstatSync(file);
      const last = Buffer.alloc(1);
      return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last.toString() === "\n");
    } finally {
      closeSync(file);
    }
  }

  #unusable(error: unknown): unknown {
    const code = codeOf(error);
    if (code === undefined) return error;
    return new SetupError(`What requests cost is counted in ${this.#path}, which cannot be used (${code}).`);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
