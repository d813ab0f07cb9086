import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../../workers/benchmark/config.ts";
import { DAY_MS, spentBefore } from "../../workers/benchmark/jobs/budget.ts";
import type { Target } from "../../workers/benchmark/jobs/target.ts";
import { StoreError } from "../../workers/benchmark/store/client.ts";
import { createStore } from "../../workers/benchmark/store/index.ts";
import type { UnsavedSpending } from "../../workers/benchmark/store/spending.ts";
import { codeOf } from "../errors.ts";

const entry = z.object({ id: z.guid(), at: z.number(), usd: z.number().nonnegative() });

/**
 * What requests cost whose results are stored nowhere: `npm run probe` and `--no-save`. It counts into
 * BENCHMARK_BUDGET_USD; where there is a database it is told of it at each command's begin and end, so that the Worker
 * counts it too. A line is written before a request with its worst case, another after it with its cost; the last one
 * of a request holds.
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

  /** USD since a time, ms since the epoch. */
  since(time: number): number {
    return this.entries(time).reduce((sum, { usd }) => sum + usd, 0);
  }

  /** What each request cost since a time, ms since the epoch. A line that a killed process left in half is passed over. */
  entries(time: number): readonly UnsavedSpending[] {
    const requests = new Map<string, UnsavedSpending>();
    for (const line of this.#read().split("\n")) {
      const read = entry.safeParse(parse(line));
      if (read.success) requests.set(read.data.id, read.data);
    }
    return [...requests.values()].filter(({ at }) => at >= time);
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
  if (!config.supabase) return file.since(now - DAY_MS);
  try {
    await shareSpent(config, file, now);
    return await spentBefore(now, createStore(config.supabase), known);
  } catch (error) {
    if (withoutDatabase === null || !(error instanceof StoreError)) throw error;
    withoutDatabase(`What saved runs spent is not counted: ${error.message}`);
    return file.since(now - DAY_MS);
  }
}

/**
 * Gives the database what the file has of the last 24 hours, for everybody who counts into the same budget.
 *
 * @throws StoreError
 */
export async function shareSpent(config: Config, file: SpentFile, now: number): Promise<void> {
  const entries = file.entries(now - DAY_MS);
  if (config.supabase && entries.length > 0) await createStore(config.supabase).noteSpending(entries);
}

/** The same at a command's end; what fails then is made up for by the next one. */
export async function shareSpentAtLast(
  config: Config,
  file: SpentFile,
  say: (line: string) => void,
): Promise<void> {
  try {
    await shareSpent(config, file, Date.now());
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    say(`What this cost is counted here only, until the next command: ${error.message}`);
  }
}
