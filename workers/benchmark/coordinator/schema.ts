/**
 * The coordinator's own tables, in the Durable Object's SQLite. Everything that a restart must not lose
 * stands here; Supabase gets copies of it through the outbox.
 */
export function createTables(sql: SqlStorage): void {
  sql.exec(`
    create table if not exists run (
      id             text primary key,
      run_name       text not null,
      triggered_by   text not null,
      scheduled_for  integer,
      state          text not null check (state in ('waiting', 'running', 'finished')),
      requested_at   integer not null,
      begins_at      integer not null,
      started_at     integer,
      finished_at    integer,
      plan_attempts  integer not null default 0,
      faults         integer not null default 0,
      note           text
    );
    create unique index if not exists run_scheduled_for on run (scheduled_for) where scheduled_for is not null;
    create index if not exists run_state on run (state);

    create table if not exists queue (
      run_id        text not null,
      position      integer not null,
      target        text not null,
      state         text not null check (state in ('pending', 'asking', 'done', 'skipped')),
      request_id    text,
      asked_at      integer,
      simulated     integer,
      endpoint_host text,
      skip_reason   text,
      skip_until    integer,
      primary key (run_id, position)
    );

    create table if not exists hold (provider text primary key, until integer not null);

    create table if not exists outbox (
      seq     integer primary key autoincrement,
      item    text not null,
      -- Of items that wait behind all others and of which the newest stands for its equals.
      errand  text unique
    );
    create table if not exists rejected (
      seq     integer primary key,
      item    text not null,
      reason  text not null
    );

    create table if not exists memory (key text primary key, value text not null);
  `);
}
