import { describe, expect, test } from "vitest";
import type { z } from "zod";
import type { CatalogChange } from "../../../app/data/catalog-changes.server.ts";
import { badgeSvg } from "../../../app/lib/api/badge.ts";
import { csvLine, csvStream } from "../../../app/lib/api/csv.ts";
import { decodeCursor, encodeCursor, nameKey, rankKey, timeKey } from "../../../app/lib/api/cursor.ts";
import { atomFeed, changeEntry, incidentEntry } from "../../../app/lib/api/feed.ts";
import { matches } from "../../../app/lib/api/http.ts";
import { xmlText } from "../../../app/lib/xml.ts";
import { parseCsv } from "../../support/api.ts";
import fc from "../../support/fast-check.ts";

const SITE = { name: "A site", origin: "https://x.example" };
const ID = "6d3f2c1e-0000-4000-8000-00000000000a";

describe("a cursor", () => {
  test("gives back any key it was made of", async () => {
    await fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (a, b) => {
        const key = [a, b].map((text) => text.replace(/[\p{Cs}\0]/gu, "?")) as [string, string];
        const text = encodeCursor("models", key);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor("models", nameKey, text)).toEqual(key);
      }),
    );
  });

  test("keeps a time to the microsecond, and is of one list only", () => {
    const key = ["2026-11-20T10:00:00.123456+00:00", ID] as const;
    const text = encodeCursor("results", key);
    expect(decodeCursor("results", timeKey, text)).toEqual(key);
    expect(decodeCursor("runs", timeKey, text)).toBeNull();
    expect(decodeCursor("results", nameKey, encodeCursor("results", ["a"]))).toBeNull();
  });

  test.each<[string, z.ZodType<readonly (string | number)[]>, readonly (string | number)[]]>([
    ["results", timeKey, ["0000-01-01T00:00:00Z", ID]],
    ["results", timeKey, ["2026-11-20T10:00:00+23:59", ID]],
    ["results", timeKey, ["2026-02-30T10:00:00Z", ID]],
    ["results", timeKey, [`2026-11-20T10:00:00.${"1".repeat(400)}Z`, ID]],
    ["models", nameKey, ["openai", "a\0b"]],
    ["models", nameKey, ["openai", "x".repeat(501)]],
    ["endpoints", rankKey, ["openai", "gpt", 2 ** 40]],
    ["endpoints", rankKey, ["openai", "gpt", -1]],
  ])("of %s that was made up and that no database could read is none", (list, shape, key) => {
    expect(decodeCursor(list, shape, encodeCursor(list, key))).toBeNull();
  });

  test("is one in the one spelling that its list writes: caches keep an answer for each", () => {
    const text = encodeCursor("models", ["openai", "gpt"]);
    expect(decodeCursor("models", nameKey, text)).toEqual(["openai", "gpt"]);
    const spaced = btoa('["models", "openai","gpt"]').replace(/=+$/, "");
    for (const other of [` ${text}`, `${text}=`, `${text.slice(0, 4)}\n${text.slice(4)}`, spaced])
      expect(decodeCursor("models", nameKey, other)).toBeNull();
  });

  test("with half a character in it is none", () => {
    const text = btoa('["models","openai","\\ud800"]').replace(/=+$/, "");
    expect(decodeCursor("models", nameKey, text)).toBeNull();
  });

  test("that is anything else is none, whatever it holds", async () => {
    await fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(decodeCursor("results", timeKey, text)).toBeNull();
      }),
    );
  });
});

