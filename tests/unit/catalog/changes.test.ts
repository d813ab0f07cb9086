import { describe, expect, it } from "vitest";
import {
  type CompareOptions,
  type Comparison,
  compareList,
  type KnownModel,
  NO_CHANGE,
  ruleChanges,
} from "../../../workers/benchmark/catalog/changes.ts";
import { identify } from "../../../workers/benchmark/catalog/identity.ts";
import type { ListedModel } from "../../../workers/benchmark/catalog/listed.ts";

const NOW = new Date("2026-11-22T02:00:00Z");
const PRICE = { input: 1, output: 2, cachedInput: null };

function known(name: string, rest: Partial<KnownModel> = {}): KnownModel {
  const { canonical, family, quantization } = identify("groq", name);
  return {
    id: `id-of-${name}`,
    name,
    active: false,
    available: true,
    reasoning: false,
    reasoningByHand: false,
    reasoningStated: null,
    aliasOf: null,
    contextWindow: 8_192,
    lastSeenAt: "2026-11-22T01:00:00+00:00",
    retiredAt: null,
    retiresAt: null,
    successor: null,
    family,
    identityByRule: canonical,
    quantization,
    price: { ...PRICE, source: "a list" },
    heldPrice: null,
    ...rest,
  };
}

function listed(name: string, rest: Partial<ListedModel> = {}): ListedModel {
  return {
    name,
    kind: "chat",
    contextWindow: 8_192,
    price: PRICE,
    successor: null,
    retiresAt: undefined,
    reasoning: undefined,
    aliasOf: null,
    aliases: [],
    ...rest,
  };
}

function compare(
  before: readonly KnownModel[],
  models: readonly ListedModel[],
  { broken = 0, ...options }: Partial<CompareOptions> & { readonly broken?: number } = {},
): Comparison {
  return compareList(
    before,
    { models, items: models.length + broken, broken, duplicates: 0, next: null, total: null },
    { provider: "groq", source: "a list", now: NOW, ...options },
  );
}

function changeOf(...args: Parameters<typeof compare>) {
  const comparison = compare(...args);
  if (!comparison.believed) throw new Error(comparison.reason);
  return comparison.change;
}

