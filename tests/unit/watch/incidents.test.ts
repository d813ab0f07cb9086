import { describe, expect, it } from "vitest";
import { askAgain } from "../../../workers/benchmark/watch/confirm.ts";
import type { Observation } from "../../../workers/benchmark/watch/types.ts";
import { MemoryInMaps, RUN_MS, request } from "../../support/watched-series.ts";

const T0 = Date.UTC(2026, 10, 28, 14);
const MINUTE = 60_000;
let made = 0;

function fails(at: number, more: Partial<Observation> = {}): Observation {
  return { ...request(`r${++made}`, at, "provider_failure"), ...more };
}
function answers(at: number, more: Partial<Observation> = {}): Observation {
  return { ...request(`r${++made}`, at, "success"), ...more };
}
const confirmation = { confirmation: true };
const silent = { responded: false, failure: "network" };
const changes = (memory: MemoryInMaps, observation: Observation) =>
  memory.take(observation).incidents.map(({ change }) => change);

describe("an outage", () => {
  it("opens with the second failure in a row and closes with the first success", () => {
    const memory = new MemoryInMaps();
    expect(changes(memory, answers(T0))).toEqual([]);
    const first = memory.take(fails(T0 + RUN_MS));
    expect(first.after.state).toBe("up");
    const second = memory.take(fails(T0 + RUN_MS + MINUTE, confirmation));
    expect(second.after).toMatchObject({
      state: "down",
      since: T0 + RUN_MS,
      reason: "2 failures in a row since 14:15 UTC: server_error (HTTP 503)",
    });
    expect(second.incidents).toMatchObject([
      { change: "opened", incident: { kind: "outage", openedAt: T0 + RUN_MS, closedAt: null } },
    ]);
    const third = memory.take(answers(T0 + RUN_MS + 2 * MINUTE, confirmation));
    expect(third.after).toMatchObject({ state: "up", since: T0 + RUN_MS + 2 * MINUTE });
    expect(third.incidents).toMatchObject([
      {
        change: "closed",
        incident: { id: second.incidents[0]?.incident.id, closedAt: T0 + RUN_MS + 2 * MINUTE },
      },
    ]);
  });

  it("is not made by a failure that a second request does not share", () => {
    const memory = new MemoryInMaps();
    memory.take(fails(T0));
    expect(changes(memory, answers(T0 + MINUTE, confirmation))).toEqual([]);
    expect(changes(memory, fails(T0 + RUN_MS))).toEqual([]);
  });

  it("is not made by what is ours: a refused key, a missing model, a rate limit, a restart", () => {
    const memory = new MemoryInMaps();
    for (let run = 0; run < 5; run++) {
      const other = { ...request(`o${run}`, T0 + run * RUN_MS, "other"), failure: "auth (HTTP 401)" };
      expect(changes(memory, other)).toEqual([]);
    }
    expect([...memory.all]).toEqual([]);
  });

  it("of several endpoints of one provider is one incident, which grows and closes with the last of them", () => {
    const memory = new MemoryInMaps();
    const other = { model: "llama" };
    memory.take(fails(T0));
    memory.take(fails(T0 + 1_000, other));
    expect(changes(memory, fails(T0 + MINUTE, confirmation))).toEqual(["opened"]);
    expect(changes(memory, fails(T0 + MINUTE + 1_000, { ...other, ...confirmation }))).toEqual(["worse"]);
    expect(memory.all.size).toBe(1);
    expect(changes(memory, answers(T0 + 3 * MINUTE, confirmation))).toEqual(["better"]);
    expect(changes(memory, answers(T0 + 4 * MINUTE, { ...other, ...confirmation }))).toEqual(["closed"]);
  });

  it("at two providers is two incidents", () => {
    const memory = new MemoryInMaps();
    for (const provider of ["groq", "together"]) {
      memory.take(fails(T0, { provider }));
      expect(changes(memory, fails(T0 + MINUTE, { provider, ...confirmation }))).toEqual(["opened"]);
    }
  });

  it("that comes and goes within half an hour stays one incident", () => {
    const memory = new MemoryInMaps();
    memory.take(fails(T0));
    memory.take(fails(T0 + MINUTE, confirmation));
    memory.take(answers(T0 + 2 * MINUTE, confirmation));
    memory.take(fails(T0 + RUN_MS));
    const again = memory.take(fails(T0 + RUN_MS + MINUTE, confirmation));
    expect(again.incidents).toMatchObject([{ change: "worse", incident: { closedAt: null } }]);
    expect(memory.all.size).toBe(1);
    memory.take(answers(T0 + 2 * RUN_MS));
    memory.take(fails(T0 + 6 * RUN_MS));
    expect(changes(memory, fails(T0 + 6 * RUN_MS + MINUTE, confirmation))).toEqual(["opened"]);
  });

  it("of our own line is nobody's: all providers silent at once open nothing", () => {
    const memory = new MemoryInMaps();
    const providers = ["groq", "together", "openai"];
    for (const provider of providers) memory.take(answers(T0, { provider }));
    for (let run = 1; run <= 3; run++) {
      for (const provider of providers) {
        expect(changes(memory, fails(T0 + run * RUN_MS, { provider, ...silent }))).toEqual([]);
        expect(
          changes(memory, fails(T0 + run * RUN_MS + MINUTE, { provider, ...silent, ...confirmation })),
        ).toEqual([]);
      }
    }
    for (const provider of providers) {
      expect(memory.take(answers(T0 + 4 * RUN_MS, { provider })).after.state).toBe("up");
    }
    expect(memory.all.size).toBe(0);
  });

  it("is a silent provider's own once another one has answered since", () => {
    const memory = new MemoryInMaps();
    memory.take(answers(T0, { provider: "openai" }));
    memory.take(fails(T0 + 1_000, silent));
    memory.take(answers(T0 + 2_000, { provider: "openai" }));
    expect(changes(memory, fails(T0 + MINUTE, { ...silent, ...confirmation }))).toEqual(["opened"]);
  });
});

