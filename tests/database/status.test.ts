import { beforeEach, describe, expect, it } from "vitest";
import { storedIncidents } from "../../app/data/incidents.server.ts";
import { overviewSchema } from "../../app/data/overview.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { readStatus, statusSchema } from "../../app/data/status.server.ts";
import { incidentLength } from "../../app/lib/incidents.ts";
import {
  failure,
  forgetResults,
  insert,
  result,
  run,
  type SeedResult,
  type SeedRun,
} from "../e2e/support/results.ts";
import { randomFrom } from "../support/random.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
/** The last moment of a day: the day, and the 24 hours before it, are the same. */
const AS_OF = "2026-10-20T23:59:59.999999Z";
const DAY = 86_400_000;
const FIRST = Date.parse("2026-09-21T00:00:00Z");

beforeEach(() => forgetResults(supabase.sql));

const reader = () => createReader(supabase.url, supabase.anonKey);

async function status(parameters: object = {}) {
  const { data, error } = await supabase.anon.rpc("dashboard_status", { as_of: AS_OF, ...parameters });
  expect(error).toBeNull();
  return statusSchema.parse(data);
}

const ENDPOINTS = [
  ["openai", "gpt-4o-mini"],
  ["groq", "openai/gpt-oss-20b"],
  ["together", "openai/gpt-oss-20b"],
  ["openrouter", "openai/gpt-oss-20b"],
  ["stranger", "some/model:free"],
] as const;
const KINDS = [
  "server_error",
  "timeout",
  "server_error",
  "timeout",
  "rate_limited",
  "auth",
  "interrupted",
  "network",
];
const PROVIDERS_OWN = new Set(["server_error", "timeout", "network"]);

/** A month with outages that last over midnight, other places, old prompts, and runs whose line was down. */
function month(): { runs: SeedRun[]; results: SeedResult[]; offline: Set<string> } {
  const random = randomFrom(77);
  const runs: SeedRun[] = [];
  const results: SeedResult[] = [];
  const offline = new Set<string>();
  for (let at = FIRST - 2 * DAY; at < Date.parse(AS_OF); at += 47 * 60_000) {
    const location = runs.length % 6 === 0 ? "weur" : "enam";
    const started = new Date(at).toISOString();
    const one = run({ started_at: started, finished_at: started, location });
    runs.push(one);
    const down = runs.length % 43 === 7;
    if (down) offline.add(one.id);
    ENDPOINTS.forEach(([provider, model], place) => {
      const common = {
        run_id: one.id,
        provider,
        model,
        location,
        created_at: new Date(at + place * 4_000).toISOString(),
        simulated: provider === "openrouter" || (provider === "together" && at < FIRST + 5 * DAY),
        prompt_version: at < FIRST + DAY ? "older" : runs.length % 30 === 3 ? null : "current",
      };
      // Outages of half a day or so, one of them at the end.
      const outage =
        Math.sin(at / DAY / 1.7 + place * 2) > 0.93 || (place === 2 && at > Date.parse(AS_OF) - DAY / 3);
      if (down) results.push(failure("network", common));
      else if (outage || random() < 0.08) {
        results.push(failure(KINDS[Math.floor(random() * (outage ? 4 : KINDS.length))] ?? "timeout", common));
      } else results.push(result(common));
    });
  }
  results.push(
    result({ run_id: runs.at(-1)?.id ?? "", created_at: "2026-10-20T23:59:00Z", prompt_version: "short-x" }),
  );
  return { runs, results, offline };
}

/** The same from the rows, one after the other, without any of the function's ways. */
function expected({ results, offline }: ReturnType<typeof month>, location: string) {
  const real = new Set(results.filter((row) => !row.simulated).map((row) => `${row.provider} ${row.model}`));
  const days = new Map<string, number[][]>();
  const incidents: {
    endpoint: string;
    began: number;
    ended: number | null;
    reason: string;
    ongoing: boolean;
  }[] = [];
  for (const [provider, model] of ENDPOINTS) {
    const name = `${provider} ${model}`;
    const own = results
      .filter((row) => row.provider === provider && row.model === model && row.location === location)
      .filter((row) => !(row.simulated && real.has(name)) && row.prompt_version !== "short-x")
      .sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
    const counts = new Map<number, number[]>();
    const isProbes = (row: SeedResult) => offline.has(row.run_id) || row.error_kind === "interrupted";
    const isFailure = (row: SeedResult) =>
      !row.success && !isProbes(row) && PROVIDERS_OWN.has(row.error_kind ?? "");
    for (const row of own) {
      const at = Date.parse(row.created_at);
      if (at < FIRST + DAY && row.prompt_version === "older") continue;
      const index = Math.floor((at - FIRST) / DAY);
      const count = counts.get(index) ?? [index, 0, 0, 0];
      counts.set(index, count);
      if (!isProbes(row)) count[3] = (count[3] ?? 0) + 1;
      if (row.success) count[1] = (count[1] ?? 0) + 1;
      else if (isFailure(row)) count[2] = (count[2] ?? 0) + 1;
    }
    for (const series of [
      own.filter((row) => row.prompt_version === "older"),
      own.filter((row) => row.prompt_version !== "older"),
    ]) {
      let streak: SeedResult[] = [];
      const newest = Date.parse(series.at(-1)?.created_at ?? "");
      const close = (ended: number | null) => {
        const began = streak[0]?.created_at;
        if (streak.length >= 2 && began && (ended ?? newest) >= FIRST) {
          const kinds = [...new Set(streak.map((row) => row.error_kind))].sort().join(", ");
          incidents.push({
            endpoint: name,
            began: Date.parse(began),
            ended,
            reason: `${streak.length} failures in a row since ${began.slice(11, 16)} UTC: ${kinds}`,
            ongoing: ended === null && newest >= Date.parse(AS_OF) - DAY,
          });
        }
        streak = [];
      };
      for (const row of series) {
        if (row.success) close(Date.parse(row.created_at));
        else if (isFailure(row)) streak.push(row);
      }
      close(null);
    }
    days.set(name, [...counts.values()]);
  }
  return { days, incidents };
}

