import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { ERROR_KINDS, FAILURES } from "../../app/lib/failures.ts";
import { withClient } from "../../local/supabase/database.ts";
import { failure, forgetResults, insert, result, run, type SeedResult } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();

const START = Date.parse("2026-11-20T10:00:00Z");
const minute = (n: number) => new Date(START + n * 60_000).toISOString();

beforeEach(async () => {
  await forgetResults(supabase.sql);
});

async function seriesOf(rows: readonly SeedResult[]) {
  const found = await supabase.sql.query(
    `select s.provider, s.model, s.workload, s.prompt_version, s.location, s.upstream, s.simulated, s.shown, s.id
     from unnest($1::uuid[]) with ordinality as w (id, place)
     join public.benchmark_results r on r.id = w.id join public.series s on s.id = r.series_id order by w.place`,
    [rows.map((row) => row.id)],
  );
  return found.rows;
}

async function owners(rows: readonly SeedResult[]) {
  const found = await supabase.sql.query(
    `select r.failure_owner from unnest($1::uuid[]) with ordinality as w (id, place)
     join public.benchmark_results r on r.id = w.id order by w.place`,
    [rows.map((row) => row.id)],
  );
  return found.rows.map((row) => row.failure_owner);
}

const outages = async () =>
  (
    await supabase.sql.query(
      `select opened_at, closed_at, endpoints -> 0 as entry from public.incidents where series_id is not null order by 1`,
    )
  ).rows.map((row) => ({
    began: row.opened_at.toISOString(),
    ended: row.closed_at?.toISOString() ?? null,
    reason: row.entry.reason,
    evidence: row.entry.evidence.length,
  }));

const days = async () =>
  (
    await supabase.sql.query(
      `select day::text, results, attempts, successes, provider_failures, newest_at
       from public.series_days order by day`,
    )
  ).rows.map((row) => ({ ...row, newest_at: row.newest_at.toISOString() }));

