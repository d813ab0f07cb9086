const KEPT_MS = 48 * 3_600_000;

/**
 * What requests cost, counted here and not in Supabase, which may be away. Money for a request under way is
 * set aside at its worst case first, so that a crash can only make the count too high.
 */
export class Ledger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      create table if not exists ledger (request_id text primary key, at integer not null, usd real not null);
      create index if not exists ledger_at_usd on ledger (at, usd);
      create table if not exists ledger_opened (at integer not null);
    `);
  }

  /** Whether it knows what was spent before its own first entry. */
  get isOpen(): boolean {
    return this.#sql.exec("select 1 from ledger_opened limit 1").toArray().length > 0;
  }

  /** Starts the count with what earlier requests cost. */
  open(usd: number, at: number): void {
    this.#sql.exec("insert into ledger_opened (at) values (?)", at);
    this.#sql.exec("insert or replace into ledger (request_id, at, usd) values ('before', ?, ?)", at, usd);
  }

  /** USD since a time (ms since the epoch), money set aside included. */
  spentSince(since: number): number {
    return Number(
      this.#sql.exec("select coalesce(sum(usd), 0) as usd from ledger where at >= ?", since).one().usd,
    );
  }

  reserve(requestId: string, at: number, usd: number): void {
    this.#sql.exec("insert into ledger (request_id, at, usd) values (?, ?, ?)", requestId, at, usd);
  }

  /** What is set aside for a request, USD. */
  reserved(requestId: string): number {
    const rows = this.#sql.exec("select usd from ledger where request_id = ?", requestId).toArray();
    return Number(rows[0]?.usd ?? 0);
  }

  settle(requestId: string, usd: number): void {
    this.#sql.exec("update ledger set usd = ? where request_id = ?", usd, requestId);
  }

  forgetOld(now: number): void {
    this.#sql.exec("delete from ledger where at < ?", now - KEPT_MS);
  }
}
