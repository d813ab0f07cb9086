/** This many runs in a row in which a provider said that it has no such model. */
const LIMIT = 3;

/** Counts, per model, the runs in a row that ended as `model_not_found`. */
export class AbsentModels {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("create table if not exists absent (model_id text primary key, runs integer not null)");
  }

  /**
   * Takes note of how a request ended. Failures that say nothing of the model leave the count as it is.
   *
   * @returns whether the model has now been absent so often that it should be taken out of the runs.
   */
  note(modelId: string, end: "absent" | "present" | "unknown"): boolean {
    if (end === "present") this.#sql.exec("delete from absent where model_id = ?", modelId);
    if (end !== "absent") return false;
    this.#sql.exec(
      "insert into absent (model_id, runs) values (?, 1) on conflict (model_id) do update set runs = runs + 1",
      modelId,
    );
    const runs = Number(this.#sql.exec("select runs from absent where model_id = ?", modelId).one().runs);
    if (runs < LIMIT) return false;
    this.#sql.exec("delete from absent where model_id = ?", modelId);
    return true;
  }
}
