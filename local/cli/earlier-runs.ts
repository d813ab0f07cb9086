import type { SkippedTarget } from "../../workers/benchmark/jobs/target.ts";
import type { OutboxItem, ResultRow } from "../../workers/benchmark/store/rows.ts";
import type { DatabaseIdentity } from "./database-identity.ts";
import { handOver, type Rejection, type Send } from "./hand-over.ts";
import { type Contents, UnsavedFile } from "./unsaved-file.ts";

const CUT_OFF = "Cut off: the process that made it was ended; closed by a later run.";

/** What a start found of the terminal runs before it. */
export interface EarlierRuns {
  /** Items that the database has now. */
  sent: number;
  /** Runs that were cut off and have an end now. */
  closed: string[];
  /** Their requests that were under way. */
  interrupted: ResultRow[];
  /** Why the database takes nothing now; files behind it were not tried. */
  problem: string | null;
  /** What it refused for good, by the file that keeps it. */
  rejected: { readonly file: string; readonly rejection: Rejection }[];
  /** Files whose rows belong to another database. */
  foreign: { readonly file: string; readonly database: string }[];
  /** Files that nobody can make sense of, or that hold a line cut short. */
  damaged: string[];
}

/**
 * Delivers what earlier terminal runs could not, and ends those that were killed: a request without a result
 * becomes one with `error_kind = 'interrupted'`. Only what belongs to this database is touched, and nothing of
 * a process that lives. Sending something twice does no harm.
 */
export async function deliverEarlierRuns(
  directory: string,
  database: DatabaseIdentity,
  send: Send,
): Promise<EarlierRuns> {
  const found: EarlierRuns = {
    sent: 0,
    closed: [],
    interrupted: [],
    problem: null,
    rejected: [],
    foreign: [],
    damaged: [],
  };
  for (const file of UnsavedFile.free(directory)) {
    const known = file.read();
    if (known && known.header.database.id !== database.id) {
      found.foreign.push({ file: file.path, database: known.header.database.name });
      continue;
    }
    if (found.problem !== null || !file.claim()) continue;
    // Again, now that nobody else writes to it.
    const contents = file.read();
    if (contents) await deliver(file, contents, send, found);
    else {
      file.release();
      found.damaged.push(file.path);
    }
  }
  return found;
}

async function deliver(file: UnsavedFile, contents: Contents, send: Send, found: EarlierRuns): Promise<void> {
  const { header, torn } = contents;
  for (const line of torn) file.reject(line, "cut short in the middle of its writing");
  if (torn.length > 0) found.damaged.push(file.rejectedPath);
  const cutOff = cutOffRequests(contents);
  const items = itemsOf(contents, cutOff);
  const { left, problem, rejected } = await handOver(items, send);
  for (const rejection of rejected) {
    file.reject(rejection.item, rejection.reason);
    found.rejected.push({ file: file.rejectedPath, rejection });
  }
  found.sent += items.length - left.length - rejected.length;
  found.problem = problem;
  if (left.length === 0) {
    if (!isEnded(contents)) {
      found.closed.push(header.runId);
      found.interrupted.push(...cutOff);
    }
    file.remove();
  } else {
    file.replace(header, left);
    file.release();
  }
}

/** Requests of a run that has no end, and whose own end nobody saw. */
function cutOffRequests(contents: Contents): ResultRow[] {
  if (isEnded(contents)) return [];
  const { lines } = contents;
  const answered = new Set(lines.map((line) => (line.kind === "result" ? line.row.id : null)));
  return lines.flatMap((line) => (line.kind === "begin" && !answered.has(line.row.id) ? [line.row] : []));
}

/** Who a run that was cut off left out, those that it never came to included. */
function leftOut({ header, lines }: Contents): SkippedTarget[] {
  const begun = new Set(lines.map((line) => (line.kind === "begin" ? line.position : null)));
  const unasked = (header.planned ?? []).filter(({ position }) => !begun.has(position));
  return [...header.skipped, ...unasked.map(({ ifNeverAsked }) => ifNeverAsked)];
}

/** All that the database must get to know, the end of a run that was killed included. */
function itemsOf(contents: Contents, cutOff: readonly ResultRow[]): OutboxItem[] {
  const { header, lines, lastWrite } = contents;
  const items = lines.flatMap((line) => (line.kind === "begin" ? [] : [line]));
  if (isEnded(contents)) return items;
  // The last sign of life is the nearest to when it ended.
  const patch = { finished_at: lastWrite.toISOString(), skipped: leftOut(contents), note: CUT_OFF };
  return [
    ...items,
    ...cutOff.map((row): OutboxItem => ({ kind: "result", row })),
    { kind: "run-end", runId: header.runId, patch },
  ];
}

function isEnded({ lines }: Contents): boolean {
  return lines.some((line) => line.kind === "run-end");
}
