import { describe, expect, it } from "vitest";
import { identify } from "../../../workers/benchmark/catalog/identity.ts";
import { type Half, type LabelledId, labelledIds, type Score, scorePairs } from "./identity-labels.ts";

const HALVES = ["written on", "untouched"] as const;
const labelled = labelledIds();
const later = labelledIds("identity-labels-later.txt");
const fresh = labelledIds("identity-labels-fresh.txt");
const second = labelledIds("identity-labels-fresh-2.txt");
const third = labelledIds("identity-labels-fresh-3.txt");
const fourth = labelledIds("identity-labels-fresh-4.txt");
const canonical = (provider: string, id: string) => identify(provider, id).canonical;

function ofHalf(half: Half, ids: readonly LabelledId[] = labelled): LabelledId[] {
  return ids.filter((item) => item.half === half);
}

/** Each id once: a few stand in the first two files both. */
function once(ids: readonly LabelledId[]): LabelledId[] {
  return [...new Map(ids.map((item) => [`${item.provider} ${item.id}`, item])).values()];
}

function report(what: string, score: Score): void {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  console.log(
    `Identity, ${what}: ${score.ids} ids of ${score.models} models, ` +
      `precision ${percent(score.precision)} (${score.wrong.length} wrong pairs), ` +
      `recall ${percent(score.recall)} (${score.missed.length} of ${score.found + score.missed.length} missed)`,
  );
}

const GOOD = { precision: 0.99, recall: 0.95 };

function expectGood(score: Score, atLeast = GOOD): void {
  expect(score.precision).toBeGreaterThanOrEqual(atLeast.precision);
  expect(score.recall).toBeGreaterThanOrEqual(atLeast.recall);
}

/**
 * Each half that is called untouched was so when the rules were first tried on it, and has been met by them since,
 * but for the fourth fresh one, for which no rule has been changed. What they scored at that first try stands at the head of each file of labels and in docs/models-and-prices.md: it
 * is what ids that nobody has met can expect. What is held to here is that nothing that was understood gets lost.
 */
describe("the identity of a model, over ids labelled by hand", () => {
  it("is tried on enough ids, over every provider, in two halves that share no model", () => {
    expect(labelled.length).toBeGreaterThanOrEqual(200);
    expect(new Set(labelled.map(({ provider }) => provider)).size).toBe(13);
    const written = new Set(ofHalf("written on").map(({ label }) => label));
    expect(ofHalf("untouched").filter(({ label }) => written.has(label))).toEqual([]);
  });

  it("is tried on fresh ids that stand in no other file", () => {
    const met = new Set([...labelled, ...later].map(({ id }) => id));
    for (const ids of [fresh, second, third]) {
      expect(ids.filter(({ id }) => met.has(id))).toEqual([]);
      for (const { id } of ids) met.add(id);
    }
    // The fourth set has ids that another provider was known to write the same way.
    const before = once([...labelled, ...later, ...fresh, ...second, ...third]);
    expect(once([...before, ...fourth])).toHaveLength(before.length + fourth.length);
  });

  it.each(HALVES)("takes the same pairs for one model as a person does (%s)", (half) => {
    const score = scorePairs(ofHalf(half), canonical);
    report(`the half ${half}`, score);
    expectGood(score);
  });

  it("takes the same pairs for one model as a person does, for ids that came later", () => {
    const score = scorePairs(later, canonical);
    report("ids that came later", score);
    expectGood(score);
  });

  it.each([
    { which: "first", ids: fresh, half: "written on" },
    { which: "first", ids: fresh, half: "untouched" },
    { which: "second", ids: second, half: "written on" },
    { which: "second", ids: second, half: "untouched" },
  ] as const)("takes the same pairs for one model as a person does ($which fresh ids, $half)", (set) => {
    const score = scorePairs(ofHalf(set.half, set.ids), canonical);
    report(`${set.which} fresh ids, the half ${set.half}`, score);
    expectGood(score);
  });

  it.each(HALVES)("finds the model of an id among those already known (third fresh ids, %s)", (half) => {
    const ids = ofHalf(half, third);
    const known = ofHalf(half, once([...labelled, ...later, ...fresh, ...second]));
    report(`third fresh ids among themselves, the half ${half}`, scorePairs(ids, canonical));
    const score = scorePairs(ids, canonical, known);
    report(`third fresh ids among ${known.length} known ones, the half ${half}`, score);
    expectGood(score);
  });

  // The untouched half is short of the recall meant, and is left so: what it shows is what can be expected.
  it.each([
    { half: "written on", atLeast: GOOD },
    { half: "untouched", atLeast: { precision: 0.99, recall: 0.93 } },
  ] as const)("finds the model of an id among those already known (fourth fresh ids, $half)", (set) => {
    const ids = ofHalf(set.half, fourth);
    const known = ofHalf(set.half, once([...labelled, ...later, ...fresh, ...second, ...third]));
    report(`fourth fresh ids among themselves, the half ${set.half}`, scorePairs(ids, canonical));
    const score = scorePairs(ids, canonical, known);
    report(`fourth fresh ids among ${known.length} known ones, the half ${set.half}`, score);
    expectGood(score, set.atLeast);
  });

  it("takes no name for what every object has", () => {
    expect(canonical("together", "constructor")).toBe("constructor");
    expect(canonical("constructor", "someone/valueof-7b-constructor")).toBe("valueof-constructor-7b");
  });

  it.each(HALVES)("keeps quantisations apart (%s)", (half) => {
    const ids = ofHalf(half, [...labelled, ...fresh, ...second, ...third, ...fourth]);
    const found = ids.map(({ provider, id }) => [id, identify(provider, id).quantization]);
    expect(found).toEqual(ids.map(({ id, quantization }) => [id, quantization]));
  });
});
