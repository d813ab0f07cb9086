import { describe, expect, it } from "vitest";
import { identify } from "../../../workers/benchmark/catalog/identity.ts";
import { type Half, labelledIds, type Score, scorePairs } from "./identity-labels.ts";

const labelled = labelledIds();
const later = labelledIds("identity-labels-later.txt");
const ofHalf = (half: Half) => labelled.filter((item) => item.half === half);
const canonical = (provider: string, id: string) => identify(provider, id).canonical;

function report(what: string, score: Score): void {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  console.log(
    `Identity, ${what}: ${score.ids} ids of ${score.models} models, ` +
      `precision ${percent(score.precision)} (${score.wrong.length} wrong pairs), ` +
      `recall ${percent(score.recall)} (${score.missed.length} of ${score.found + score.missed.length} missed)`,
  );
}

describe("the identity of a model, over ids labelled by hand", () => {
  it("is tried on enough ids, over every provider, in two halves that share no model", () => {
    expect(labelled.length).toBeGreaterThanOrEqual(200);
    expect(new Set(labelled.map(({ provider }) => provider)).size).toBe(13);
    const written = new Set(ofHalf("written on").map(({ label }) => label));
    expect(ofHalf("untouched").filter(({ label }) => written.has(label))).toEqual([]);
  });

  it.each(["written on", "untouched"] as const)(
    "takes the same pairs for one model as a person does (%s)",
    (half) => {
      const score = scorePairs(ofHalf(half), canonical);
      report(`the half ${half}`, score);
      expect(score.precision).toBeGreaterThanOrEqual(0.99);
      expect(score.recall).toBeGreaterThanOrEqual(0.95);
    },
  );

  it("takes the same pairs for one model as a person does, for ids that came later", () => {
    const score = scorePairs(later, canonical);
    report("ids that came later", score);
    expect(score.precision).toBeGreaterThanOrEqual(0.99);
    expect(score.recall).toBeGreaterThanOrEqual(0.95);
  });

  it.each(["written on", "untouched"] as const)("keeps quantisations apart (%s)", (half) => {
    const found = ofHalf(half).map(({ provider, id }) => [id, identify(provider, id).quantization]);
    expect(found).toEqual(ofHalf(half).map(({ id, quantization }) => [id, quantization]));
  });
});
