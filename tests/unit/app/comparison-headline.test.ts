import { describe, expect, test } from "vitest";
import { describeLeads, headlineOf } from "../../../app/lib/comparison-headline.ts";
import { namesOf } from "../../../app/lib/comparison-names.ts";
import { type Compared, comparePairs, judgedPlaces, standingsOf } from "../../../app/lib/comparison-pairs.ts";
import { recentOf } from "../../../app/lib/comparison-recent.ts";
import type { LockableMetric } from "../../../app/lib/locks.ts";

interface Figures {
  readonly ttft: number;
  readonly latency: number;
  readonly tps: number;
  readonly cost: number;
}

const SAME: Figures = { ttft: 400, latency: 2_000, tps: 90, cost: 0.0002 };

/** An endpoint over so many runs, with a little noise of its own (a tenth, from a seed). */
function endpoint(change: Partial<Figures>, seed: number, runs = 96, more: Partial<Compared> = {}): Compared {
  const figures = { ...SAME, ...change };
  const course = (value: number, turn: number) =>
    Array.from({ length: runs }, (_, index) => value * Math.exp(0.1 * Math.sin(index * (1.3 + seed) + turn)));
  return {
    runs: {
      states: "s".repeat(runs),
      ttft: course(figures.ttft, 1),
      answer: course(figures.ttft, 1),
      latency: course(figures.latency, 2),
      tps: course(figures.tps, 3),
      cost: course(figures.cost, 4),
    },
    thinks: false,
    simulated: false,
    measured: runs > 0,
    ...more,
  };
}

function told(
  endpoints: readonly Compared[],
  names: readonly string[],
  locked: readonly LockableMetric[] = [],
) {
  const options = { byAnswer: false, locked: new Set(locked) };
  const pairs = comparePairs(endpoints, options);
  const places = judgedPlaces(endpoints);
  const standings = standingsOf(pairs, places, options.locked);
  return {
    headline: headlineOf({ names, pairs, standings, places, byAnswer: false }),
    leads: describeLeads(standings, names, false),
    standings,
    pairs,
  };
}

const [GROQ, CEREBRAS, TOGETHER] = ["Groq", "Cerebras", "Together"] as const;

describe("the headline of two", () => {
  const of = (a: Partial<Figures>, b: Partial<Figures>, locked: readonly LockableMetric[] = []) =>
    told([endpoint(a, 0.1), endpoint(b, 0.4)], [GROQ, CEREBRAS], locked).headline;

  test.each([
    [
      "mixed",
      { ttft: 200 },
      { ttft: 240, latency: 1_143, cost: 0.00034 },
      /^Mixed: Groq starts 1\.\d+ times sooner, Cerebras finishes 1\.7\d times sooner and costs 1\.[67]\d* times as much; no significant difference in output speed$/,
    ],
    [
      "the faster one dearer",
      { ttft: 200, latency: 1_000, cost: 0.0006 },
      {},
      /^Mixed: Groq starts \S+ times sooner and finishes \S+ times sooner, but costs (3|2\.9\d|3\.0\d) times as much; no significant difference in output speed$/,
    ],
    [
      "one ahead in everything",
      { ttft: 200, latency: 1_000, tps: 180, cost: 0.0001 },
      {},
      /^Groq starts \S+ times sooner, finishes \S+ times sooner, streams \S+ times as fast and costs (50|49|51)% less$/,
    ],
    [
      "only cheaper",
      { cost: 0.0001 },
      {},
      /^Groq costs \d+% less; no significant difference in TTFT, total latency or output speed$/,
    ],
    ["no difference", {}, {}, /^No significant difference in TTFT, total latency, output speed or cost$/],
    [
      "a free one",
      { cost: 0 },
      {},
      /^Groq is free; no significant difference in TTFT, total latency or output speed$/,
    ],
  ])("is true of all metrics: %s", (_, a, b, expected) => {
    expect(of(a, b)).toMatch(expected);
  });

  test("says nothing of what is locked", () => {
    expect(of({ ttft: 200, cost: 0.0001 }, {}, ["ttft", "cost"])).toBe(
      "No significant difference in total latency or output speed",
    );
    expect(of({}, {}, ["ttft", "latency", "tps", "cost"])).toBeNull();
  });

  test("claims nothing of too few pairs", () => {
    const few = [endpoint({ ttft: 100 }, 0.1, 20), endpoint({}, 0.4, 20)];
    expect(told(few, [GROQ, CEREBRAS]).headline).toBe("Too few pairs for a verdict");
  });

  test("is not there for a real and a simulated one, nor where one was not measured", () => {
    const [real, other] = [endpoint({}, 0.1), endpoint({}, 0.4, 96, { simulated: true })];
    expect(told([real, other], [GROQ, CEREBRAS]).headline).toBeNull();
    expect(told([real, endpoint({}, 0.4, 0)], [GROQ, CEREBRAS]).headline).toBeNull();
  });
});