describe("a line of CSV", () => {
  test("reads back as it was, but for the apostrophe before what could be run", async () => {
    await fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (cells) => {
        const [read = []] = parseCsv(csvLine(cells));
        const bare = (texts: readonly string[]) => texts.map((text) => text.replaceAll("'", ""));
        expect(bare(read)).toEqual(bare(cells));
        // Also where somebody's spreadsheet takes another mark for the end of a cell.
        for (const cell of read.flatMap((whole) => whole.split(/[;\t|\r\n]/))) {
          expect(cell).not.toMatch(/^[\s\u200b\ufeff"]*[=+\-@＝＋－＠]/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("holds no formula behind another separator either, and is else as it was", () => {
    expect(csvLine(["a;=1+1"])).toBe("a;'=1+1\r\n");
    expect(csvLine(['said\t "=cmd|x"'])).toBe('"said\t\' ""=cmd|x"""\r\n');
    expect(csvLine(["one\n@two"])).toBe('"one\n\'@two"\r\n');
    expect(csvLine(["a; b, c-d = e | f"])).toBe('"a; b, c-d = e | f"\r\n');
  });

  test("leaves numbers, also negative ones, as numbers, and nothing as nothing", () => {
    expect(csvLine([1.5, -2, 0, true, null, undefined, Number.NaN, { a: 1 }])).toBe(
      '1.5,-2,0,true,,,,"{""a"":1}"\r\n',
    );
  });
});

describe("a stream of CSV", () => {
  const page = (from: number) => ({ rows: [[from], [from + 1]], next: from < 8 ? from + 2 : null });

  test("fetches a page when it is read, and none ahead", async () => {
    let fetched = 0;
    const stream = csvStream(
      ["n"],
      page(0),
      async (key: number) => {
        fetched += 1;
        return page(key);
      },
      () => undefined,
    );
    const reader = stream.getReader();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(fetched).toBe(0);
    await reader.read();
    expect(fetched).toBe(0);
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(fetched).toBe(1);
    const rest: string[] = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      rest.push(new TextDecoder().decode(next.value));
    }
    expect(rest).toEqual(["4\r\n5\r\n", "6\r\n7\r\n", "8\r\n9\r\n"]);
    expect(fetched).toBe(4);
  });

  test("that fails says so in its text, then breaks", async () => {
    const failures: unknown[] = [];
    const stream = csvStream(
      ["n"],
      page(0),
      () => Promise.reject(new Error("lost")),
      (error) => failures.push(error),
    );
    const reader = stream.getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe("n\r\n0\r\n1\r\n");
    const mark = await read();
    expect(mark.startsWith('"INCOMPLETE')).toBe(true);
    expect(mark.slice(1)).not.toMatch(/["\r\n]/);
    await expect(reader.read()).rejects.toThrow("lost");
    expect(failures).toHaveLength(1);
  });

  test("of nothing is its header", async () => {
    const none = csvStream(
      ["a", "b"],
      { rows: [], next: null },
      () => Promise.reject(),
      () => undefined,
    );
    expect(await new Response(none).text()).toBe("a,b\r\n");
  });
});

describe("text in XML", () => {
  test("never opens a tag, ends an attribute or holds what XML forbids", async () => {
    await fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const written = xmlText(text);
        expect(written).not.toMatch(/[<>"']/);
        expect(written.replaceAll(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
        expect(written).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u);
      }),
    );
  });
});

describe("a badge", () => {
  test("is as wide as its segments and says all of it in its title", () => {
    const svg = badgeSvg({
      label: "openai/gpt TTFT p50",
      value: "412 ms, n 96",
      tone: "figure",
      simulated: true,
    });
    const widths = [...svg.matchAll(/<rect x="(\d+)" width="(\d+)"/g)].map(([, x, width]) => [
      Number(x),
      Number(width),
    ]);
    expect(widths).toHaveLength(3);
    const [end = []] = widths.slice(-1);
    expect(svg).toContain(`<svg xmlns="http://www.w3.org/2000/svg" width="${(end[0] ?? 0) + (end[1] ?? 0)}"`);
    expect(svg).toContain("<title>openai/gpt TTFT p50: 412 ms, n 96 (simulated)</title>");
    expect(svg).toContain(">simulated</text>");
  });

  test("says nothing of simulation where there is none, and cuts a name of 500 letters", () => {
    const svg = badgeSvg({ label: "x".repeat(500), value: "1", tone: "figure", simulated: false });
    expect(svg).not.toContain("simulated");
    expect(Number(/width="(\d+)"/.exec(svg)?.[1])).toBeLessThan(600);
    expect(svg).toContain(`<title>${"x".repeat(500)}: 1</title>`);
  });
});

describe("an entry of the feed", () => {
  const change = (kind: string, before: CatalogChange["before"], after: CatalogChange["after"]) =>
    changeEntry(
      { id: ID, at: "2026-11-20T10:00:00Z", kind, provider_name: "OpenAI", model: "m", before, after },
      "/models/openai/m",
    );
  const price = (input: number, output: number) => ({ input, output, cachedInput: null, source: "list" });

  test.each([
    [
      "new",
      null,
      { contextWindow: 1, identity: "m", price: price(1, 2) },
      "m at OpenAI: new model",
      "$1.00 in, $2.00 out",
    ],
    ["retired", {}, { successor: "m2" }, "m at OpenAI: retired", "Its successor is m2."],
    ["returned", {}, null, "m at OpenAI: available again", "available again"],
    ["taken_out", {}, { successor: "m2" }, "m at OpenAI: no longer measured", "Its successor is m2."],
    [
      "retirement_announced",
      {},
      { retiresAt: "2027-01-14T00:00:00+00:00", successor: null },
      "m at OpenAI: retires on 2027-01-14",
      "will retire it on 2027-01-14",
    ],
    [
      "retirement_announced",
      {},
      { retiresAt: null, successor: null },
      "m at OpenAI: retirement date withdrawn",
      "was withdrawn",
    ],
    ["price", price(2, 4), price(1, 2), "m at OpenAI: price down", "Before: $2.00 in, $4.00 out"],
    ["price", price(1, 2), price(2, 4), "m at OpenAI: price up", "$2.00 in"],
    ["price", null, price(1, 2), "m at OpenAI: price is $1.00 in, $2.00 out", "List price now: $1.00 in"],
    [
      "context",
      { contextWindow: 8_000 },
      { contextWindow: null },
      "m at OpenAI: context window changed",
      "From 8000 tokens to unknown.",
    ],
  ])("about %s says it in words", (kind, before, after, title, text) => {
    const entry = change(kind, before, after);
    expect(entry?.title).toBe(title);
    expect(entry?.text).toContain(text);
  });

  test("about a price that waits for a person, or of a kind nobody knows, is none", () => {
    expect(change("price_held", price(1, 2), price(50, 90))).toBeNull();
    expect(change("surprise", null, null)).toBeNull();
  });

  test("about an incident keeps its id when it ends, and is updated then", () => {
    const id = "0a3f2c55-1111-4222-8333-444455556666";
    const endpoint = {
      model: "m",
      since: "2026-11-20T10:00:00Z",
      until: null,
      reason: "2 failures in a row since 10:00 UTC: server_error",
      evidence: [],
    };
    const open = {
      id,
      provider: "openai",
      provider_name: "OpenAI",
      location: "enam",
      simulated: true,
      kind: "outage" as const,
      opened_at: "2026-11-20T10:00:00Z",
      closed_at: null,
      ongoing: true,
      measured_at: "2026-11-20T10:20:00Z",
      endpoints: [endpoint],
    };
    expect(incidentEntry(open)).toMatchObject({
      id: `urn:uuid:${id}`,
      title: "[simulated] OpenAI m: outage",
      updated: open.opened_at,
      path: `/incidents/${id}`,
      categories: ["incident", "outage", "simulated"],
    });
    const joined = { ...endpoint, model: "n", since: "2026-11-20T10:15:00Z" };
    expect(incidentEntry({ ...open, endpoints: [endpoint, joined] })).toMatchObject({
      title: "[simulated] OpenAI: outage, 2 endpoints",
      updated: joined.since,
    });
    const quiet = incidentEntry({ ...open, ongoing: false });
    expect(quiet.text).toContain("has no known end: nothing was measured since");
    const over = incidentEntry({
      ...open,
      closed_at: "2026-11-20T10:30:00Z",
      ongoing: false,
      simulated: false,
    });
    expect(over).toMatchObject({
      id: `urn:uuid:${id}`,
      title: "OpenAI m: outage, resolved",
      updated: "2026-11-20T10:30:00Z",
    });
  });

  test("and the feed are the same text for the same entries, in whatever order they come", () => {
    const entries = ["a", "b"].map((name, index) => ({
      id: name,
      title: `<${name}>`,
      text: "]]> & more",
      published: "2026-11-20T10:00:00Z",
      updated: `2026-11-20T10:0${index}:00Z`,
      path: "/",
      categories: [],
    }));
    const feed = atomFeed(SITE, "/feed.xml", entries);
    expect(atomFeed(SITE, "/feed.xml", entries.toReversed())).toBe(feed);
    expect(feed).toContain("<title>&lt;b&gt;</title>");
    expect(feed.indexOf("<id>b</id>")).toBeLessThan(feed.indexOf("<id>a</id>"));
    expect(feed).toContain("<updated>2026-11-20T10:01:00Z</updated>");
  });
});

test.each([
  [null, false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ["*", true],
  ['"ab"', false],
  ["a", false],
  ["", false],
])("If-None-Match: %s", (sent, holds) => {
  expect(matches(sent, '"a"')).toBe(holds);
});
