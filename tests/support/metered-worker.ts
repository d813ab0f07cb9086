import { Coordinator as Unmetered } from "../../workers/benchmark/coordinator.ts";

export { default } from "../../workers/benchmark/index.ts";

/** Rows as Cloudflare bills them: https://developers.cloudflare.com/durable-objects/platform/pricing/ */
interface BilledRows {
  readonly read: number;
  readonly written: number;
}

interface Meter {
  rows(): BilledRows;
  restart(): void;
  exhaust(): void;
}

/**
 * The coordinator with a meter between it and its storage: rows of SQL as SQLite counts them, indexes included, and
 * one row for each alarm that is looked up or set. A GET answers with the count, a DELETE starts it anew, a POST lets
 * the storage refuse from now on, as Cloudflare does when a day's rows are used up.
 */
export class Coordinator extends Unmetered {
  readonly #meter: Meter;

  constructor(ctx: DurableObjectState, env: Record<string, unknown>) {
    if (typeof env.EARLIER_STORAGE === "string") seed(ctx.storage, env.EARLIER_STORAGE);
    const meter = meterOf(ctx.storage);
    super(ctx, env);
    this.#meter = meter;
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.method === "DELETE") this.#meter.restart();
    if (request.method === "POST") this.#meter.exhaust();
    return Response.json(this.#meter.rows());
  }
}

/** Fills a new object with what an earlier version left in it. */
function seed({ sql }: DurableObjectStorage, statements: string): void {
  const tables = sql.exec("select count(*) as n from sqlite_master where name not like '\\_cf%' escape '\\'");
  if (tables.one().n === 0) sql.exec(statements);
}

function meterOf(storage: DurableObjectStorage): Meter {
  let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  let alarms = { read: 0, written: 0 };
  let isUsedUp = false;
  const refuse = () => {
    if (isUsedUp) throw new Error("Exceeded allowed rows written in Durable Objects free tier.");
  };
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  const getAlarm = storage.getAlarm.bind(storage);
  const setAlarm = storage.setAlarm.bind(storage);
  Object.defineProperty(sql, "exec", {
    value: (query: string, ...values: SqlStorageValue[]) => {
      refuse();
      const cursor = exec(query, ...values);
      cursors.push(cursor);
      return cursor;
    },
  });
  Object.defineProperty(storage, "getAlarm", {
    value: () => {
      alarms.read += 1;
      return getAlarm();
    },
  });
  Object.defineProperty(storage, "setAlarm", {
    value: (time: number) => {
      refuse();
      alarms.written += 1;
      return setAlarm(time);
    },
  });
  return {
    rows: () => ({
      read: cursors.reduce((sum, cursor) => sum + cursor.rowsRead, alarms.read),
      written: cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, alarms.written),
    }),
    restart: () => {
      cursors = [];
      alarms = { read: 0, written: 0 };
    },
    exhaust: () => {
      isUsedUp = true;
    },
  };
}
