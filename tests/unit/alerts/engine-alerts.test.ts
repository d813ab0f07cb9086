import { describe, expect, it } from "vitest";
import { type CatalogChange, NO_CHANGE } from "../../../workers/benchmark/catalog/changes.ts";
import { readConfig } from "../../../workers/benchmark/config.ts";
import { behindAlert } from "../../../workers/benchmark/coordinator/behind.ts";
import { catalogAlerts } from "../../../workers/benchmark/coordinator/catalog-alerts.ts";

const AT = Date.UTC(2026, 10, 28, 14, 3);
const MINUTE = 60_000;
const DASHBOARD = "https://speeds.example";

type Known = Parameters<typeof catalogAlerts>[1] extends ReadonlyMap<string, infer K> ? K : never;

function model(name: string, more: Partial<Known> = {}): Known {
  return {
    id: `id of ${name}`,
    name,
    provider: "groq",
    active: true,
    available: true,
    reasoning: false,
    reasoningByHand: false,
    reasoningStated: null,
    aliasOf: null,
    contextWindow: null,
    lastSeenAt: null,
    retiredAt: null,
    retiresAt: null,
    successor: null,
    flag: null,
    identity: null,
    identityByRule: null,
    family: null,
    quantization: null,
    price: { input: 1, output: 2, cachedInput: null, source: "a list", at: "2026-11-01T00:00:00Z" },
    heldPrice: null,
    ...more,
  };
}

describe("a change of the catalogue", () => {
  const known = new Map(
    [
      model("llama"),
      model("qwen"),
      model("offered", { active: false }),
      model("unpriced", { price: null }),
      model("<!channel>\nname", { id: "hostile" }),
    ].map((one) => [one.id, one]),
  );
  const alerts = (change: Partial<CatalogChange>) =>
    catalogAlerts({ ...NO_CHANGE, ...change }, known, new Date(AT), DASHBOARD);

  it("that retires measured models is one alert for each provider, with their successors", () => {
    const retired = [
      { id: "id of llama", successor: "llama-2" },
      { id: "id of qwen", successor: null },
      { id: "id of offered", successor: null },
      { id: "nobody knows", successor: null },
    ];
    expect(alerts({ retired })).toEqual([
      expect.objectContaining({
        kind: "model.retired",
        provider: "groq",
        severity: "warning",
        title: "Groq has retired models that are measured",
        lines: ["llama is not offered any more; its successor is llama-2.", "qwen is not offered any more."],
        link: `${DASHBOARD}/models`,
      }),
    ]);
  });

  it("that announces a retirement says when, and nothing where the date was taken back", () => {
    const announced = [
      { id: "id of llama", retiresAt: "2027-01-14T00:00:00Z", successor: null },
      { id: "id of qwen", retiresAt: null, successor: null },
    ];
    expect(alerts({ announced })).toMatchObject([
      { kind: "model.announced", severity: "info", lines: ["llama retires on 2027-01-14."] },
    ]);
  });

  it("of a price says both, and none of a model that had none or that nobody measures", () => {
    const price = { input: 1.5, output: 2, cachedInput: null, source: "a list" };
    const prices = ["llama", "offered", "unpriced"].map((name) => ({ id: `id of ${name}`, ...price }));
    expect(alerts({ prices })).toMatchObject([
      {
        kind: "price.changed",
        lines: ["llama: $1 in and $2 out per million tokens until now, $1.5 and $2 from now on."],
        link: `${DASHBOARD}/prices`,
      },
    ]);
  });

  it("has the same id each time it is told, another one for another change, and a hostile name on one line", () => {
    const retired = [{ id: "hostile", successor: "a\u202eb" }];
    const [first, again] = [alerts({ retired })[0], alerts({ retired })[0]];
    expect(first?.id).toBe(again?.id);
    expect(first?.id).not.toBe(
      alerts({ announced: [{ id: "hostile", successor: null, retiresAt: "2027-01-14" }] })[0]?.id,
    );
    expect(first?.lines[0]).toBe("<!channel> name is not offered any more; its successor is a b.");
  });

  it("of nothing that is measured is told to nobody", () => {
    expect(alerts({ retired: [{ id: "id of offered", successor: null }] })).toEqual([]);
  });
});

describe("an engine that was behind", () => {
  const config = readConfig({ PROBE_REGION: "weur", DASHBOARD_URL: DASHBOARD });
  const well = { lastStart: AT - 15 * MINUTE, failingSince: null, waiting: 0 };

  it("says for how long no run began, and for how long the database has taken nothing", () => {
    const behind = { lastStart: AT - 95 * MINUTE, failingSince: AT - 40 * MINUTE, waiting: 17 };
    expect(behindAlert(behind, AT, config)).toMatchObject({
      kind: "engine.behind",
      severity: "warning",
      title: "The Benchmark Engine was behind",
      lines: [
        "No run began for 1 h 35 min; one is scheduled every 15 minutes.",
        "The database has taken nothing for 40 min; 17 results and records wait for it.",
      ],
      link: `${DASHBOARD}/status`,
    });
  });

  it("is told once for one time of silence, however many runs find it", () => {
    const stuck = { ...well, failingSince: AT - 40 * MINUTE, waiting: 3 };
    const later = { ...stuck, lastStart: AT, waiting: 9 };
    const first = behindAlert(stuck, AT, config);
    expect(behindAlert(later, AT + 15 * MINUTE, config)?.id).toBe(first?.id);
    expect(behindAlert({ ...stuck, failingSince: AT - 50 * MINUTE }, AT, config)?.id).not.toBe(first?.id);
  });

  it("says nothing of a run that comes late by less than a second one, or of a first run", () => {
    expect(behindAlert(well, AT, config)).toBeNull();
    expect(behindAlert({ ...well, lastStart: AT - 30 * MINUTE }, AT, config)).toBeNull();
    expect(behindAlert({ ...well, lastStart: null }, AT, config)).toBeNull();
  });
});