describe("failing now and then", () => {
  it("is degraded from four of the last twenty requests, until only one is left", () => {
    const memory = new MemoryInMaps();
    let at = T0;
    const states: string[] = [];
    for (let run = 0; run < 44; run++) {
      at += RUN_MS;
      const bad = run < 20 && run % 5 === 4;
      states.push(memory.take(bad ? fails(at) : answers(at)).after.state);
    }
    expect(states.indexOf("degraded")).toBe(19);
    expect(states.lastIndexOf("degraded")).toBe(33);
    expect([...memory.all.values()]).toMatchObject([{ kind: "errors" }]);
  });
});

describe("a slow-down", () => {
  const usual = 430;
  function weekAsUsual(memory: MemoryInMaps, runs: number): number {
    for (let run = 0; run < runs; run++) {
      memory.take(answers(T0 + run * RUN_MS, { values: speed(usual * (1 + 0.1 * Math.sin(run * 1.7))) }));
    }
    return T0 + runs * RUN_MS;
  }
  const speed = (ttft: number) => ({ ttft, total: 3_000 + ttft, tps: 100 });

  it("says how slow, of how many, and what is usual; and is over when that is back", () => {
    const memory = new MemoryInMaps();
    let at = weekAsUsual(memory, 200);
    let verdict = memory.take(answers(at, { values: speed(1_300) }));
    for (let run = 1; run < 6; run++) {
      at += RUN_MS;
      if (verdict.after.state === "up")
        verdict = memory.take(answers(at, { values: speed(1_300 + 50 * run) }));
    }
    expect(verdict.after.state).toBe("degraded");
    expect(verdict.after.reason).toMatch(
      /^TTFT of the last \d requests 1,\d{3} to 1,\d{3} ms, usually 4\d\d ms$/,
    );
    expect(verdict.incidents).toMatchObject([{ change: "opened", incident: { kind: "slowdown" } }]);
    for (let run = 0; run < 6; run++) {
      at += RUN_MS;
      verdict = memory.take(answers(at, { values: speed(usual) }));
      if (verdict.after.state === "up") break;
    }
    expect(verdict.incidents.map(({ change }) => change)).toEqual(["closed"]);
  });

  it("is not judged before a day's worth of successes", () => {
    const memory = new MemoryInMaps();
    let at = weekAsUsual(memory, 90);
    for (let run = 0; run < 6; run++) {
      at += RUN_MS;
      expect(memory.take(answers(at, { values: speed(4_000) })).after.state).toBe("up");
    }
  });

  it("is the new normal after three days", () => {
    const memory = new MemoryInMaps();
    let at = weekAsUsual(memory, 400);
    const states: string[] = [];
    for (let run = 0; run < 500; run++) {
      at += RUN_MS;
      states.push(
        memory.take(answers(at, { values: speed(1_300 * (1 + 0.1 * Math.sin(run * 1.7))) })).after.state,
      );
    }
    expect(states.slice(6, 280).every((state) => state === "degraded")).toBe(true);
    expect(states.slice(300).every((state) => state === "up")).toBe(true);
  });

  it("is not made by a clock that jumps, forwards or back", () => {
    const memory = new MemoryInMaps();
    const at = weekAsUsual(memory, 300);
    const year = 365 * 86_400_000;
    for (const jump of [year, -year, 0]) {
      for (let run = 0; run < 20; run++) {
        const { after, incidents } = memory.take(
          answers(at + jump + run * RUN_MS, { values: speed(usual * (1 + 0.1 * Math.sin(run * 1.7))) }),
        );
        expect([after.state, incidents]).toEqual(["up", []]);
      }
    }
  });
});

describe("asking again", () => {
  it("waits a minute, then 1, 2, 4 and 8 while the endpoint is down, and stops with a success", () => {
    const memory = new MemoryInMaps();
    const waits: number[] = [];
    let at = T0;
    let step = 0;
    for (let tries = 0; tries < 10; tries++) {
      const observation = fails(at, tries === 0 ? {} : confirmation);
      const again = askAgain(memory.take(observation).after, observation, step, MINUTE, at);
      if (!again) break;
      waits.push((again.dueAt - at) / MINUTE);
      at = again.dueAt;
      step = again.next;
    }
    expect(waits).toEqual([1, 1, 2, 4, 8]);
    const back = answers(at, confirmation);
    expect(askAgain(memory.take(back).after, back, 2, MINUTE, at)).toBeNull();
    const limited = { ...request("limit", at, "other"), failure: "rate_limited (HTTP 429)" };
    expect(askAgain(memory.take(limited).after, limited, 0, MINUTE, at)).toBeNull();
  });

  it("counts the minute from the request's begin: one that timed out is asked again at once", () => {
    const memory = new MemoryInMaps();
    const late = fails(T0);
    const { after } = memory.take(late);
    expect(askAgain(after, late, 0, MINUTE, T0 + 30_000)?.dueAt).toBe(T0 + MINUTE);
    expect(askAgain(after, late, 0, MINUTE, T0 + 2 * MINUTE)?.dueAt).toBe(T0 + 2 * MINUTE);
  });
});