const seen = (answer: Awaited<ReturnType<typeof status>>) => ({
  days: new Map(
    answer.endpoints
      .filter((row) => row.days.length > 0)
      .map((row) => [`${row.provider} ${row.model}`, row.days.map((day) => [...day])]),
  ),
  incidents: answer.incidents
    .map((row) => ({
      endpoint: `${row.provider} ${row.endpoints[0]?.model}`,
      began: Date.parse(row.opened_at),
      ended: row.closed_at === null ? null : Date.parse(row.closed_at),
      reason: row.endpoints[0]?.reason ?? "",
      ongoing: row.ongoing,
    }))
    .sort(byName),
});
const byName = (a: { endpoint: string; began: number }, b: { endpoint: string; began: number }) =>
  a.endpoint < b.endpoint ? -1 : a.endpoint > b.endpoint ? 1 : a.began - b.began;

describe("a month of status", () => {
  it.each(["enam", "weur"])("equals a second computation over the same rows, from %s", async (location) => {
    const data = month();
    await insert(supabase.sql, data.runs, data.results, AS_OF);
    const wanted = expected(data, location);
    wanted.incidents.sort(byName);
    expect(wanted.incidents.length).toBeGreaterThan(10);
    expect(wanted.incidents.some(({ ended }) => ended === null)).toBe(true);
    expect(wanted.incidents.some((one) => one.ended !== null && one.ended - one.began > DAY / 2)).toBe(true);
    expect(seen(await status({ at_location: location }))).toEqual(wanted);
  });

  it("has the same incidents as programs get, with the newest request of who still fails", async () => {
    const data = month();
    await insert(supabase.sql, data.runs, data.results, AS_OF);
    const answer = await status();
    const { data: alone } = await supabase.anon.rpc("api_incidents", {
      as_of: AS_OF,
      of_location: answer.location ?? "",
      since: `${answer.first_day}T00:00:00Z`,
      at_most: 500,
    });
    expect(answer.incidents).toEqual(storedIncidents.parse(alone));
    const open = answer.incidents.filter(({ ongoing }) => ongoing);
    expect(open.length).toBeGreaterThan(0);
    for (const incident of open) {
      const newest = answer.endpoints.find(
        ({ provider, model }) => provider === incident.provider && model === incident.endpoints[0]?.model,
      );
      expect(newest).toMatchObject({ newest_at: incident.measured_at });
      const state = answer.states.find(
        ({ model, provider }) => provider === incident.provider && model === newest?.model,
      );
      expect(["down", "unknown"]).toContain(state?.state);
    }
    expect(answer.incidents.filter((one) => one.closed_at !== null && one.measured_at !== null)).toEqual([]);
  });

  it.each([
    ["30d", 0],
    ["24h", 29],
  ] as const)("equals the overview's figures where the two overlap: %s", async (window, from) => {
    const data = month();
    await insert(supabase.sql, data.runs, data.results, AS_OF);
    const { data: overview } = await supabase.anon.rpc("dashboard_endpoints", { time_window: window });
    const answer = await status();
    const { endpoints, location } = overviewSchema.parse(overview);
    expect(answer.location).toBe(location);
    for (const theirs of endpoints) {
      const ours = answer.endpoints.find(
        (row) => row.provider === theirs.provider && row.model === theirs.model,
      );
      const days = ours?.days.filter(([index]) => index >= from) ?? [];
      const sum = (place: 1 | 2 | 3) => days.reduce((total, day) => total + day[place], 0);
      expect({ name: theirs.model, s: sum(1), f: sum(2), a: sum(3) }).toEqual({
        name: theirs.model,
        s: theirs.figures.successes,
        f: theirs.figures.provider_failures,
        a: theirs.figures.attempts,
      });
    }
    expect(answer.endpoints.reduce((total, row) => total + row.attempts, 0)).toBeGreaterThan(1_000);
  });
});

