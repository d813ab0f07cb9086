import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpCatalog, eventsOf, modelsOf } from "../support/catalog-rows.ts";
import { type DiscoveryBench, startDiscoveryBench } from "../support/discovery.ts";
import type { ListsServer } from "../support/lists-server.ts";
import type { TestSupabase } from "../support/supabase.ts";

const KNOWN = ["gpt-4o-mini", "model-a", "model-b", "model-c", "model-d", "model-e"];
const plain = (ids: readonly unknown[]) => ({ object: "list", data: ids.map((id) => ({ id })) });

let bench: DiscoveryBench;
let supabase: TestSupabase;
let lists: ListsServer;

beforeAll(async () => {
  bench = await startDiscoveryBench();
  ({ supabase, lists } = bench);
  await bench.start({ LIST_TIMEOUT_MS: "3000", ...lists.settings(["openai", "anthropic"]) });
  lists.answer("/anthropic/models", { data: [{ id: "claude-opus-4-6" }], has_more: false });
  lists.answer("/openai/models", plain(KNOWN));
  await sync();
  expect((await modelsOf(supabase, "openai")).map(({ model }) => model)).toEqual(KNOWN);
});
afterAll(() => bench.stop());

/** @returns how OpenAI's turn ended. */
async function sync(): Promise<Record<string, unknown> | undefined> {
  const ends = await bench.sync();
  return ends.find(({ provider, job }) => provider === "openai" || job === "sync-models:openai");
}

