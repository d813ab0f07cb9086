import type { CutOff } from "../jobs/measure-target.ts";
import type { Holds, QueueItem } from "../jobs/queue.ts";
import type { RunJournal } from "../jobs/run-slice.ts";
import {
  type Route,
  type SkippedTarget,
  type SkipReason,
  type Target,
  targetSchema,
  type Unreachable,
} from "../jobs/target.ts";
import type { Log } from "../log.ts";
import type { ResultRow } from "../store/rows.ts";
import type { AbsentModels } from "./absent-models.ts";
import type { Ledger } from "./ledger.ts";
import type { Outbox } from "./outbox.ts";

/** What a run's steps are written to besides its queue. */
export interface JournalParts {
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly absent: AbsentModels;
  readonly log: Log;
}

/**
 * A run's memory in the Durable Object: each method is one transaction, durable before any later fetch. Of all
 * journals of a run only one may write, since each reads the queue once.
 */
export class SqlJournal implements RunJournal {
  readonly runId: string;
  /** What the table holds, position by position: to read 300 targets anew before each request takes longer than to ask. */
  #queue: QueueItem[] | null = null;
  readonly #storage: DurableObjectStorage;
  readonly #parts: JournalParts;

  constructor(runId: string, storage: DurableObjectStorage, parts: JournalParts) {
    this.runId = runId;
    this.#storage = storage;
    this.#parts = parts;
  }

  get #sql(): SqlStorage {
    return this.#storage.sql;
  }

  /** Lays out the run: what is asked, in this order, and what cannot be asked. */
  plan(targets: readonly Target[], unreachable: readonly Unreachable[]): void {
    const rows = [
      ...targets.map((target) => ({ target, reason: null })),
      ...unreachable.map(({ target, reason }) => ({ target, reason })),
    ];
    for (const [position, { target, reason }] of rows.entries()) {
      this.#sql.exec(
        "insert into queue (run_id, position, target, state, skip_reason) values (?, ?, ?, ?, ?)",
        this.runId,
        position,
        JSON.stringify(target),
        reason === null ? "pending" : "skipped",
        reason,
      );
    }
    this.#queue = null;
  }

  queue(): readonly QueueItem[] {
    this.#queue ??= this.#readQueue();
    return this.#queue;
  }

  #readQueue(): QueueItem[] {
    return this.#sql
      .exec("select position, target, state from queue where run_id = ? order by position", this.runId)
      .toArray()
      .map((row) => ({
        position: Number(row.position),
        target: parseTarget(row.target),
        state: row.state as QueueItem["state"],
      }));
  }

  holds(): Holds {
    return new Map(
      this.#sql
        .exec("select provider, until from hold")
        .toArray()
        .map((row) => [String(row.provider), Number(row.until)]),
    );
  }

  spentSince(since: number): number {
    return this.#parts.ledger.spentSince(since);
  }

  begin(item: QueueItem, requestId: string, reservedUsd: number, { simulated, host }: Route): void {
    this.#storage.transactionSync(() => {
      const now = Date.now();
      this.#sql.exec(
        `update queue set state = 'asking', request_id = ?, asked_at = ?, simulated = ?, endpoint_host = ?
          where run_id = ? and position = ?`,
        requestId,
        now,
        simulated ? 1 : 0,
        host,
        this.runId,
        item.position,
      );
      this.#parts.ledger.reserve(requestId, now, reservedUsd);
    });
    this.#changed(item, "asking");
  }

  complete(item: QueueItem, row: ResultRow, spentUsd: number): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec(
        "update queue set state = 'done' where run_id = ? and position = ?",
        this.runId,
        item.position,
      );
      this.#parts.ledger.settle(row.id, spentUsd);
      this.#parts.outbox.add({ kind: "result", row });
      const { modelId } = item.target;
      if (modelId && this.#parts.absent.note(modelId, presence(row))) {
        const flag = `Taken out of the runs on ${row.created_at.slice(0, 10)}: its provider has not known it three runs in a row`;
        this.#parts.outbox.add({ kind: "deactivate", runId: this.runId, modelId, flag });
        this.#parts.log.warn("model_taken_out", {
          run_id: this.runId,
          provider: row.provider,
          model: row.model,
          reason: flag,
          hint: "npm run models shows what could take its place",
        });
      }
    });
    this.#changed(item, "done");
  }

  skip(items: readonly QueueItem[], reason: SkipReason, until: (item: QueueItem) => number | null): void {
    this.#storage.transactionSync(() => {
      for (const item of items) {
        this.#sql.exec(
          "update queue set state = 'skipped', skip_reason = ?, skip_until = ? where run_id = ? and position = ?",
          reason,
          until(item),
          this.runId,
          item.position,
        );
      }
    });
    for (const item of items) this.#changed(item, "skipped");
  }

  /** Gives up what was not measured, in whatever state it is. Reads no target: an unreadable one may be the reason. */
  abandon(): void {
    this.#sql.exec(
      `update queue set state = 'skipped', skip_reason = 'fault', skip_until = null
        where run_id = ? and state in ('pending', 'asking')`,
      this.runId,
    );
    this.#queue = null;
  }

  hold(provider: string, until: number): void {
    this.#sql.exec(
      "insert into hold (provider, until) values (?, ?) on conflict (provider) do update set until = max(until, excluded.until)",
      provider,
      until,
    );
  }

  /** Requests that were under way when the last invocation was cut off. */
  cutOff(): { item: QueueItem; cutOff: CutOff }[] {
    return this.#sql
      .exec(
        `select position, target, request_id, asked_at, simulated, endpoint_host
           from queue where run_id = ? and state = 'asking'`,
        this.runId,
      )
      .toArray()
      .map((row) => ({
        item: { position: Number(row.position), target: parseTarget(row.target), state: "asking" as const },
        cutOff: {
          requestId: String(row.request_id),
          askedAt: Number(row.asked_at),
          route: { simulated: row.simulated === 1, host: String(row.endpoint_host) },
        },
      }));
  }

  /** What is set aside for a request, USD. */
  reserved(requestId: string): number {
    return this.#parts.ledger.reserved(requestId);
  }

  #changed(item: QueueItem, state: QueueItem["state"]): void {
    if (this.#queue) this.#queue[item.position] = { ...item, state };
  }

  skipped(): SkippedTarget[] {
    return this.#sql
      .exec(
        // Names by themselves: a run whose targets this version cannot read must still come to its end.
        `select target ->> 'provider' as provider, target ->> 'model' as model, skip_reason, skip_until
           from queue where run_id = ? and state = 'skipped' order by position`,
        this.runId,
      )
      .toArray()
      .map((row) => ({
        provider: String(row.provider),
        model: String(row.model),
        reason: row.skip_reason as SkipReason,
        until: row.skip_until === null ? null : new Date(Number(row.skip_until)).toISOString(),
      }));
  }
}

/** What a result says of its model's being there at all. */
function presence(row: ResultRow): "absent" | "present" | "unknown" {
  if (row.error_kind === "model_not_found") return "absent";
  return row.status_code === 200 ? "present" : "unknown";
}

function parseTarget(value: SqlStorageValue | undefined): Target {
  return targetSchema.parse(JSON.parse(String(value)));
}
