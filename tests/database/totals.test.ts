import { beforeEach, describe, expect, it } from "vitest";
import { failure, forgetResults, insert, result, run } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
beforeEach(() => forgetResults(supabase.sql));

const DAY_MS = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

interface Total {
  outcome: string;
  failure_owner: string;
  requests: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
}

async function totals(): Promise<Total[]> {
  const { rows } = await supabase.sql.query<Total>(
    `select outcome, failure_owner, requests::integer, input_tokens::integer, output_tokens::integer, cost_usd
     from public.series_totals order by outcome, failure_owner`,
  );
  return rows;
}
const requests = async () =>
  (await totals()).map((total) => [total.outcome, total.failure_owner, total.requests]);
const end = (id: string) =>
  supabase.sql.query("update public.runs set finished_at = now() where id = $1", [id]);
const open = () => run({ finished_at: null });

describe("what a series came to", () => {
  it("is counted once for each result, by how it ended and whose failure it was", async () => {
    const one = run();
    const rows = [
      result({ run_id: one.id }),
      result({ run_id: one.id, cost_usd: 0, cost_source: "unknown" }),
      failure("timeout", { run_id: one.id }),
      failure("auth", { run_id: one.id }),
    ];
    await insert(supabase.sql, [one], rows);
    // As a delivery that is repeated does it.
    await supabase.service
      .from("benchmark_results")
      .upsert({ ...rows[0], run_id: one.id } as never, { onConflict: "id", ignoreDuplicates: true })
      .throwOnError();
    expect(await totals()).toEqual([
      {
        outcome: "auth",
        failure_owner: "operator",
        requests: 1,
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: 0,
      },
      {
        outcome: "success",
        failure_owner: "",
        requests: 2,
        input_tokens: 1_040,
        output_tokens: 360,
        cost_usd: 0.0002,
      },
      {
        outcome: "timeout",
        failure_owner: "provider",
        requests: 1,
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: 0,
      },
    ]);
  });

  it("leaves confirmations out, and usage that cannot be true", async () => {
    const one = run();
    await insert(supabase.sql, [one], []);
    const row = { ...result({ run_id: one.id }), confirmation: true };
    const { id: _, ...other } = row;
    await supabase.service
      .from("benchmark_results")
      .insert(row as never)
      .throwOnError();
    await supabase.service
      .from("benchmark_results")
      .insert({ ...other, confirmation: false, usage_implausible: true } as never)
      .throwOnError();
    expect(await totals()).toMatchObject([{ requests: 1, input_tokens: 0, output_tokens: 0, cost_usd: 0 }]);
  });

  it("counts an unreachable provider when its run has ended, as whose failure it is by then", async () => {
    const down = open();
    const offline = open();
    await insert(
      supabase.sql,
      [down, offline],
      [
        failure("network", { run_id: down.id }),
        result({ run_id: down.id, provider: "groq" }),
        failure("network", { run_id: offline.id }),
        failure("network", { run_id: offline.id, provider: "groq" }),
      ],
    );
    expect(await requests()).toEqual([["success", "", 1]]);
    await end(down.id);
    expect(await requests()).toEqual([
      ["network", "provider", 1],
      ["success", "", 1],
    ]);
    await end(offline.id);
    await end(offline.id);
    expect(await requests()).toEqual([
      ["network", "probe", 1],
      ["network", "probe", 1],
      ["network", "provider", 1],
      ["success", "", 1],
    ]);
  });

  it("counts results that come after their run's end, at once", async () => {
    const one = run();
    await insert(supabase.sql, [one], []);
    await insert(supabase.sql, [], [failure("network", { run_id: one.id, created_at: ago(40 * DAY_MS) })]);
    expect(await requests()).toEqual([["network", "provider", 1]]);
  });

  it("never goes back: not for pruning, not for a deletion, not for a failure that turns out to be another's", async () => {
    const old = run({ started_at: ago(60 * DAY_MS) });
    const lately = run();
    const row = failure("timeout", { run_id: lately.id });
    await insert(
      supabase.sql,
      [old, lately],
      [
        result({ run_id: old.id, created_at: ago(60 * DAY_MS) }),
        result({ run_id: old.id, created_at: ago(60 * DAY_MS) }),
        result({ run_id: lately.id }),
        row,
      ],
    );
    const before = await requests();
    const { rows } = await supabase.sql.query("select public.engine_prune(null, null, 31) as gone");
    expect(rows[0].gone).toMatchObject({ rows: 2 });
    expect(await requests()).toEqual(before);
    await supabase.sql.query("delete from public.benchmark_results where id = $1", [row.id]);
    await supabase.sql.query("update public.benchmark_results set error_kind = 'auth', success = false");
    expect(await requests()).toEqual(before);
    await insert(supabase.sql, [], [result({ run_id: lately.id })]);
    expect(await requests()).toEqual([
      ["success", "", 4],
      ["timeout", "provider", 1],
    ]);
  });

  it("goes with a series whose results move to another's name", async () => {
    const one = run();
    const at = { run_id: one.id, provider: "a-name", model: "m" };
    await insert(
      supabase.sql,
      [one],
      [
        result(at),
        failure("timeout", at),
        result({ ...at, provider: "a-slug" }),
        result({ ...at, provider: "a-slug" }),
      ],
    );
    await supabase.sql.query("insert into public.providers (name, slug) values ('a-name', 'a-slug')");
    const { rows } = await supabase.sql.query(
      `select s.provider, t.outcome, t.requests::integer from public.series_totals t
       join public.series s on s.id = t.series_id order by 2`,
    );
    expect(rows).toEqual([
      { provider: "a-slug", outcome: "success", requests: 3 },
      { provider: "a-slug", outcome: "timeout", requests: 1 },
    ]);
  });
});