describe("a models list beside what is known", () => {
  it("that says the same changes nothing", () => {
    expect(changeOf([known("a"), known("b")], [listed("b"), listed("a")])).toEqual(NO_CHANGE);
  });

  it("notes when a model was last seen, but not more often than tells anybody anything", () => {
    const before = [
      known("fresh", { lastSeenAt: "2026-11-21T14:00:01Z" }),
      known("stale", { lastSeenAt: "2026-11-21T14:00:00Z" }),
      known("never", { lastSeenAt: null }),
    ];
    const change = changeOf(
      before,
      before.map(({ name }) => listed(name)),
    );
    expect(change.seen).toEqual([{ id: "id-of-stale" }, { id: "id-of-never" }]);
  });

  it("of a provider nobody knew makes every chat model new, with its identity, and nothing else", () => {
    const change = changeOf(
      [],
      [
        listed("llama-3.1-8b-instant"),
        listed("whisper-large-v3", { kind: "audio" }),
        listed("openai/gpt-oss-20b", { price: null, contextWindow: null }),
      ],
    );
    expect(change).toEqual({
      ...NO_CHANGE,
      added: [
        {
          name: "llama-3.1-8b-instant",
          contextWindow: 8_192,
          reasoning: false,
          reasoningStated: null,
          aliasOf: null,
          heldPrice: null,
          successor: null,
          retiresAt: null,
          price: PRICE,
          identity: "llama-3.1-8b",
          family: "llama-3.1",
          quantization: null,
        },
        {
          name: "openai/gpt-oss-20b",
          contextWindow: null,
          reasoning: true,
          reasoningStated: null,
          aliasOf: null,
          heldPrice: null,
          successor: null,
          retiresAt: null,
          price: null,
          identity: "gpt-oss-20b",
          family: "gpt-oss",
          quantization: null,
        },
      ],
    });
  });

  it("retires what it no longer has, but not what was added by hand, nor anything twice", () => {
    const before = [
      known("a"),
      known("b"),
      known("gone", { successor: "a" }),
      known("by hand", { lastSeenAt: null, active: true }),
      known("gone before", { available: false, retiredAt: "2026-11-01T00:00:00Z" }),
    ];
    expect(changeOf(before, [listed("a"), listed("b")])).toEqual({
      ...NO_CHANGE,
      retired: [{ id: "id-of-gone", successor: "a" }],
    });
  });

  it("brings back what it has again", () => {
    const before = [known("a"), known("b", { available: false, retiredAt: "2026-11-01T00:00:00Z" })];
    expect(changeOf(before, [listed("a"), listed("b")])).toEqual({
      ...NO_CHANGE,
      returned: [{ id: "id-of-b" }],
    });
  });

  it("keeps a model that it lists as something else now", () => {
    expect(changeOf([known("a"), known("b")], [listed("a"), listed("b", { kind: "moderation" })])).toEqual(
      NO_CHANGE,
    );
  });

  it("changes a context window only for one that it names", () => {
    const change = changeOf(
      [known("a"), known("b"), known("c", { contextWindow: null })],
      [listed("a", { contextWindow: 16_384 }), listed("b", { contextWindow: null }), listed("c")],
    );
    expect(change.contexts).toEqual([
      { id: "id-of-a", contextWindow: 16_384 },
      { id: "id-of-c", contextWindow: 8_192 },
    ]);
  });

  it("passes on when a model will end and what follows it, once", () => {
    const end = { retiresAt: "2027-01-31T12:00:00.000Z", successor: "b" };
    expect(changeOf([known("a"), known("b")], [listed("a", end), listed("b")]).announced).toEqual([
      { id: "id-of-a", ...end },
    ]);
    const told = known("a", { retiresAt: "2027-01-31T12:00:00+00:00", successor: "b" });
    expect(changeOf([told, known("b")], [listed("a", end), listed("b")])).toEqual(NO_CHANGE);
    // A list that does not say so does not take it back.
    expect(changeOf([told, known("b")], [listed("a"), listed("b")])).toEqual(NO_CHANGE);
  });

  it("takes an announcement back with the successor it named, once, where the list says that there is no end", () => {
    const told = known("a", { retiresAt: "2027-01-31T12:00:00+00:00", successor: "b" });
    const stays = listed("a", { retiresAt: null });
    expect(changeOf([told, known("b")], [stays, listed("b")]).announced).toEqual([
      { id: "id-of-a", retiresAt: null, successor: null },
    ]);
    // A successor that no announcement brought (of a model that came back, say) is left alone.
    expect(changeOf([known("a", { successor: "b" }), known("b")], [stays, listed("b")])).toEqual(NO_CHANGE);
  });

  it("retires what two weekly lists missed, though an item in them cannot be read", () => {
    const before = [
      known("a"),
      known("b"),
      known("once", { lastSeenAt: "2026-11-15T02:00:00Z" }),
      known("twice", { lastSeenAt: "2026-11-08T02:00:00Z" }),
    ];
    expect(compare(before, [listed("a"), listed("b")], { broken: 1 })).toEqual({
      believed: true,
      change: { ...NO_CHANGE, retired: [{ id: "id-of-twice", successor: null }] },
      retirementsPutOff: 1,
      held: null,
    });
  });

  it("retires nothing at once while there is an item that could not be read: it may be the one", () => {
    const comparison = compare([known("a"), known("b"), known("c")], [listed("a"), listed("b")], {
      broken: 1,
    });
    expect(comparison).toEqual({ believed: true, change: NO_CHANGE, retirementsPutOff: 1, held: null });
  });

  it("corrects an identity that the rules now read otherwise", () => {
    const change = changeOf(
      [known("llama-3.1-8b-instant", { identityByRule: null })],
      [listed("llama-3.1-8b-instant")],
    );
    expect(change.identities).toEqual([
      { id: "id-of-llama-3.1-8b-instant", identity: "llama-3.1-8b", family: "llama-3.1", quantization: null },
    ]);
  });
});

