import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../../workers/benchmark/config.ts";
import { DAY_MS, spentBefore } from "../../workers/benchmark/jobs/budget.ts";
import type { Target } from "../../workers/benchmark/jobs/target.ts";
import { StoreError } from "../../workers/benchmark/store/client.ts";
import { createStore } from "../../workers/benchmark/store/index.ts";
import { codeOf } from "../errors.ts";

const entry = z.object({ id: z.string(), at: z.number(), usd: z.number().nonnegative() });

/**
 * What requests cost whose results are stored nowhere: `npm run probe` and `--no-save`. Every terminal command counts it
 * into BENCHMARK_BUDGET_USD, beside what the database knows of. A line is written before a request with its worst case,
 * another after it with its cost; the last one of a request holds.
 */
export class SpentFile {
  readonly #path: string;

  constructor(logDirectory: string) {
    this.#path = join(logDirectory, "spent.jsonl");
  }

  /** @param at ms since the epoch */
  write(requestId: string, at: number, usd: number): void {
    mkdirSync(join(this.#path, ".."), { recursive: true });
    appendFileSync(this.#path, `${JSON.stringify({ id: requestId, at, usd })}\n`, { mode: 0o600 });
  }

  /** USD since a time, ms since the epoch. A line that a killed process left in half is passed over. */
  since(time: number): number {
    const requests = new Map<string, z.infer<typeof entry>>();
    for (const line of this.#read().split("\n")) {
      const read = entry.safeParse(parse(line));
      if (read.success) requests.set(read.data.id, read.data);
    }
    return [...requests.values()].reduce((sum, { at, usd }) => (at >= time ? sum + usd : sum), 0);
  }

  #read(): string {
    try {
      return readFileSync(this.#path, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return "";
      throw error;
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * USD of the last 24 hours that a terminal command knows of: what the database has, where one is set, and what the file has.
 *
 * @param withoutDatabase told where the database cannot be read and the command needs none; null: that is thrown
 * @throws StoreError
 */
export async function spentSoFar(
  config: Config,
  file: SpentFile,
  known: readonly Target[],
  now: number,
  withoutDatabase: ((line: string) => void) | null,
): Promise<number> {
  const inFile = file.since(now - DAY_MS);
  if (!config.supabase) return inFile;
  try {
    return inFile + (await spentBefore(now, createStore(config.supabase), known));
  } catch (error) {
    if (withoutDatabase === null || !(error instanceof StoreError)) throw error;
    withoutDatabase(`What saved runs spent is not counted: ${error.message}`);
    return inFile;
  }
}