describe("a result's series", () => {
  it("is told by endpoint, workload, prompt version, place and whether it is simulated", async () => {
    const one = run();
    const at = { run_id: one.id };
    const rows = [
      result(at),
      result(at),
      result({ ...at, location: "weur" }),
      result({ ...at, prompt_version: "standard-2" }),
      result({ ...at, prompt_version: "short-1" }),
      result({ ...at, model: "other" }),
    ];
    await insert(supabase.sql, [one], rows);
    const found = await seriesOf(rows);
    expect(new Set(found.map(({ id }) => id)).size).toBe(5);
    expect(found[0]).toEqual(found[1]);
    expect(found[0]).toMatchObject({
      provider: "openai",
      model: "gpt-4o-mini",
      workload: "standard",
      prompt_version: "standard-test",
      location: "enam",
      upstream: null,
      simulated: false,
      shown: true,
    });
    expect(found[4]).toMatchObject({ workload: "short" });
  });

  it("is the same for ids, slugs and display names, and stays when the provider is deleted", async () => {
    await supabase.sql.query("insert into public.providers (slug, name) values ('acme', 'Acme AI')");
    const { rows: ids } = await supabase.sql.query(
      `insert into public.models (provider_id, name) select id, 'm' from public.providers where slug = 'acme'
       returning id, provider_id`,
    );
    const one = run();
    const at = { run_id: one.id };
    const rows = [
      result({ ...at, provider_id: ids[0]?.provider_id, model_id: ids[0]?.id, provider: null, model: null }),
      result({ ...at, provider: "acme", model: "m" }),
      result({ ...at, provider: "Acme AI", model: "m" }),
    ];
    await insert(supabase.sql, [one], rows);
    expect(new Set((await seriesOf(rows)).map(({ id }) => id)).size).toBe(1);
    await supabase.sql.query("delete from public.providers where slug = 'acme'");
    expect(await seriesOf(rows)).toMatchObject(rows.map(() => ({ provider: "acme", model: "m" })));
  });

  it("follows a provider and a model to their new names, into a series that is there already", async () => {
    const one = run();
    const at = { run_id: one.id };
    const rows = [
      result({ ...at, provider: "New Comer", model: "m" }),
      result({ ...at, provider: "newcomer", model: "m" }),
    ];
    await insert(supabase.sql, [one], rows);
    expect(new Set((await seriesOf(rows)).map(({ id }) => id)).size).toBe(2);
    await supabase.sql.query("insert into public.providers (slug, name) values ('newcomer', 'New Comer')");
    await supabase.sql.query(
      "insert into public.models (provider_id, name) select id, 'm' from public.providers where slug = 'newcomer'",
    );
    await supabase.sql.query("update public.models set name = 'm2' where name = 'm'");
    await supabase.sql.query("update public.providers set slug = 'comer' where slug = 'newcomer'");
    const found = await seriesOf(rows);
    expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    expect(found[0]).toMatchObject({ provider: "comer", model: "m2" });
    expect((await days()).map((day) => day.results)).toEqual([2]);
    await supabase.sql.query("delete from public.providers where slug = 'comer'");
  });

  it("of a row without a version is that of the version of its time", async () => {
    const one = run();
    const at = { run_id: one.id };
    await insert(
      supabase.sql,
      [one],
      [
        result({ ...at, created_at: minute(0), prompt_version: "standard-1" }),
        result({ ...at, created_at: minute(60), prompt_version: "standard-2" }),
        result({ ...at, created_at: minute(70), prompt_version: "short-9" }),
      ],
    );
    const rows = [-5, 30, 80].map((n) => result({ ...at, created_at: minute(n), prompt_version: null }));
    await insert(supabase.sql, [], rows);
    expect((await seriesOf(rows)).map((row) => row.prompt_version)).toEqual([
      "standard-1",
      "standard-1",
      "standard-2",
    ]);
  });

  it("is shown unless its endpoint was ever measured for real", async () => {
    const one = run();
    const played = result({ run_id: one.id, simulated: true });
    await insert(supabase.sql, [one], [played]);
    expect(await seriesOf([played])).toMatchObject([{ shown: true }]);
    const real = result({ run_id: one.id, location: "weur" });
    const later = result({ run_id: one.id, simulated: true, location: "apac" });
    await insert(supabase.sql, [], [real, later]);
    expect(await seriesOf([played, real, later])).toMatchObject([
      { shown: false },
      { shown: true },
      { shown: false },
    ]);
  });

  it("is forgotten with its last result, and with it that the endpoint was ever measured for real", async () => {
    const [one, other] = [run(), run()];
    const played = result({ run_id: one.id, simulated: true });
    await insert(supabase.sql, [one, other], [played, result({ run_id: other.id })]);
    expect(await seriesOf([played])).toMatchObject([{ shown: false }]);
    await supabase.sql.query("delete from public.runs where id = $1", [other.id]);
    expect(await seriesOf([played])).toMatchObject([{ shown: true }]);
  });

  it("names an upstream only where the proxy was told to use that one", async () => {
    const one = run();
    await insert(supabase.sql, [one], []);
    const { rows } = await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, upstream, upstream_pinned)
       values ($1, 'openrouter', 'm', 1, 1, 1, 0, 'DeepInfra', false), ($1, 'openrouter', 'm', 1, 1, 1, 0, 'DeepInfra', true)
       returning id`,
      [one.id],
    );
    expect((await seriesOf(rows)).map((row) => row.upstream)).toEqual([null, "DeepInfra"]);
  });

  it("takes names of any length and with anything in them", async () => {
    const one = run();
    const long = (length: number) => randomUUID().repeat(length / 36);
    const rows = [
      result({ run_id: one.id, provider: long(1_800), model: long(1_800), location: long(2_160) }),
      result({ run_id: one.id, provider: "", model: "\u{1F600}\"'\\\n", location: "" }),
      result({ run_id: one.id, provider: null, model: null }),
    ];
    await insert(supabase.sql, [one], rows);
    expect(await seriesOf(rows)).toMatchObject([
      {},
      { provider: "" },
      { provider: "unknown", model: "unknown" },
    ]);
  });
});

describe("the owner of a failure", () => {
  const offlineOf = async (id: string) =>
    (await supabase.sql.query("select offline from public.runs where id = $1", [id])).rows[0]?.offline;
  const end = (id: string) =>
    supabase.sql.query("update public.runs set finished_at = now() where id = $1", [id]);

  it("is settled at the run's end where nobody could be reached, and again by late results", async () => {
    const one = run({ finished_at: null });
    const at = { run_id: one.id };
    const rows = [failure("network", at), failure("network", { ...at, provider: "groq" })];
    await insert(supabase.sql, [one], rows);
    expect(await owners(rows)).toEqual(["provider", "provider"]);
    await end(one.id);
    expect([await offlineOf(one.id), await owners(rows)]).toEqual([true, ["probe", "probe"]]);
    expect(await days()).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
    const late = failure("network", { ...at, provider: "together" });
    await insert(supabase.sql, [], [late]);
    expect(await owners([late])).toEqual(["probe"]);
    const reached = result({ ...at, provider: "openrouter" });
    await insert(supabase.sql, [], [reached]);
    expect([await offlineOf(one.id), await owners([...rows, late, reached])]).toEqual([
      false,
      ["provider", "provider", "provider", null],
    ]);
    await supabase.sql.query("delete from public.benchmark_results where id = $1", [reached.id]);
    await supabase.sql.query("update public.benchmark_results set error_kind = 'timeout' where id = $1", [
      late.id,
    ]);
    expect(await owners([late])).toEqual(["provider"]);
  });

  it("stays the provider's where only one provider was asked", async () => {
    const one = run({ finished_at: null });
    const rows = [
      failure("network", { run_id: one.id }),
      failure("network", { run_id: one.id, model: "other" }),
    ];
    await insert(supabase.sql, [one], rows);
    await end(one.id);
    expect([await offlineOf(one.id), await owners(rows)]).toEqual([false, ["provider", "provider"]]);
  });

  it.each(ERROR_KINDS)("is what the pages' words say of its kind: %s", async (kind) => {
    const { rows } = await supabase.sql.query("select internal.owner_of($1, null, false) as owner", [kind]);
    expect(rows[0]?.owner).toBe(FAILURES[kind].owner);
  });

  it("is not for a writer to say", async () => {
    const one = run();
    await insert(supabase.sql, [one], []);
    const { rows } = await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, input_tokens, output_tokens, total_latency_ms, cost_usd, success, status_code, failure_owner, series_id)
       values ($1, 1, 1, 1, 0, false, 429, 'probe', 77) returning failure_owner`,
      [one.id],
    );
    expect(rows).toEqual([{ failure_owner: "shared" }]);
  });
});

