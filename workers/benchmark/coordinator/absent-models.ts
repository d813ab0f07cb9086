import * as z from "zod";
import type { Documents } from "./documents.ts";

/** This many runs in a row in which a provider said that it has no such model. */
const LIMIT = 3;

export const ABSENT_MODELS = "absent-models";
/** Runs in a row by model id. */
export const absentModelsSchema = z.record(z.string(), z.number());

/** Counts, per model, the runs in a row that ended as `model_not_found`. */
export class AbsentModels {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /**
   * Takes note of how a request ended. Failures that say nothing of the model leave the count as it is.
   *
   * @returns whether the model has now been absent so often that it should be taken out of the runs.
   */
  note(modelId: string, end: "absent" | "present" | "unknown"): boolean {
    const counts = this.#documents.read(ABSENT_MODELS, absentModelsSchema) ?? {};
    const before = counts[modelId] ?? 0;
    const runs = end === "absent" ? before + 1 : end === "present" ? 0 : before;
    if (runs === before) return false;
    const isOut = runs >= LIMIT;
    const { [modelId]: _, ...others } = counts;
    this.#documents.write(ABSENT_MODELS, runs === 0 || isOut ? others : { ...others, [modelId]: runs });
    return isOut;
  }
}
