import { describe, expect, it } from "vitest";
import { incidentAlert } from "../../../workers/benchmark/alerts/messages.ts";
import { lapse } from "../../../workers/benchmark/watch/incidents.ts";
import { resume } from "../../../workers/benchmark/watch/resume.ts";
import type { Incident, Observation, Past, Trouble } from "../../../workers/benchmark/watch/types.ts";
import { drawSeries, MemoryInMaps, RUN_MS, request } from "../../support/watched-series.ts";

const T0 = Date.UTC(2026, 10, 28, 14);
const MINUTE = 60_000;
/** As the database hands them out. */
const RECENT = 24;

/** A watch that saw everything, and what one knows that reads the same in a database. */
function seen(requests: readonly Observation[]) {
  const memory = new MemoryInMaps();
  for (const one of requests) memory.take(one);
  const watch = memory.endpoint("groq", "gpt-oss-20b", true);
  if (!watch) throw new Error("nothing was seen");
  const past = requests
    .filter(({ outcome, confirmation }) => outcome === "success" && !confirmation)
    .map(({ at, values }): Past => [at, values.ttft, values.total, values.tps]);
  const [first, ...rest] = requests.slice(-RECENT);
  if (!first) throw new Error("nothing was asked");
  return { memory, watch, known: { past, recent: [first, ...rest] as const, open: watch.troubles } };
}

const answered = (runs: number) =>
  Array.from({ length: runs }, (_, run) => request(`a${run}`, T0 + run * RUN_MS, "success"));
const failing = (id: string, at: number) => request(id, at, "provider_failure");

describe("a watch that lost its memory", () => {
  it("takes up an outage, keeps since when, and closes it with the first success", () => {
    const since = T0 + 30 * RUN_MS;
    const down = Array.from({ length: 40 }, (_, n) => failing(`f${n}`, since + n * 10 * MINUTE));
    const { watch, known } = seen([...answered(30), ...down]);
    const resumed = resume(known);
    expect(watch.state).toBe("down");
    expect(resumed).toMatchObject({ state: "down", since, troubles: [{ kind: "outage", since }] });
  });

  it("knows of an outage that nothing was stored of since, and of one that a success has ended", () => {
    const since = T0 + 3 * RUN_MS;
    const outage: Trouble = { kind: "outage", since, reason: "It is", evidence: [] };
    const recent = [failing("f1", since), failing("f2", since + MINUTE)] as const;
    expect(resume({ past: [], recent, open: [outage] })).toMatchObject({ state: "down", since });
    const ended = [...recent, request("s", since + 2 * MINUTE, "success")] as const;
    const over = resume({ past: [], recent: [ended[0], ...ended.slice(1)], open: [outage] });
    expect(over).toMatchObject({ state: "up", troubles: [] });
  });

  it("takes up elevated errors as they stand, and ends them by the same rule", () => {
    const requests = answered(60).map((one, run) =>
      run >= 36 && run % 5 === 0 ? failing(one.id, one.at) : one,
    );
    const { watch, known } = seen(requests);
    expect(watch.state).toBe("degraded");
    const resumed = resume(known);
    expect(resumed).toMatchObject({ state: "degraded", troubles: [{ kind: "errors" }] });
    expect(resumed.troubles[0]?.since).toBe(watch.troubles[0]?.since);
    // All is well from here on: both watches say so with the same request.
    const [before, after] = [new MemoryInMaps(), new MemoryInMaps()];
    before.endpoints.set("groq/gpt-oss-20b/true", watch);
    after.endpoints.set("groq/gpt-oss-20b/true", resumed);
    const well = Array.from({ length: 20 }, (_, n) =>
      request(`w${n}`, T0 + (60 + n) * RUN_MS, "success"),
    ).map((one) => [before.take(one).after.state, after.take(one).after.state]);
    expect(well.map(([, state]) => state)).toEqual(well.map(([state]) => state));
    expect(well.at(-1)).toEqual(["up", "up"]);
  });

  it.each([1, 2, 3, 4, 5])("takes up a slow-down, and ends it when speed is back (seed %i)", (seed) => {
    const requests = [...drawSeries({ seed, runs: 700, slowFrom: 500, factor: 3 })];
    const { watch, known } = seen(requests.slice(0, 560));
    expect(watch.troubles.map(({ kind }) => kind)).toEqual(["slowdown"]);
    const resumed = resume(known);
    expect(resumed).toMatchObject({ state: "degraded", since: watch.since });
    expect(resumed.slow?.shift).toBeGreaterThan(Math.log(2));
    const memory = new MemoryInMaps();
    memory.endpoints.set("groq/gpt-oss-20b/true", resumed);
    // Still slow: it goes on; as usual again: it ends.
    for (const one of requests.slice(560, 570)) expect(memory.take(one).after.state).toBe("degraded");
    const usual = [...drawSeries({ seed, runs: 700 })].slice(570, 640);
    expect(usual.map((one) => memory.take(one).after.state)).toContain("up");
  });

  it("drops a slow-down that the stored requests do not show", () => {
    const { known } = seen(answered(300));
    const slowdown: Trouble = { kind: "slowdown", since: T0 + 250 * RUN_MS, reason: "It is", evidence: [] };
    expect(resume({ ...known, open: [slowdown] }).troubles).toEqual([]);
  });

  it("says the same as one that saw it all, of series with nothing wrong", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { watch, known } = seen([...drawSeries({ seed, runs: 672 })]);
      const { state, troubles, failures, recent } = resume(known);
      expect(state, `seed ${seed}`).toBe(watch.state);
      expect(troubles.map(({ kind }) => kind)).toEqual(watch.troubles.map(({ kind }) => kind));
      expect([failures, recent]).toEqual([watch.failures, watch.recent]);
    }
  });
});

describe("an incident whose endpoints nobody measures any more", () => {
  const entry = (model: string) => ({
    model,
    since: T0,
    until: null,
    reason: "2 failures in a row",
    evidence: [],
  });
  const incident: Incident = {
    id: "i",
    kind: "outage",
    provider: "groq",
    simulated: false,
    openedAt: T0,
    closedAt: null,
    endpoints: [entry("gone"), entry("measured")],
    revision: 3,
  };
  const DAY = 86_400_000;

  it("loses them, and closes with the last of them where its newest measurement was", () => {
    const at = (model: string) => (model === "gone" ? T0 + MINUTE : T0 + DAY);
    const change = lapse(incident, at, T0 + DAY - MINUTE);
    expect(change).toMatchObject({ change: "better", incident: { closedAt: null, revision: 3 } });
    expect(change?.incident.endpoints.map(({ until }) => until)).toEqual([T0 + MINUTE, null]);
    const over = lapse(incident, (model) => (model === "gone" ? null : T0 + 2 * MINUTE), T0 + DAY);
    expect(over).toMatchObject({
      change: "lapsed",
      incident: {
        closedAt: T0 + 2 * MINUTE,
        revision: 4,
        endpoints: [{ until: T0 }, { reason: "2 failures in a row; not measured since" }],
      },
    });
    expect(over && incidentAlert(over, T0 + DAY, null)).toMatchObject({
      id: "i-4",
      kind: "incident.closed",
      title: "Groq is not measured there any more: how its outage ended is not known",
    });
  });

  it("stays as it is while they are measured", () => {
    expect(lapse(incident, () => T0 + DAY, T0 + DAY)).toBeNull();
  });
});
