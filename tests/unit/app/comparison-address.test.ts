import { describe, expect, test } from "vitest";
import type { Choice } from "../../../app/data/compare.server.ts";
import { suggestSets } from "../../../app/lib/comparison-suggestions.ts";
import { COMPARISON_QUERY, comparisonHref, MOST_COMPARED } from "../../../app/lib/queries.ts";

const read = (address: string) => COMPARISON_QUERY.parse(new URL(address, "http://h").searchParams);

describe("the address", () => {
  test("is written in one way that is read back", () => {
    const query = read(
      "/compare?with=openrouter%2Fx%3Afree&window=7d&with=openai/gpt-4o-mini&utm=1&location=weur",
    );
    expect(comparisonHref(query)).toBe(
      "/compare?with=openrouter/x:free&with=openai/gpt-4o-mini&window=7d&location=weur",
    );
    expect(read(comparisonHref(query))).toEqual(query);
    expect(comparisonHref(COMPARISON_QUERY.defaults)).toBe("/compare");
  });

  test("of the older spelling, with two sides, means the same", () => {
    expect(comparisonHref(read("/compare?b=groq/y&a=openai/x&window=7d"))).toBe(
      "/compare?with=openai/x&with=groq/y&window=7d",
    );
  });

  test("names each endpoint once, and leaves out what is empty", () => {
    expect(read("/compare?with=a/x&with=&with=b/y&with=a/x").with).toEqual(["a/x", "b/y"]);
  });

  test.each(["a&b=1", "x/é 🦊?#%&=+", "<script>/</script>", "שלום/__proto__", "p/ ", " p/x ", "p/a\nb\tc"])(
    "keeps %j whole",
    (key) => {
      const query = { ...COMPARISON_QUERY.defaults, with: [key, `${key}2`] };
      expect(read(comparisonHref(query))).toEqual(query);
    },
  );

  test("takes nothing that a database cannot: no NUL, no endless name, no endless list", () => {
    expect(read("/compare?with=o%00/x&window=1y")).toMatchObject({ with: ["o\ufffd/x"], window: "24h" });
    const [long] = read(`/compare?with=${"x".repeat(1_000)}🦊🦊`).with;
    expect(long).toBe(`${"x".repeat(1_000)}🦊`);
    const many = read(
      `/compare?${Array.from({ length: 99 }, (_, index) => `with=p/${index}`).join("&")}`,
    ).with;
    expect(many.length).toBeGreaterThan(MOST_COMPARED);
    expect(many.length).toBeLessThan(20);
  });
});

describe("suggested sets", () => {
  const choice = (provider: string, model: string, change: Partial<Choice> = {}): Choice => ({
    provider,
    provider_name: provider,
    kind: provider === "openrouter" ? "proxy" : "direct",
    model,
    identity: null,
    active: true,
    newest_at: "2026-11-23T12:00:00Z",
    simulated: false,
    ...change,
  });
  const names = (choices: readonly Choice[], around: readonly string[] = []) =>
    suggestSets(choices, 10, around).map((set) => set.choices.map(({ provider }) => provider).join(" "));

  test("are of the same model at each of its providers, the direct ones first, the largest set first", () => {
    const choices = [
      choice("openrouter", "openai/gpt-oss-20b"),
      choice("groq", "openai/gpt-oss-20b"),
      choice("together", "OpenAI/gpt-oss-20B"),
      choice("openai", "gpt-4o-mini"),
      choice("openrouter", "openai/gpt-4o-mini"),
    ];
    expect(names(choices)).toEqual(["groq together openrouter", "openai openrouter"]);
    expect(suggestSets(choices, 1)[0]?.proxied).toBe(true);
    expect(suggestSets(choices, 1)).toHaveLength(1);
  });

  test("hold no more than can be compared, and one endpoint a provider", () => {
    const choices = Array.from({ length: 9 }, (_, index) => choice(`p${index}`, "m"));
    expect(names(choices)).toEqual(["p0 p1 p2 p3 p4 p5"]);
    expect(names([choice("p", "a/m"), choice("p", "b/m"), choice("q", "m")])).toEqual(["p q"]);
  });

  test("go by the catalog's identity before the name", () => {
    const llama = choice("groq", "llama-3.1-8b-instant", { identity: "llama-3.1-8b" });
    const other = choice("together", "meta-llama/Meta-Llama-3.1-8B", { identity: "llama-3.1-8b" });
    expect(names([llama, other])).toEqual(["groq together"]);
    expect(names([llama, choice("together", "llama-3.1-8b-instant", { identity: "another" })])).toEqual([]);
  });

  test("never set real against simulated, nor anything that was not measured", () => {
    const real = choice("openai", "m");
    expect(names([real, choice("openrouter", "o/m", { simulated: true })])).toEqual([]);
    expect(names([real, choice("openrouter", "o/m", { newest_at: null })])).toEqual([]);
  });

  test("prefer what is still measured, and keep to the chosen endpoints where they are in a set", () => {
    const choices = [
      choice("openai", "old", { active: false }),
      choice("openrouter", "openai/old", { active: false }),
      choice("groq", "new"),
      choice("together", "new"),
    ];
    expect(names(choices)).toEqual(["groq together", "openai openrouter"]);
    expect(names(choices, ["openai/old"])).toEqual(["openai openrouter"]);
    expect(names(choices, ["xai/other"])).toEqual(["groq together", "openai openrouter"]);
  });
});