describe("whether a model reasons", () => {
  it("follows the rules as they are now, but for what a person has said", () => {
    const names = ["openai/gpt-oss-20b", "llama-3.1-8b-instant", "gpt-5-nano"];
    const before = [
      known("openai/gpt-oss-20b"),
      known("llama-3.1-8b-instant", { reasoning: true }),
      known("gpt-5-nano", { reasoningByHand: true }),
    ];
    expect(
      changeOf(
        before,
        names.map((name) => listed(name)),
      ).reasonings,
    ).toEqual([
      { id: "id-of-openai/gpt-oss-20b", reasoning: true },
      { id: "id-of-llama-3.1-8b-instant", reasoning: false },
    ]);
  });
});

describe("a list that lost or gained models", () => {
  const names = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `m-${index + from}`);
  const judge = (before: number, after: readonly string[], options: Partial<CompareOptions> = {}) => {
    const comparison = compare(
      names(before).map((name) => known(name)),
      after.map((name) => listed(name)),
      options,
    );
    if (!comparison.believed) throw new Error(comparison.reason);
    return comparison;
  };

  it.each([
    [10, names(5), true],
    [10, names(4), false],
    [100, names(50), true],
    [100, names(49), false],
    // As long as before, with other models in it: somebody else's list.
    [10, names(10, 100), false],
    [10, [...names(5), ...names(5, 100)], true],
    // Two models may well become two others.
    [2, names(2, 100), true],
    [2, names(1), true],
    [3, names(1), false],
    [1, names(1, 100), true],
    [0, names(1), true],
  ])("of %i known models, then %j: believed %s", (before, after, believed) => {
    const { held, change } = judge(before, after);
    const missing = names(before).filter((name) => !after.includes(name)).length;
    expect(held === null).toBe(believed);
    expect(change.retired).toHaveLength(believed ? missing : 0);
    // What is new is taken, whatever else the list lost.
    expect(change.added).toHaveLength(after.filter((name) => !names(before).includes(name)).length);
  });

  it("retires what it lost when a person says so, beforehand or of the list before", () => {
    const accept = { shrink: true, growth: false };
    expect(judge(10, names(1), { accept }).change.retired).toHaveLength(9);
    const held = { syncs: 1, reason: "lost", at: NOW.toISOString(), accepted: true };
    const accepted = judge(10, names(1), { held });
    expect(accepted.change.retired).toHaveLength(9);
    expect(accepted.change.heldLists).toEqual([null]);
    expect(judge(10, names(1), { accept: { shrink: false, growth: true } }).change.retired).toEqual([]);
  });

  it("is believed in the third sync in a row, and names the flag in both before", () => {
    const first = judge(10, names(1));
    expect(first.held).toMatchObject({ syncs: 1, accepted: false });
    expect(first.held?.reason).toMatch(/of 10 models .* lists 1 .*--accept-shrink/);
    expect(first.change.heldLists).toEqual([first.held]);
    const second = judge(10, names(1), { held: first.held });
    expect(second.held).toMatchObject({ syncs: 2, at: first.held?.at });
    const third = judge(10, names(1), { held: second.held });
    expect(third.held).toBeNull();
    expect(third.change.retired).toHaveLength(9);
    expect(third.change.heldLists).toEqual([null]);
  });

  it("is forgotten when the list is whole again", () => {
    const { held } = judge(10, names(1));
    expect(judge(10, names(10), { held }).change).toEqual({ ...NO_CHANGE, heldLists: [null] });
  });

  it("takes none of more than a thousand new models at first, and all of them in the third sync", () => {
    const grown = names(1_011);
    const first = judge(10, grown);
    expect(first.change.added).toEqual([]);
    expect(first.held?.reason).toMatch(/lists 1001 models that nobody knew.*--accept-growth/);
    const second = judge(10, grown, { held: first.held });
    expect(second.change.added).toEqual([]);
    expect(judge(10, grown, { held: second.held }).change.added).toHaveLength(1_001);
    expect(judge(10, grown, { accept: { shrink: false, growth: true } }).change.added).toHaveLength(1_001);
    expect(judge(10, names(1_010)).change.added).toHaveLength(1_000);
  });

  it("of nothing to chat with is of no use where nothing is known, and held like any that shrank where something is", () => {
    const list = [listed("e", { kind: "embedding" })];
    expect(compare([], list)).toEqual({
      believed: false,
      reason: "of 1 listed models none can be chatted with",
    });
    expect(compare([known("a")], list)).toMatchObject({ held: { syncs: 1 }, change: { retired: [] } });
  });
});

