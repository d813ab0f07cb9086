import type * as z from "zod";
import type { OutboxItem } from "../store/rows.ts";
import { ABSENT_MODELS, type absentModelsSchema } from "./absent-models.ts";
import { JOBS, type jobsSchema } from "./job-queue.ts";
import { HOLDS, type holdsSchema, PLAN, PROGRESS, type Progress, type planSchema } from "./journal.ts";
import { LEDGER, type ledgerSchema } from "./ledger.ts";
import { BACKGROUND_CALLS, backgroundCallOf } from "./outbox.ts";
import {
  KEPT_PAST_RUNS,
  KNOWN_TARGETS,
  PAST_RUNS,
  PRICE_LOOKUP,
  type pastRunsSchema,
  RUN,
  type RunRecord,
} from "./run-state.ts";

type Row = Record<string, SqlStorageValue>;

/** Tables of the releases before storage had a version. */
const TABLES = [
  "run",
  "queue",
  "hold",
  "outbox",
  "memory",
  "ledger",
  "ledger_opened",
  "job",
  "absent",
] as const;

/** Takes over what an earlier release left: money spent, results that wait, the run that goes on. */
export function adoptUnversionedTables(sql: SqlStorage): void {
  const names = sql.exec("select name from sqlite_master where type = 'table'").toArray();
  const there = new Set(names.map(({ name }) => String(name)));
  const rows = (table: (typeof TABLES)[number], query: string): Row[] =>
    there.has(table) ? sql.exec(query).toArray() : [];
  const write = <T>(name: string, value: T) =>
    sql.exec("insert into document (name, value) values (?, ?)", name, JSON.stringify(value));

  adoptLedger(rows, write);
  adoptRuns(rows, write);
  adoptOutbox(sql, rows, write);
  const holds = rows("hold", "select provider, until from hold");
  write<z.infer<typeof holdsSchema>>(
    HOLDS,
    Object.fromEntries(holds.map(({ provider, until }) => [String(provider), Number(until)])),
  );
  const absent = rows("absent", "select model_id, runs from absent");
  write<z.infer<typeof absentModelsSchema>>(
    ABSENT_MODELS,
    Object.fromEntries(absent.map(({ model_id, runs }) => [String(model_id), Number(runs)])),
  );
  const jobs = rows("job", "select name, state from job order by rowid");
  write<z.infer<typeof jobsSchema>>(
    JOBS,
    jobs.map(({ name, state }) => ({ name: String(name), ...JSON.parse(String(state)) })),
  );
  for (const { key, value } of rows("memory", "select key, value from memory")) {
    const name = key === "targets" ? KNOWN_TARGETS : key === "price-lookup" ? PRICE_LOOKUP : null;
    if (name) write(name, JSON.parse(String(value)));
  }
  for (const table of TABLES) sql.exec(`drop table if exists ${table}`);
}

type ReadRows = (table: (typeof TABLES)[number], query: string) => Row[];
type WriteDocument = <T>(name: string, value: T) => unknown;

function adoptLedger(rows: ReadRows, write: WriteDocument): void {
  const hours = rows("ledger", "select at / 3600000 as hour, sum(usd) as usd from ledger group by 1");
  const isOpen = rows("ledger_opened", "select 1 from ledger_opened limit 1").length > 0;
  write<z.infer<typeof ledgerSchema>>(LEDGER, {
    isOpen,
    hours: Object.fromEntries(hours.map(({ hour, usd }) => [String(hour), Number(usd)])),
  });
}

function adoptRuns(rows: ReadRows, write: WriteDocument): void {
  const past = rows(
    "run",
    `select id, scheduled_for from run where state = 'finished' and scheduled_for is not null
      order by requested_at desc limit ${KEPT_PAST_RUNS}`,
  );
  write<z.infer<typeof pastRunsSchema>>(
    PAST_RUNS,
    past
      .map(({ id, scheduled_for }) => ({ scheduledFor: Number(scheduled_for), runId: String(id) }))
      .reverse(),
  );
  const run = rows("run", "select * from run where state <> 'finished' order by requested_at limit 1")[0];
  if (!run) return;
  const nullable = (value: SqlStorageValue | undefined) => (value == null ? null : Number(value));
  write<RunRecord>(RUN, {
    id: String(run.id),
    runName: String(run.run_name),
    triggeredBy: String(run.triggered_by),
    scheduledFor: nullable(run.scheduled_for),
    state: run.state === "running" ? "running" : "waiting",
    beginsAt: Number(run.begins_at),
    startedAt: nullable(run.started_at),
    planAttempts: Number(run.plan_attempts),
    faults: Number(run.faults),
    note: run.note == null ? null : String(run.note),
  });
  const queue = rows("queue", "select * from queue order by position").filter((row) => row.run_id === run.id);
  const reserved = new Map(
    rows("ledger", "select request_id, usd from ledger").map((row) => [row.request_id, Number(row.usd)]),
  );
  write<z.infer<typeof planSchema>>(PLAN, {
    runId: String(run.id),
    targets: queue.map(({ target }) => JSON.parse(String(target))),
  });
  write(PROGRESS, progressOf(queue, reserved));
}

function progressOf(
  queue: readonly Row[],
  reserved: ReadonlyMap<SqlStorageValue | undefined, number>,
): unknown {
  const asking = queue.findIndex((row) => row.state === "asking");
  const request = queue[asking];
  return {
    items: queue.map((row) =>
      row.state === "skipped"
        ? { state: "skipped", reason: row.skip_reason, until: row.skip_until }
        : { state: row.state },
    ),
    asking: request
      ? {
          position: asking,
          requestId: String(request.request_id),
          askedAt: Number(request.asked_at),
          simulated: request.simulated === 1,
          host: String(request.endpoint_host),
          reservedUsd: reserved.get(request.request_id) ?? 0,
        }
      : null,
  } satisfies { [Key in keyof Progress]: unknown };
}

function adoptOutbox(sql: SqlStorage, rows: ReadRows, write: WriteDocument): void {
  const calls: OutboxItem[] = [];
  // One after the other: each can weigh 400 kB, and a long outage leaves thousands.
  for (const { seq } of rows("outbox", "select seq from outbox order by seq")) {
    const json = String(sql.exec("select item from outbox where seq = ?", seq).one().item);
    const item = JSON.parse(json) as OutboxItem;
    if (backgroundCallOf(item) === null) sql.exec("insert into delivery (item) values (?)", json);
    else calls.push(item);
  }
  write(BACKGROUND_CALLS, calls);
}
