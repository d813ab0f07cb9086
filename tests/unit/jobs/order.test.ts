import { describe, expect, it } from "vitest";
import { orderTargets } from "../../../workers/benchmark/jobs/order.ts";
import fc from "../../support/fast-check.ts";

const targets = fc.array(fc.record({ provider: fc.constantFrom("a", "b", "c", "d"), model: fc.uuid() }), {
  maxLength: 60,
});

describe("the order of a run's targets", () => {
  it("keeps every target exactly once", () => {
    fc.assert(
      fc.property(targets, fc.uuid(), (list, seed) => {
        expect(
          orderTargets(list, seed)
            .map((t) => t.model)
            .sort(),
        ).toEqual(list.map((t) => t.model).sort());
      }),
    );
  });

  it("is the same for the same run and differs between runs", () => {
    const list = Array.from({ length: 30 }, (_, i) => ({ provider: `p${i % 5}`, model: `m${i}` }));
    expect(orderTargets(list, "run-1")).toEqual(orderTargets(list, "run-1"));
    expect(orderTargets(list, "run-1")).not.toEqual(orderTargets(list, "run-2"));
  });

  it("never asks one provider twice in a row where any order can avoid it", () => {
    fc.assert(
      fc.property(targets, fc.uuid(), (list, seed) => {
        const counts = new Map<string, number>();
        for (const t of list) counts.set(t.provider, (counts.get(t.provider) ?? 0) + 1);
        fc.pre(Math.max(0, ...counts.values()) <= Math.ceil(list.length / 2));
        const ordered = orderTargets(list, seed);
        for (let i = 1; i < ordered.length; i++)
          expect(ordered[i]?.provider).not.toBe(ordered[i - 1]?.provider);
      }),
    );
  });

  it("gives every target the first place about equally often", () => {
    const list = ["a", "b", "c", "d"].map((provider) => ({ provider, model: "m" }));
    const first = new Map<string, number>();
    for (let i = 0; i < 4_000; i++) {
      const provider = orderTargets(list, `run-${i}`)[0]?.provider ?? "";
      first.set(provider, (first.get(provider) ?? 0) + 1);
    }
    for (const n of first.values()) expect(Math.abs(n - 1_000)).toBeLessThan(150);
  });
});