describe("days and outages", () => {
  const story = (letters: string, from = 0, run_id = "") =>
    [...letters].map((letter, index) => {
      const at = { run_id, created_at: minute(from + index * 15) };
      return letter === "s"
        ? result(at)
        : failure({ f: "timeout", e: "server_error", r: "rate_limited", a: "auth" }[letter] ?? letter, at);
    });

  it.each([
    ["together", (rows: SeedResult[]) => [rows]],
    ["one by one", (rows: SeedResult[]) => rows.map((row) => [row])],
    ["in any order", (rows: SeedResult[]) => [...rows].reverse().map((row) => [row])],
  ])("are the same however the results come: %s", async (_, split) => {
    const one = run();
    const rows = story("sfesfsfrfaasff", 0, one.id);
    await insert(supabase.sql, [one], []);
    for (const part of split(rows)) await insert(supabase.sql, [], part);
    const said = (n: number, since: string, kinds: string) =>
      `${n} failures in a row since ${since} UTC: ${kinds}`;
    expect(await outages()).toEqual([
      {
        began: minute(15),
        ended: minute(45),
        reason: said(2, "10:15", "server_error, timeout"),
        evidence: 2,
      },
      { began: minute(90), ended: minute(165), reason: said(2, "11:30", "timeout"), evidence: 2 },
      { began: minute(180), ended: null, reason: said(2, "13:00", "timeout"), evidence: 2 },
    ]);
    expect(await days()).toEqual([
      {
        day: "2026-11-20",
        results: 14,
        attempts: 14,
        successes: 4,
        provider_failures: 7,
        newest_at: minute(195),
      },
    ]);
  });

  it("follow what is corrected and deleted, and not what is pruned of a result", async () => {
    const one = run();
    const rows = story("sffs", 0, one.id);
    await insert(supabase.sql, [one], rows);
    expect(await outages()).toHaveLength(1);
    await supabase.sql.query("update public.benchmark_results set response_text = null");
    await supabase.sql.query(
      "update public.benchmark_results set success = true, error_kind = null where id = $1",
      [rows[2]?.id],
    );
    expect(await outages()).toEqual([]);
    expect(await days()).toMatchObject([{ successes: 3, provider_failures: 1 }]);
    await supabase.sql.query("delete from public.runs");
    expect(await days()).toEqual([]);
  });

  it("miss no result of two that are written at the same time", async () => {
    const one = run();
    await insert(supabase.sql, [one], [result({ run_id: one.id, created_at: minute(0) })]);
    await withClient(supabase.databaseUrl, async (other) => {
      await other.query("begin");
      await insert(other, [], [result({ run_id: one.id, created_at: minute(15) })]);
      const second = insert(supabase.sql, [], [result({ run_id: one.id, created_at: minute(30) })]).then(
        () => "written",
      );
      const waits = new Promise((resolve) => setTimeout(resolve, 300, "waits"));
      expect(await Promise.race([second, waits])).toBe("waits");
      await other.query("commit");
      await second;
    });
    expect(await days()).toMatchObject([{ results: 3, newest_at: minute(30) }]);
  });

  it("count a confirmation as the second failure of an outage, and in no figure", async () => {
    const one = run();
    await insert(supabase.sql, [one], story("sf", 0, one.id));
    await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, success, error_kind,
          created_at, location, prompt_version, confirmation)
       values ($1, 'openai', 'gpt-4o-mini', 0, 0, 1, 0, false, 'timeout', $2, 'enam', 'standard-test', true)`,
      [one.id, minute(16)],
    );
    expect(await outages()).toMatchObject([{ began: minute(15), evidence: 2 }]);
    expect(await days()).toMatchObject([{ results: 2, attempts: 2, provider_failures: 1 }]);
  });

  it("are the watch's to tell where it saw every failure, and told once where it noticed what others saw too", async () => {
    const [watched, terminal] = [run(), run()];
    await insert(supabase.sql, [watched, terminal], []);
    await supabase.sql.query("update public.runs set watched = true where id = $1", [watched.id]);
    const failed = (run_id: string, n: number) => failure("timeout", { run_id, created_at: minute(n) });
    await insert(supabase.sql, [], [failed(watched.id, 0), failed(watched.id, 1)]);
    expect(await outages()).toEqual([]);
    await insert(supabase.sql, [], [failed(terminal.id, 5)]);
    expect(await outages()).toMatchObject([{ began: minute(0), ended: null, evidence: 3 }]);
    const noticed = (closed_at: string | null, revision: number) =>
      supabase.service.rpc("engine_write_watch", {
        change: {
          location: "enam",
          incidents: [
            {
              id: watched.id,
              provider: "openai",
              simulated: false,
              kind: "outage",
              opened_at: minute(0),
              closed_at,
              endpoints: [
                { model: "gpt-4o-mini", since: minute(0), until: closed_at, reason: "It is", evidence: [] },
              ],
              revision,
            },
          ],
        },
      });
    expect((await noticed(null, 1)).error).toBeNull();
    expect(await outages()).toEqual([]);
    await insert(supabase.sql, [], [failed(terminal.id, 20)]);
    expect(await outages()).toEqual([]);
    await noticed(minute(30), 2);
    // What comes after its end is another one.
    await insert(
      supabase.sql,
      [],
      [
        result({ run_id: watched.id, created_at: minute(30) }),
        failed(terminal.id, 40),
        failed(terminal.id, 55),
      ],
    );
    expect(await outages()).toMatchObject([{ began: minute(40), ended: null }]);
  });

  it("follow their series to another name", async () => {
    const one = run();
    await insert(
      supabase.sql,
      [one],
      story("sff", 0, one.id).map((row) => ({ ...row, provider: "Renamed Inc" })),
    );
    await supabase.sql.query("insert into public.providers (slug, name) values ('renamed', 'Renamed Inc')");
    const { data } = await supabase.anon.rpc("api_incidents", { of_provider: "renamed" });
    expect(data).toMatchObject([{ provider_name: "Renamed Inc", endpoints: [{ model: "gpt-4o-mini" }] }]);
    await supabase.sql.query("delete from public.providers where slug = 'renamed'");
  });
});