describe("the headline of three", () => {
  const three = [
    endpoint({ ttft: 200, cost: 0.0002 }, 0.1),
    endpoint({ ttft: 240, latency: 1_000, tps: 400, cost: 0.0004 }, 0.4),
    endpoint({ ttft: 900, cost: 0.0002 }, 0.7),
  ];
  const names = [GROQ, CEREBRAS, TOGETHER];

  test("names who leads what, and what nobody leads", () => {
    const { headline, leads } = told(three, names);
    expect(headline).toBe(
      "Mixed: Groq leads in TTFT, Cerebras in total latency and output speed; no single leader in cost",
    );
    expect(leads).toHaveLength(3);
    expect(leads[0]).toMatch(/^Groq starts 1\.\d+ times sooner than Cerebras, the runner-up\.$/);
    expect(leads[2]).toMatch(/^Cerebras streams 4\.\d+ times as fast as \w+, the runner-up\.$/);
  });

  test("has a leader only where that one is better than each other", () => {
    const { standings } = told(three, names);
    const cost = standings.find(({ metric }) => metric === "cost");
    expect(cost).toMatchObject({ leader: null, ahead: [0, 2] });
    expect(
      told(
        [three[0], three[0], three[0]].flatMap((one) => one ?? []),
        names,
      ).headline,
    ).toBe("No significant difference in TTFT, total latency, output speed or cost");
  });

  test("is of the real ones where some are simulated", () => {
    const [first, second, third] = three;
    if (!first || !second || !third) throw new Error("there are three");
    const mixed = [first, second, { ...third, ttft: 1, simulated: true }];
    expect(told(mixed, names).headline).toMatch(/^Mixed: Groq starts .* sooner, Cerebras finishes/);
  });

  test("rests on intervals that hold for all pairs at once: wider than those of two alone", () => {
    const width = (pairs: ReturnType<typeof told>["pairs"]) => {
      const estimate = pairs[0]?.differences?.metrics[0]?.estimate;
      return Math.log((estimate?.high ?? 0) / (estimate?.low ?? 1));
    };
    const alone = width(told(three.slice(0, 2), names).pairs);
    const together = width(told(three, names).pairs);
    // Quantiles of t with 7 degrees of freedom at 95% and at 1 - 0.05 / 3.
    expect(together / alone).toBeCloseTo(3.1275 / 2.3646, 2);
  });
});

describe("names", () => {
  const named = (provider_name: string, model: string) => ({ provider: provider_name, provider_name, model });

  test("are the providers', with the model where one provider has several", () => {
    expect(namesOf([named("Groq", "a/x"), named("Together", "b/x")])).toEqual(["Groq", "Together"]);
    expect(namesOf([named("Groq", "a/x"), named("Groq", "b/y"), named("xAI", "z")])).toEqual([
      "Groq x",
      "Groq y",
      "xAI",
    ]);
    expect(namesOf([named("Groq", "a/x"), named("Groq", "b/x")])).toEqual(["Groq a/x", "Groq b/x"]);
  });

  test("are kept to a length, and from turning the sentence around", () => {
    const [long, hebrew] = namesOf([named("x".repeat(99), "m"), named("שלום", "m")]);
    expect([...(long ?? "")]).toHaveLength(60);
    expect(hebrew).toBe("\u2068שלום\u2069");
  });
});

describe("the last runs", () => {
  const usual = { ttft: { n: 672, p50: 200 }, answer_ttft: { n: 672, p50: 400 } };

  test("are the last four that succeeded, beside the week's median", () => {
    const runs = { ...endpoint({}, 0.1).runs, ttft: [100, 100, 680, 700, null, 660, 690] };
    expect(recentOf({ runs, thinks: false }, usual, false)).toEqual({ runs: 4, value: 685, times: 3.425 });
    expect(recentOf({ runs: { ...runs, ttft: [null, 300] }, thinks: false }, usual, false)).toEqual({
      runs: 1,
      value: 300,
      times: 1.5,
    });
  });

  test("are compared with nothing where nobody knows what is usual", () => {
    const runs = endpoint({}, 0.1).runs;
    expect(recentOf({ runs, thinks: false }, null, false)?.times).toBeNull();
    expect(
      recentOf({ runs, thinks: false }, { ...usual, ttft: { n: 11, p50: 200 } }, false)?.times,
    ).toBeNull();
    expect(recentOf({ runs: { ...runs, ttft: [null] }, thinks: false }, usual, false)).toBeNull();
  });
});
