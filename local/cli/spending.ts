import { DAY_MS, isWithinBudget, spentBefore } from "../../workers/benchmark/jobs/budget.ts";
import type { Target } from "../../workers/benchmark/jobs/target.ts";
import { StoreError } from "../../workers/benchmark/store/client.ts";
import type { Store } from "../../workers/benchmark/store/index.ts";
import type { UnsavedSpending } from "../../workers/benchmark/store/spending.ts";
import type { SpentFile } from "./spent-file.ts";

export interface SpendingOptions {
  readonly budgetUsd: number;
  /** Of everybody who counts into the same budget; null where there is no database. */
  readonly store: Store | null;
  /** For requests whose results are not saved; null where the rows themselves say what they cost. */
  readonly file: SpentFile | null;
  /** What is asked: what a price nobody knows is taken at. */
  readonly known: readonly Target[];
  /** Whether nothing may be asked while the database cannot be read. */
  readonly needsStore: boolean;
  readonly say: (line: string) => void;
}

/**
 * What a terminal command counts into BENCHMARK_BUDGET_USD, together with everybody else: in the database, where there is
 * one, else in the file. A request's worst case is written there before the sum is read, so of commands that run at once
 * each sees what the others have set aside, and together they stay within the budget.
 */
export class Spending {
  readonly #options: SpendingOptions;
  /** This command's requests. */
  readonly #requests = new Map<string, UnsavedSpending>();
  /** What the database has not been told yet. */
  readonly #untold = new Map<string, UnsavedSpending>();
  /** USD: the database's last answer, and what this command has written since. */
  #total = 0;
  #writtenSince = 0;
  #isWarned = false;

  /** @throws StoreError where the database cannot be read and has to be; SetupError where the file cannot. */
  static async open(options: SpendingOptions): Promise<Spending> {
    const spending = new Spending(options);
    const { file, needsStore } = options;
    for (const entry of file?.entries(Date.now() - DAY_MS) ?? []) {
      spending.#untold.set(entry.id, entry);
      spending.#writtenSince += entry.usd;
    }
    await spending.#count(needsStore);
    return spending;
  }

  private constructor(options: SpendingOptions) {
    this.#options = options;
  }

  /**
   * Sets money aside for a request, unless the budget does not allow it.
   * @param usd its worst case; 0 for one that the simulator plays
   * @returns USD of the last 24 hours without it, by everybody
   */
  async setAside(id: string, usd: number): Promise<number> {
    if (usd > 0) this.#write({ id, at: Date.now(), usd });
    const spent = (await this.#count(false)) - usd;
    if (!isWithinBudget(spent, usd, this.#options.budgetUsd, usd === 0)) this.settle(id, 0);
    return spent;
  }

  /** Puts what a request cost in the place of what was set aside. Where its row is stored, the database counts it once. */
  settle(id: string, usd: number): void {
    const begun = this.#requests.get(id);
    if (begun !== undefined && begun.usd !== usd) this.#write({ ...begun, usd });
    else if (begun === undefined && usd > 0) this.#write({ id, at: Date.now(), usd });
  }

  /** Tells the database the rest; what fails then is made up for by the next command. */
  async close(): Promise<void> {
    try {
      await this.#tell();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#options.say(`What this cost is counted here only, until the next command: ${error.message}`);
    }
  }

  #write(entry: UnsavedSpending): void {
    this.#writtenSince += entry.usd - (this.#requests.get(entry.id)?.usd ?? 0);
    this.#requests.set(entry.id, entry);
    this.#untold.set(entry.id, entry);
    this.#options.file?.write(entry);
  }

  /** USD of the last 24 hours, all of it. @throws StoreError where `isNeeded` */
  async #count(isNeeded: boolean): Promise<number> {
    const { store, file, known, say } = this.#options;
    const now = Date.now();
    if (store === null) return file?.since(now - DAY_MS) ?? this.#writtenSince;
    try {
      await this.#tell();
      this.#total = await spentBefore(now, store, known);
      this.#writtenSince = 0;
    } catch (error) {
      if (isNeeded || !(error instanceof StoreError)) throw error;
      if (!this.#isWarned) say(`What others spent meanwhile is not counted: ${error.message}`);
      this.#isWarned = true;
    }
    return this.#total + this.#writtenSince;
  }

  async #tell(): Promise<void> {
    const { store } = this.#options;
    const entries = [...this.#untold.values()];
    if (store === null || entries.length === 0) return;
    await store.noteSpending(entries);
    for (const entry of entries) if (this.#untold.get(entry.id) === entry) this.#untold.delete(entry.id);
  }
}