it("a new version of the prompt begins anew", async () => {
  const one = run();
  const days = [2, 3, 4].map((ago) => new Date(Date.now() - ago * DAY).toISOString());
  await insert(
    supabase.sql,
    [one],
    days.map((created_at) => result({ run_id: one.id, created_at })),
  );
  await insert(supabase.sql, [], [result({ run_id: one.id, prompt_version: "next" })]);
  const answer = statusSchema.parse((await supabase.anon.rpc("dashboard_status")).data);
  expect(answer.endpoints.find((row) => row.model === "gpt-4o-mini")?.attempts).toBe(1);
});

it("an endpoint that still fails is told with its newest result, however late older ones come", async () => {
  const one = run();
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  await insert(
    supabase.sql,
    [one],
    [
      result({ run_id: one.id, created_at: ago(60) }),
      failure("timeout", { run_id: one.id, created_at: ago(20) }),
      failure("timeout", { run_id: one.id, created_at: ago(5) }),
    ],
  );
  await insert(supabase.sql, [], [result({ run_id: one.id, created_at: ago(5 * 1440) })]);
  const { data } = await supabase.anon.rpc("api_incidents");
  const [incident] = storedIncidents.parse(data);
  expect(incident).toMatchObject({ closed_at: null, ongoing: true });
  expect(Date.now() - Date.parse(incident?.measured_at ?? "")).toBeLessThan(10 * 60_000);
});

it("an incident whose endpoint nobody measured for a day is ongoing no more, and has no end", async () => {
  const one = run();
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  const at = (hours: number) => ({ run_id: one.id, created_at: hoursAgo(hours) });
  await insert(
    supabase.sql,
    [one],
    [failure("timeout", at(30)), failure("timeout", at(26)), result({ ...at(2), model: "another" })],
  );
  const { current, past } =
    (await readStatus(reader(), { location: null, provider: null, day: null }, new Set())).incidents ?? {};
  expect(current).toEqual([]);
  expect(past).toMatchObject([{ closed_at: null, ongoing: false }]);
  expect(past?.[0] && incidentLength(past[0], new Date().toISOString())).toBe(
    "for at least 4 h; not measured since, so its end is unknown",
  );
  const ask = async (is_open: boolean) => (await supabase.anon.rpc("api_incidents", { is_open })).data;
  expect([await ask(true), await ask(false)]).toMatchObject([[], [{ ongoing: false }]]);
});

it("the engine's health says when the last run ran out of money", async () => {
  const one = run({ started_at: "2026-10-20T23:00:00Z" });
  await insert(
    supabase.sql,
    [one, run({ started_at: "2026-10-20T22:00:00Z", finished_at: null })],
    [result({ run_id: one.id, created_at: "2026-10-20T23:00:01Z" })],
  );
  await supabase.sql.query("update public.runs set skipped = $2 where id = $1", [
    one.id,
    JSON.stringify([{ provider: "a", model: "b", reason: "budget", until: null }, 7]),
  ]);
  const answer = await status();
  expect(answer.last_run).toMatchObject({
    id: one.id,
    results: 1,
    skipped: [
      { reason: "budget", count: 1 },
      { reason: "unknown", count: 1 },
    ],
  });
  expect(answer.runs_24h).toEqual({ started: 2, finished: 1, over_budget: 1 });
});

describe("a provider's line", () => {
  const line = async (rows: readonly Partial<SeedResult>[]) => {
    const one = run();
    await insert(
      supabase.sql,
      [one],
      rows.map((row) =>
        row.success === false
          ? failure("server_error", { ...row, run_id: one.id, provider: "mixed" })
          : result({ ...row, run_id: one.id, provider: "mixed" }),
      ),
    );
    const { providers } = await readStatus(
      reader(),
      { location: null, provider: null, day: null },
      new Set(),
    );
    return providers.find(({ provider }) => provider === "mixed");
  };
  const played = { model: "played", simulated: true };

  it("leaves simulated endpoints out where one is real", async () => {
    expect(
      await line([{ model: "real" }, { ...played, success: false }, { ...played, success: false }]),
    ).toMatchObject({
      simulated: false,
      measured: 1,
      health: { state: "up", failing: 0 },
      uptime: { n: 1, share: 1 },
      endpoint_count: 2,
      attempted_simulated: 1,
    });
  });

  it("is simulated where all of its endpoints are", async () => {
    expect(await line([played, { ...played, model: "second", success: false }])).toMatchObject({
      simulated: true,
      measured: 2,
      uptime: { n: 2, share: 0.5 },
    });
  });
});
