import { expect, test } from "vitest";
import type { Incident, StateNow } from "../../../app/lib/incidents.ts";
import { judgeAll } from "../../../app/lib/verdict.ts";

const AS_OF = "2026-11-28T15:00:00Z";
const state = (model: string, change: Partial<StateNow> = {}): StateNow => ({
  provider: "groq",
  model,
  simulated: false,
  state: "up",
  since: null,
  reason: "The last request succeeded",
  measured_at: AS_OF,
  ...change,
});
const incident = (
  kind: Incident["kind"],
  models: readonly string[],
  opened_at: string,
  reason = "why",
): Incident => ({
  id: `00000000-0000-4000-8000-0000000000${models.length}${opened_at.length % 10}`,
  provider: "groq",
  provider_name: "Groq",
  location: "enam",
  simulated: false,
  kind,
  opened_at,
  closed_at: null,
  ongoing: true,
  measured_at: AS_OF,
  endpoints: models.map((model) => ({ model, since: opened_at, until: null, reason, evidence: [] })),
});
const judge = (states: readonly StateNow[], open: readonly Incident[] = [], ratio: number | null = null) =>
  judgeAll(states, open, new Map([["groq", "Groq"]]), () => ratio, AS_OF);

test("all up is one good line, and nothing known is no line", () => {
  expect(judge([state("a"), state("b")])).toEqual({
    troubles: [],
    more: 0,
    rest: "All 2 endpoints are up",
    isGood: true,
  });
  expect(judge([])).toBeNull();
});

test("endpoints that were not measured recently are no good news", () => {
  expect(judge([state("a"), state("b", { state: "unknown" })])).toMatchObject({
    rest: "1 of 2 endpoints are up, 1 not measured recently",
    isGood: false,
  });
});

test("a provider's incidents of one kind are one trouble, down before slow, with the earliest time", () => {
  const down = { state: "down" } as const;
  const verdict = judge(
    [state("a", down), state("b", down), state("c", { state: "degraded" })],
    [
      incident(
        "slowdown",
        ["c"],
        "2026-11-27T12:30:00Z",
        "TTFT of the last 6 requests 986 to 1,240 ms, usually 318 ms",
      ),
      incident("outage", ["a"], "2026-11-28T14:20:00Z"),
      incident("outage", ["b"], "2026-11-28T14:15:00Z"),
    ],
    3.4,
  );
  expect(verdict?.troubles).toMatchObject([
    {
      tone: "bad",
      word: "Down",
      provider: "Groq",
      model: "2 of 3 endpoints",
      since: "14:15 UTC",
      href: "/status?provider=groq",
    },
    { tone: "warn", word: "Slow", model: "c", detail: "3.4× its usual TTFT", since: "27 Nov, 12:30 UTC" },
  ]);
  expect(verdict?.troubles[1]?.href).toMatch(/^\/incidents\//);
  expect(verdict).toMatchObject({ more: 0, rest: "0 of 3 endpoints are up", isGood: false });
});

test("a state without an incident leads to its endpoint; an incident of others is not told", () => {
  const verdict = judge(
    [
      state("a", {
        state: "down",
        since: "2026-11-28T14:00:00Z",
        reason: "2 failures in a row since 14:00 UTC: timeout",
      }),
    ],
    [incident("outage", ["not shown"], AS_OF)],
  );
  expect(verdict?.troubles).toMatchObject([
    { word: "Down", model: "a", detail: "2 failures in a row: timeout", href: "/models/groq/a" },
  ]);
});
