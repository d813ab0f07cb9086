import { z } from "zod";
import type { Reader } from "./reader.server.ts";

/** What `known_values` returns; null where there is too much of it to be kept. */
const answerSchema = z
  .object({
    providers: z.array(z.object({ provider: z.string(), models: z.array(z.string()) })),
    locations: z.array(z.string()),
    identities: z.array(z.string()),
    families: z.array(z.string()),
  })
  .nullable();

/** Filters that name something of the data; what they do not name is not sought. */
export interface Filters {
  readonly provider?: string | null;
  readonly model?: string | null;
  readonly location?: string | null;
  readonly identity?: string | null;
  readonly family?: string | null;
  /** A model's identity or family, or the name it has at any provider. */
  readonly line?: string | null;
}
export type FilterName = keyof Filters;
const FILTER_NAMES: readonly FilterName[] = ["provider", "model", "location", "identity", "family", "line"];

interface Values {
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
  readonly location: ReadonlySet<string>;
  readonly identity: ReadonlySet<string>;
  readonly family: ReadonlySet<string>;
}

/** Reads in a row that are allowed, and how long until there is one more. */
const MOST_READS = 5;
const READ_EVERY_MS = 5_000;
/** A read that has not ended by then never will: its request was cut off. */
const LEASE_MS = 10_000;
const LOOK_AGAIN_MS = 10;

/**
 * What filters can name, kept in this isolate. A value that is not in it is sought once more in the database, but only
 * so often: addresses with random values cost no more than that.
 */
export class KnownValues {
  #values: Values | null = null;
  #reads = MOST_READS;
  #countedAt = Date.now();
  #readingSince: number | null = null;

  /**
   * The filters whose values the data does not have; none where nobody can tell.
   * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
   */
  async unknown(reader: Reader, filters: Filters): Promise<readonly FilterName[]> {
    if (FILTER_NAMES.every((name) => (filters[name] ?? null) === null)) return [];
    if (this.#values === null || missing(this.#values, filters).length > 0) await this.#readAgain(reader);
    return this.#values === null ? [] : missing(this.#values, filters);
  }

  /** Those of some endpoints ("provider/model") that the data does not have. Throws as `unknown`. */
  async unknownEndpoints(reader: Reader, keys: readonly string[]): Promise<readonly string[]> {
    const strange = () =>
      this.#values === null ? keys : keys.filter((key) => !hasEndpoint(this.#values, key));
    if (strange().length > 0) await this.#readAgain(reader);
    return this.#values === null ? [] : strange();
  }

  async #readAgain(reader: Reader): Promise<void> {
    if (this.#isReading()) {
      // In Workers one request must not wait for what another one does, so it looks by itself.
      while (this.#isReading()) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      return;
    }
    if (!this.#mayRead()) return;
    this.#readingSince = Date.now();
    try {
      this.#values = toValues(answerSchema.parse(await reader.call("known_values", {})));
    } finally {
      this.#readingSince = null;
    }
  }

  #isReading(): boolean {
    return this.#readingSince !== null && Date.now() - this.#readingSince < LEASE_MS;
  }

  #mayRead(): boolean {
    const now = Date.now();
    const more = Math.floor((now - this.#countedAt) / READ_EVERY_MS);
    if (more > 0) {
      this.#reads = Math.min(MOST_READS, this.#reads + more);
      this.#countedAt = now;
    }
    if (this.#reads === 0) return false;
    this.#reads -= 1;
    return true;
  }
}

function toValues(answer: z.infer<typeof answerSchema>): Values | null {
  if (answer === null) return null;
  return {
    models: new Map(answer.providers.map(({ provider, models }) => [provider, new Set(models)])),
    location: new Set(answer.locations),
    identity: new Set(answer.identities),
    family: new Set(answer.families),
  };
}

function missing(values: Values, filters: Filters): readonly FilterName[] {
  return FILTER_NAMES.filter((name) => {
    const value = filters[name] ?? null;
    if (value === null) return false;
    if (name === "provider") return !values.models.has(value);
    if (name === "model") return !hasModel(values, filters.provider ?? null, value);
    if (name === "line")
      return !(values.identity.has(value) || values.family.has(value) || hasModel(values, null, value));
    return !values[name].has(value);
  });
}

function hasModel({ models }: Values, provider: string | null, model: string): boolean {
  if (provider !== null) return models.get(provider)?.has(model) ?? false;
  return [...models.values()].some((names) => names.has(model));
}

/** A provider that only results name may have a slash in its name. */
function hasEndpoint(values: Values | null, key: string): boolean {
  return [...(values?.models ?? [])].some(
    ([provider, names]) => key.startsWith(`${provider}/`) && names.has(key.slice(provider.length + 1)),
  );
}
