import type { SkippedTarget } from "../../workers/benchmark/jobs/target.ts";
import type { ResultRow } from "../../workers/benchmark/store/rows.ts";
import type { DatabaseIdentity } from "./database-identity.ts";
import type { EarlierRuns } from "./earlier-runs.ts";

/** What a run came to, in a few lines for a person. `elapsedMs` is the whole run's. */
export function describeSummary(
  rows: readonly ResultRow[],
  skipped: readonly SkippedTarget[],
  elapsedMs: number,
): string {
  const good = rows.filter((row) => row.success);
  const cost = rows.reduce((sum, row) => sum + row.cost_usd, 0);
  const unpriced = rows.filter((row) => row.cost_source === "unknown").length;
  const fastest = good
    .filter((row) => row.ttft_ms !== null)
    .sort((a, b) => (a.ttft_ms ?? 0) - (b.ttft_ms ?? 0))[0];
  const lines = [
    `${rows.length} measured in ${Math.round(elapsedMs / 1000)} s: ${good.length} succeeded, ${rows.length - good.length} failed` +
      (skipped.length > 0 ? `, ${skipped.length} skipped` : ""),
    `Cost: $${cost.toFixed(6)}${unpriced > 0 ? ` and ${unpriced} of unknown cost` : ""}`,
  ];
  if (fastest) {
    lines.push(
      `Quickest first token: ${fastest.provider}/${fastest.model}, ${Math.round(fastest.ttft_ms ?? 0)} ms (one sample; see the dashboard for more)`,
    );
  }
  return lines.join("\n");
}

/** What became of the files that earlier runs left, for a person. */
export function describeEarlierRuns(found: EarlierRuns, database: DatabaseIdentity): string[] {
  const { sent, closed, rejected, foreign, damaged } = found;
  const elsewhere = foreign.map((other) => `${other.file} (${other.database})`).join(", ");
  return [
    ...(sent > 0 ? [`Delivered ${sent} rows that an earlier run could not save.`] : []),
    ...closed.map((runId) => `Closed run ${runId}, which was cut off.`),
    ...(rejected.length > 0
      ? [
          describeRefused(
            rejected.length,
            rejected.map(({ file }) => file),
          ),
        ]
      : []),
    ...(foreign.length > 0 ? [`Not for ${database.name}, so these files wait: ${elsewhere}`] : []),
    ...damaged.map((file) => `${file} holds lines that cannot be read.`),
  ];
}

/** @param files where they are kept; the same one may be named more than once. */
export function describeRefused(count: number, files: readonly string[]): string {
  const kept = [...new Set(files)].join(", ");
  return `${count} rows were refused by the database for good; they are kept in ${kept}, each with its reason.`;
}
