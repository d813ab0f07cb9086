import { describe, expect, test } from "vitest";
import {
  type EndpointId,
  endpointKey,
  endpointPath,
  identityPath,
  parseEndpointPath,
  parseIdentityPath,
  parseProviderPath,
  providerPath,
} from "../../../app/lib/models-path.ts";
import { describeChange, formatContext } from "../../../app/lib/models-words.ts";
import { CATALOG_QUERY, COMPARISON_QUERY, comparisonHref, MODEL_QUERY } from "../../../app/lib/queries.ts";
import fc from "../../support/fast-check.ts";

/** As a browser, a cache and a server hand an address on. */
const compareHref = (...endpoints: EndpointId[]) =>
  comparisonHref({ ...COMPARISON_QUERY.defaults, with: endpoints.map(endpointKey) });
const onTheWay = (path: string) => new URL(path, "https://example.test/somewhere/else").pathname;

describe("the address of a provider + model", () => {
  test.each([
    ["groq", "openai/gpt-oss-20b", "/models/groq/openai/gpt-oss-20b"],
    ["openrouter", "qwen/qwen3:free", "/models/openrouter/qwen/qwen3:free"],
    [
      "together",
      "mistralai/Mixtral-8x7B-Instruct-v0.1",
      "/models/together/mistralai/Mixtral-8x7B-Instruct-v0.1",
    ],
    ["gemini", "models/gemini-2.5-flash", "/models/gemini/models/gemini-2.5-flash"],
    ["a/b", "c", "/models/a%2Fb/c"],
    ["p", "100% #1?", "/models/p/100%25%20%231%3F"],
    ["p", "a/../b", "/models/p/a%2F..%2Fb"],
    ["p", "a//b", "/models/p/a%2F%2Fb"],
    ["p", "x.data", "/models/p/x%2Edata"],
  ])("of %s and %s is %s", (provider, model, path) => {
    expect(endpointPath({ provider, model })).toBe(path);
    expect(parseEndpointPath(onTheWay(path))).toEqual({ provider, model });
  });

  test("leads back to any name there can be, whatever is in it", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
      // Line breaks lead to the search, as below.
      .filter((text) => !/[\0\n\r\u2028\u2029]/.test(text) && text !== "." && text !== "..");
    const awkward = fc
      .array(fc.constantFrom("/", ".", "..", "%2F", "%", "?", "#", ":", "a", "\\", " ", ".data", "+"), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => parts.join(""))
      .filter((text) => text !== "." && text !== "..");
    fc.assert(
      fc.property(fc.oneof(name, awkward), fc.oneof(name, awkward), (provider, model) => {
        const path = endpointPath({ provider, model });
        expect(path.endsWith(".data")).toBe(false);
        expect(parseEndpointPath(onTheWay(path))).toEqual({ provider, model });
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([".", "..", "", "two\nlines", "a".repeat(501)])(
    "of a model called %j is a search, since no address can hold it",
    (model) => {
      expect(endpointPath({ provider: "p", model })).toBe(`/models?q=${encodeURIComponent(model)}`);
    },
  );

  test("of one part is a model at all its providers or a provider, whatever is in the name, and never an endpoint", () => {
    const name = fc
      .oneof(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
        fc
          .array(fc.constantFrom("/", "..", "%2F", "%", "?", "#", "a", ".data"), {
            minLength: 1,
            maxLength: 6,
          })
          .map((parts) => parts.join("")),
      )
      .filter((text) => !/[\0\n\r\u2028\u2029]/.test(text) && text !== "." && text !== "..");
    fc.assert(
      fc.property(name, (text) => {
        const [model, provider] = [identityPath(text), providerPath(text)];
        expect(parseIdentityPath(onTheWay(model))).toBe(text);
        expect(parseProviderPath(onTheWay(provider))).toBe(text);
        expect(parseEndpointPath(onTheWay(model))).toBeNull();
        expect(parseIdentityPath(`${onTheWay(model)}/`)).toBe(text);
        expect([model, provider].some((path) => path.endsWith(".data"))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test("holds a name of 500 characters, however many units each has", () => {
    const endpoint = { provider: "p", model: "🦊".repeat(500) };
    expect(parseEndpointPath(endpointPath(endpoint))).toEqual(endpoint);
  });

  test.each([
    "/models",
    "/models/",
    "/models/groq",
    "/models/groq/",
    "/models//x",
    "/models/groq/%zz",
    "/models/groq/%ff",
    "/models/groq/a%00b",
    `/models/groq/${"x".repeat(501)}`,
    "/elsewhere/groq/x",
  ])("is not %s", (path) => {
    expect(parseEndpointPath(path)).toBeNull();
  });

  test("of a comparison names each endpoint", () => {
    const a = { provider: "groq", model: "openai/gpt-oss-20b" };
    expect(compareHref(a, { provider: "p", model: "x&y=z" })).toBe(
      "/compare?with=groq/openai/gpt-oss-20b&with=p/x%26y%3Dz",
    );
    expect(compareHref(a)).toBe("/compare?with=groq/openai/gpt-oss-20b");
  });
});

describe("what the pages are asked for", () => {
  test("has one way to be written, which reads back as itself", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("q", "provider", "page", "window", "location", "x"), fc.string()),
        (parameters) => {
          const params = new URLSearchParams(parameters);
          for (const canonical of [
            CATALOG_QUERY.format(CATALOG_QUERY.parse(params)),
            MODEL_QUERY.format(MODEL_QUERY.parse(params)),
          ]) {
            const again = new URLSearchParams(canonical);
            expect([
              CATALOG_QUERY.format(CATALOG_QUERY.parse(again)),
              MODEL_QUERY.format(MODEL_QUERY.parse(again)),
            ]).toContain(canonical);
          }
        },
      ),
    );
  });

  test.each([
    ["q=a%00b%0A+c", { search: "a b c", provider: null, page: 1 }],
    ["page=3", { search: "", provider: null, page: 1 }],
    ["page=3&provider=groq", { search: "", provider: "groq", page: 3 }],
    ["page=-1&provider=groq", { search: "", provider: "groq", page: 1 }],
    ["page=1e3&provider=groq", { search: "", provider: "groq", page: 1 }],
    ["page=1000&provider=groq", { search: "", provider: "groq", page: 1_000 }],
    ["page=1001&provider=groq", { search: "", provider: "groq", page: 1 }],
    [`q=${"🦊".repeat(200)}`, { search: "🦊".repeat(100), provider: null, page: 1 }],
  ])("is read from %s", (text, query) => {
    expect(CATALOG_QUERY.parse(new URLSearchParams(text))).toEqual(query);
  });
});

describe("words about models", () => {
  test.each([
    [512, "512"],
    [4_096, "4.1k"],
    [131_072, "131k"],
    [1_000_000, "1M"],
    [1_048_576, "1M"],
    [2_500_000, "2.5M"],
  ])("a context of %i tokens is %s", (tokens, text) => {
    expect(formatContext(tokens)).toBe(text);
  });

  test.each([
    [
      "price",
      { input: 0.15, output: 0.6 },
      { input: 0.1, output: 0.4 },
      "$0.15 / $0.60 → $0.10 / $0.40 per 1M tokens",
    ],
    ["price", null, { input: 0.1, output: 0.4 }, "$0.10 / $0.40 per 1M tokens"],
    ["context", { contextWindow: 8_192 }, { contextWindow: 131_072 }, "8.2k tokens → 131k tokens"],
    ["context", { contextWindow: null }, { contextWindow: 131_072 }, "unknown → 131k tokens"],
    ["retired", {}, { successor: "next" }, "succeeded by next"],
    [
      "taken_out",
      { active: true },
      { why: "a reason", successor: "next" },
      "unknown to its provider, succeeded by next",
    ],
    ["retirement_announced", {}, { retiresAt: "2027-01-14T00:00:00Z", successor: null }, "on 14 Jan 2027"],
    [
      "retirement_announced",
      { retiresAt: "2027-01-14T00:00:00Z", successor: "next" },
      { retiresAt: null, successor: null },
      "date withdrawn",
    ],
    ["new", null, { price: null }, null],
    ["price", "nonsense", 7, null],
    ["returned", null, null, null],
  ] as const)("an event of kind %s from %j to %j says %j", (kind, before, after, text) => {
    expect(describeChange(kind, before, after)).toBe(text);
  });
});