/** 30 MB that would be a fine list, in pieces. */
function endless(_request: unknown, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"data":[');
  const piece = `{"id":"${"x".repeat(1_000)}"},`.repeat(64);
  let sent = 0;
  const more = () => {
    while (sent < 30 * 1_048_576) {
      sent += piece.length;
      if (!response.write(piece)) {
        response.once("drain", more);
        return;
      }
    }
    response.end('{"id":"last"}]}');
  };
  more();
}

const cut = JSON.stringify(plain(KNOWN)).slice(0, -20);
const html = "<!doctype html><title>Sign in</title><script>alert(1)</script>";

describe("a models list that cannot be used", () => {
  it.each<[what: string, body: unknown, status: number, reason: RegExp]>([
    ["empty", plain([]), 200, /the list is empty/],
    ["without a body", "", 200, /the answer is empty/],
    ["cut off", cut, 200, /breaks off: it is no complete JSON/],
    ["a web page", html, 200, /a web page, not a list of models/],
    ["something else in JSON", { ok: true }, 200, /JSON, but no list of models/],
    [
      "an error in JSON",
      { error: { message: "key-for-openai is wrong" } },
      200,
      /JSON, but no list of models/,
    ],
    [
      "refused",
      { error: { message: "Incorrect API key provided: key-for-openai" } },
      401,
      /the key is refused \(HTTP 401\)/,
    ],
    ["moved", "", 302, /redirects elsewhere \(HTTP 302\)/],
    ["not there", html, 404, /nothing is there \(HTTP 404\)/],
    [
      "without one usable id",
      plain([null, 7, "", "x".repeat(501), "two\nlines", "\u0000"]),
      200,
      /none of the 6 items has a usable id/,
    ],
    ["30 MB long", endless, 200, /larger than 6 MiB/],
    ["never answered", () => undefined, 200, /no complete answer within 3 s/],
    [
      "never finished",
      (_request: unknown, response: ServerResponse) => response.writeHead(200).write('{"data":['),
      200,
      /no complete answer within 3 s/,
    ],
    [
      "broken off on the wire",
      (_request: unknown, response: ServerResponse) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"data":[');
        setTimeout(() => response.destroy(), 50);
      },
      200,
      /cannot be reached|no complete JSON/,
    ],
  ])("(%s) ends in one clear line, and changes nothing", async (_what, body, status, reason) => {
    const before = await dumpCatalog(supabase);
    lists.answer("/openai/models", body, status);
    const end = await sync();
    expect(end).toMatchObject({ level: "error" });
    expect(end?.reason).toMatch(reason);
    expect(String(end?.reason).split("\n")).toHaveLength(1);
    expect(JSON.stringify(bench.worker().events)).not.toContain("key-for-openai");
    expect(await dumpCatalog(supabase)).toEqual(before);
  });
});

describe("a models list that lost more than half", () => {
  it("waits, names the flag, and is believed in its third sync by itself", async () => {
    const held = () => bench.worker().events.findLast(({ event }) => event === "models_list_held");
    const offered = async () =>
      (await modelsOf(supabase, "openai")).filter(({ available }) => available).map(({ model }) => model);
    lists.answer("/openai/models", plain(["gpt-4o-mini", "model-a", "model-new"]));
    expect(await sync()).toMatchObject({ event: "models_synced", retired: 0, new: 1 });
    expect(held()).toMatchObject({
      syncs: 1,
      reason: expect.stringMatching(/of 6 .* lists 2 .*--accept-shrink/),
    });
    expect(await sync()).toMatchObject({ event: "models_synced", retired: 0 });
    expect(held()).toMatchObject({ syncs: 2 });
    expect(await offered()).toEqual([...KNOWN, "model-new"]);
    expect(await sync()).toMatchObject({ event: "models_synced", retired: 4 });
    expect(await offered()).toEqual(["gpt-4o-mini", "model-a", "model-new"]);
    lists.answer("/openai/models", plain(KNOWN));
    expect(await sync()).toMatchObject({ event: "models_synced", returned: 4, retired: 1 });
    await supabase.sql.query("delete from public.models where name = 'model-new'");
  });
});

describe("a models list that goes on", () => {
  it.each<[what: string, first: object, headers: Record<string, string>]>([
    ["by a link", { links: { next: "/openai/models?page=2" } }, {}],
    ["by its last id", { has_more: true, last_id: "model-b" }, {}],
    ["by a token", { nextPageToken: "t-2" }, {}],
    ["by a header", {}, { link: '</openai/models?page=2>; rel="next"' }],
  ])("%s is followed to its end", async (_what, first, headers) => {
    lists.answer("/openai/models", (request: { url?: string }, response: ServerResponse) => {
      const isFirst = !request.url?.includes("?");
      const body = isFirst ? { ...plain(KNOWN.slice(0, 3)), ...first } : plain(KNOWN.slice(3));
      response
        .writeHead(200, { "content-type": "application/json", ...(isFirst ? headers : {}) })
        .end(JSON.stringify(body));
    });
    expect(await sync()).toMatchObject({ event: "models_synced", listed: 6, retired: 0 });
  });

  it.each<[what: string, first: object, reason: RegExp]>([
    [
      "on another host",
      { links: { next: "https://elsewhere.example/models" } },
      /another host, where no key/,
    ],
    [
      "by a cursor that nobody knows how to use",
      { meta: { next_cursor: "abc" } },
      /goes on, but names a cursor/,
    ],
    ["by its own count", { total: 400 }, /has 400 items by its own count and gave 3/],
    ["for ever", { has_more: true, last_id: "model-b" }, /its pages do not end: 2 were read/],
  ])("%s is refused, never taken as whole", async (_what, first, reason) => {
    const before = await dumpCatalog(supabase);
    lists.answer("/openai/models", { ...plain(KNOWN.slice(0, 3)), ...first });
    expect(await sync()).toMatchObject({ level: "error", reason: expect.stringMatching(reason) });
    expect(await dumpCatalog(supabase)).toEqual(before);
  });
});

describe("a models list with oddities", () => {
  it("keeps every model of which it cannot be said that it is gone", async () => {
    lists.answer("/openai/models", {
      data: [...plain(KNOWN.slice(0, 4)).data, { id: 7 }, "text", null, { object: "model" }],
    });
    const before = await dumpCatalog(supabase);
    expect(await sync()).toMatchObject({ event: "models_synced", listed: 4, retired: 0 });
    expect(bench.worker().events.findLast(({ event }) => event === "models_unreadable")).toMatchObject({
      provider: "openai",
      items: 4,
      retirements_put_off: 2,
    });
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("takes a name once, however often it is listed", async () => {
    lists.answer("/openai/models", plain([...KNOWN, ...KNOWN, "model-a"]));
    const before = await dumpCatalog(supabase);
    expect(await sync()).toMatchObject({ event: "models_synced", listed: 6, new: 0 });
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("stores ids of 500 characters and ids with markup as the text they are", async () => {
    const long = "m".repeat(500);
    const markup = `<img src=x onerror=alert(1)>"'; drop table public.models; --`;
    lists.answer("/openai/models", plain([...KNOWN, long, markup]));
    expect(await sync()).toMatchObject({ event: "models_synced", new: 2 });
    const names = (await modelsOf(supabase, "openai")).map(({ model }) => model);
    expect(names).toEqual([...KNOWN, long, markup].sort());
    expect(await eventsOf(supabase, "openai")).toContain(`new openai/${markup}`);
  });

  it("takes values of the wrong kind for missing, one by one", async () => {
    lists.answer("/openai/models", {
      data: [
        ...plain(KNOWN).data,
        { id: "odd-1", context_window: "many", shutdown_date: 12 },
        { id: "odd-2", context_window: -5, shutdown_date: "soon" },
        { id: "odd-3", context_window: 1e300 },
        { id: "odd-4", context_window: 4_096.5 },
        { id: "odd-5", context_window: 4_096, surprise: { deep: [1] } },
      ],
    });
    expect(await sync()).toMatchObject({ event: "models_synced", new: 5 });
    const odd = (await modelsOf(supabase, "openai")).filter(({ model }) => model.startsWith("odd-"));
    expect(odd.map(({ context }) => context)).toEqual([null, null, null, null, 4_096]);
  });

  it("takes no text, number or date that is beyond all bounds, and the items around them as they are", async () => {
    const huge = "x".repeat(1_000_000);
    lists.answer("/openai/models", {
      data: [
        ...plain(KNOWN).data,
        { id: "far-1", deprecation_replacement_model: huge, aliases: [huge, "\u202efar"], type: huge },
        { id: "far-2", shutdown_date: "+275760-09-13T00:00:00Z", context_window: 1e15 },
        { id: "far-3", shutdown_date: "9999-12-31", pricing: { prompt: "1e300", completion: huge } },
        { id: "far-4", shutdown_date: "0001-01-01T00:00:00Z", deprecation_replacement_model: "two\nlines" },
        { id: "far-5", shutdown_date: "2027-03-01", deprecation_replacement_model: "model-a" },
        { id: "\u202eturned" },
      ],
    });
    expect(await sync()).toMatchObject({ event: "models_synced", new: 5 });
    const { rows } = await supabase.sql.query(
      "select name, successor, retires_at, context_window from public.models where name like 'far-%' order by name",
    );
    expect(rows.map(({ successor }) => successor)).toEqual([null, null, null, null, "model-a"]);
    expect(rows.map((row) => row.retires_at?.toISOString() ?? null)).toEqual([
      null,
      null,
      null,
      null,
      "2027-03-01T00:00:00.000Z",
    ]);
  });

  it("gives up on pages that do not end", async () => {
    const before = await dumpCatalog(supabase);
    lists.answer("/anthropic/models", { data: [{ id: "claude-x" }], has_more: true, last_id: "again" });
    await sync();
    expect(
      bench
        .worker()
        .events.findLast(({ event, provider }) => event === "models_sync_failed" && provider === "anthropic"),
    ).toMatchObject({ reason: "its pages do not end: 2 were read" });
    const models = (dump: unknown) => (dump as { models: { name: string }[] }).models.map(({ name }) => name);
    expect(models(await dumpCatalog(supabase))).toEqual(models(before));
  });
});