describe("what a list states", () => {
  it("of thinking beats what the name suggests, and is kept for when nobody asks the list", () => {
    const change = changeOf(
      [known("openai/gpt-oss-20b", { reasoning: true }), known("plain")],
      [listed("openai/gpt-oss-20b", { reasoning: false }), listed("plain", { reasoning: true })],
    );
    expect(change.reasonings).toEqual([
      { id: "id-of-openai/gpt-oss-20b", reasoning: false },
      { id: "id-of-plain", reasoning: true },
    ]);
    expect(change.stated).toEqual([
      { id: "id-of-openai/gpt-oss-20b", reasoningStated: false, aliasOf: null },
      { id: "id-of-plain", reasoningStated: true, aliasOf: null },
    ]);
    expect(ruleChanges("groq", [known("openai/gpt-oss-20b", { reasoningStated: false })]).reasonings).toEqual(
      [],
    );
  });

  it("of other names keeps models by those names: not retired, of the same identity, at the same price", () => {
    const before = [known("grok-9-0101"), known("grok-9"), known("grok-8")];
    const change = changeOf(before, [
      listed("grok-9-0101", { aliases: ["grok-9", "grok-9-latest"], price: { ...PRICE, input: 2 } }),
    ]);
    expect(change.retired.map(({ id }) => id)).toEqual(["id-of-grok-8"]);
    expect(change.added).toEqual([]);
    expect(change.prices.map(({ id }) => id)).toEqual(["id-of-grok-9-0101", "id-of-grok-9"]);
    expect(change.stated).toEqual([{ id: "id-of-grok-9", reasoningStated: null, aliasOf: "grok-9-0101" }]);
  });
});

describe("a listed price", () => {
  const decide = (before: Partial<KnownModel>, price: ListedModel["price"]) => {
    const { prices, heldPrices, releasedPrices } = changeOf([known("a", before)], [listed("a", { price })]);
    return { prices: prices.length, held: heldPrices.length, released: releasedPrices.length };
  };
  const nothing = { prices: 0, held: 0, released: 0 };
  const from = (input: number, output: number) => ({
    price: { input, output, cachedInput: null, source: "x" },
  });
  const cached = (cachedInput: number) => ({ price: { input: 1, output: 1, cachedInput, source: "x" } });
  const to = (input: number, output: number, cachedInput: number | null = null) => ({
    input,
    output,
    cachedInput,
  });

  it("that is missing leaves the known one", () => {
    expect(decide({}, null)).toEqual(nothing);
  });
  it("is recorded when it is the first or another, cached input included", () => {
    expect(decide({ price: null }, to(500, 500))).toEqual({ ...nothing, prices: 1 });
    expect(decide(from(1, 2), to(1, 2.1))).toEqual({ ...nothing, prices: 1 });
    expect(decide(from(1, 2), to(1, 2, 0.5))).toEqual({ ...nothing, prices: 1 });
  });
  it.each([
    [from(1, 1), to(10, 1), "recorded"],
    [from(1, 1), to(10.01, 1), "held"],
    [from(1, 1), to(1, 0.1), "recorded"],
    [from(1, 1), to(1, 0.099), "held"],
    [from(1, 1), to(0, 0), "held"],
    [from(0, 0), to(1, 1), "held"],
    [cached(0.1), to(1, 1, 1), "recorded"],
    [cached(0.1), to(1, 1, 1.01), "held"],
    [cached(0.1), to(1, 1, 0), "held"],
    [cached(0.1), to(1, 1), "recorded"],
  ])("from %j to %j is %s", (before, after, what) => {
    expect(decide(before, after)).toEqual({
      ...nothing,
      prices: what === "recorded" ? 1 : 0,
      held: what === "held" ? 1 : 0,
    });
  });
  it("that is held already is not flagged again, and is let go when the price is the old one", () => {
    const seen = { at: "2026-11-22T01:00:00Z", days: 1, day: "2026-11-22", source: "a list" };
    const held = { ...from(1, 1), heldPrice: { ...to(50, 1), ...seen } };
    expect(decide(held, to(50, 1))).toEqual(nothing);
    expect(decide(held, to(60, 1))).toEqual({ ...nothing, held: 1 });
    expect(decide(held, to(1, 1))).toEqual({ ...nothing, released: 1 });
  });
});
