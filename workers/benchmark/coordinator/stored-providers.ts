import * as z from "zod";
import { describeError, type Log } from "../log.ts";
import { describeStored } from "../providers/stored.ts";
import type { ProviderDescription } from "../providers/types.ts";
import type { Documents } from "./documents.ts";

const STORED = "stored-providers";
const rows = z.array(z.unknown());

/** The providers that an operator has added, as the database last told of them: it may be away when a run begins. */
export class StoredProviders {
  readonly #documents: Documents;
  readonly #log: Log;

  constructor(documents: Documents, log: Log) {
    this.#documents = documents;
    this.#log = log;
  }

  recall(): readonly ProviderDescription[] {
    return describeStored(this.#documents.read(STORED, rows) ?? []).described;
  }

  /** Reads them anew; where that fails those that are known stay. @returns subrequests spent. */
  async refresh(read: () => Promise<readonly unknown[]>): Promise<number> {
    try {
      const found = await read();
      const known = this.#documents.read(STORED, rows) ?? [];
      if (JSON.stringify(found) !== JSON.stringify(known)) this.#documents.write(STORED, [...found]);
      for (const { slug, problem } of describeStored(found).refused) {
        this.#log.error("provider_unreadable", { provider: slug, reason: problem });
      }
    } catch (error) {
      this.#log.warn("providers_remembered", { reason: describeError(error) });
    }
    return 1;
  }
}
