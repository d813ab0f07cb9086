import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelsOf } from "../support/catalog-rows.ts";
import { type ListsServer, startListsServer } from "../support/lists-server.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
let lists: ListsServer;
let logs: string;

beforeEach(async () => {
  supabase = await freshSupabase();
  lists = await startListsServer();
  logs = await mkdtemp(join(tmpdir(), "benchmark-engine-logs-"));
  lists.answer("/groq/models", {
    data: [
      { id: "openai/gpt-oss-20b", active: true, context_window: 131_072 },
      { id: "llama-3.3-70b-versatile", active: true, context_window: 131_072 },
    ],
  });
  lists.answer("/feed.json", {
    groq: { models: { "openai/gpt-oss-20b": { cost: { input: 9, output: 9 } } } },
  });
});
afterEach(async () => {
  await lists.stop();
  await supabase.stop();
  await rm(logs, { recursive: true, force: true });
});

/** Runs a command as `npm run` does. */
const run = (...words: string[]) => runWith({}, ...words);

function runWith(
  more: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
    LOG_DIRECTORY: logs,
    // Nobody's own keys.
    DEV_VARS_FILE: join(logs, "none"),
    PRICE_FEED_URL: `${lists.url}/feed.json`,
    OPENROUTER_BASE_URL: `${lists.url}/openrouter`,
    ...lists.settings(["groq", "openai"]),
    ...more,
  };
  return new Promise((resolve) => {
    const program = ["local/run.cjs", "local/cli/index.ts"];
    execFile(process.execPath, [...program, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

describe("the terminal", () => {
  it("syncs provider by provider, says one line each, and ends with 1 where a list was of no use", async () => {
    lists.answer("/openai/models", "<html>", 200);
    const { code, stdout } = await run("sync-models");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(13);
    expect(lines[0]).toBe("openai      FAILED: the answer is a web page, not a list of models");
    expect(lines[1]).toBe("groq        2 chat models of 2 listed: 1 new");
    expect(lines[2]).toBe("together    not synced: its models list needs TOGETHER_API_KEY");
    expect(lines[3]).toBe("openrouter  FAILED: nothing is there (HTTP 404)");
    expect(code).toBe(1);
    expect(await run("sync-models", "--provider", "groq")).toMatchObject({
      code: 0,
      stdout: "groq        2 chat models of 2 listed: nothing changed\n",
    });
  });

  it("fails a price sync that could read no source, and changes nothing", async () => {
    const away = {
      PRICE_FEED_URL: "http://127.0.0.1:9/feed.json",
      OPENROUTER_BASE_URL: "http://127.0.0.1:9",
      GROQ_BASE_URL: "http://127.0.0.1:9",
      OPENAI_BASE_URL: "http://127.0.0.1:9",
    };
    const cutOff = await runWith(away, "sync-prices");
    expect(cutOff).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("No source of prices could be read"),
    });
    expect(cutOff.stdout).toMatch(/, 0 changed/);
  });

  it("chooses what is measured, prices it, and takes a held price when told to", async () => {
    await run("sync-models", "--provider", "groq");
    expect(await run("models", "activate", "groq", "llama-3.3-70b-versatile")).toMatchObject({
      code: 0,
      stdout: "groq/llama-3.3-70b-versatile is active: it takes part from the next run.\n",
    });
    expect(await run("models", "activate", "groq", "gpt-oss-20b")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean openai/gpt-oss-20b?"),
    });
    expect(await run("models", "activate", "groq", "mine/private", "--add")).toMatchObject({ code: 0 });
    expect(await run("sync-prices")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ prices checked, 0 changed, 1 held back because they jumped/),
    });
    const { stdout } = await run("models", "list", "groq");
    expect(stdout).toContain("groq/mine/private  active; price unknown\n");
    expect(stdout).toContain("HELD BACK: $9 in, $9 out per million tokens (price feed)");
    expect(stdout).toContain(
      "RETIRED 2026-08-16; openai/gpt-oss-20b is named by the provider, and active already",
    );
    expect(await run("models", "accept-price", "groq", "openai/gpt-oss-20b")).toMatchObject({ code: 0 });
    const rows = await modelsOf(supabase, "groq");
    expect(rows.find(({ model }) => model === "openai/gpt-oss-20b")?.price).toEqual([9, 9, null]);
    const { stdout: json } = await run("models", "list", "groq", "--all", "--json");
    expect(
      json
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).model),
    ).toEqual(rows.map(({ model }) => model));
    // No list ever had it, so no list can retire it.
    await run("sync-models", "--provider", "groq");
    expect((await modelsOf(supabase, "groq")).find(({ model }) => model === "mine/private")).toMatchObject({
      active: true,
      available: true,
    });
  });

  it("shows a model that the engine took out, with what could take its place, until a person decides", async () => {
    await run("sync-models", "--provider", "groq");
    const flag = "Taken out of the runs on 2026-11-20: its provider has not known it three runs in a row";
    await supabase.sql.query(
      `insert into public.models (provider_id, name, last_seen_at, flag)
       select id, 'llama-3.2-70b-versatile', now(), $1 from public.providers where slug = 'groq'`,
      [flag],
    );
    const next = "llama-3.3-70b-versatile is next of its line: npm run models -- activate groq";
    expect((await run("models")).stdout).toContain(
      `groq/llama-3.2-70b-versatile  available; price unknown; ${flag}; ${next}`,
    );
    // The next sync finds it gone: nobody measures it any more, and it is shown all the same.
    await run("sync-models", "--provider", "groq");
    const { stdout } = await run("models");
    expect(stdout).toContain(`groq/llama-3.2-70b-versatile  not offered; price unknown; ${flag}; RETIRED`);
    expect(stdout).toContain(next);
    expect(await run("models", "deactivate", "groq", "llama-3.2-70b-versatile")).toMatchObject({ code: 0 });
    expect((await run("models")).stdout).not.toContain("llama-3.2-70b-versatile");
  });

  it("says how many items it could not read, and how many models it does not retire because of them", async () => {
    await run("sync-models", "--provider", "groq");
    lists.answer("/groq/models", { data: [{ id: "openai/gpt-oss-20b", active: true }, { id: "" }] });
    expect(await run("sync-models", "--provider", "groq")).toMatchObject({
      code: 0,
      stdout:
        "groq        1 chat models of 1 listed: nothing changed; 1 items could not be read; 1 missing and retired if the next weekly sync misses them too\n",
    });
  });

  it("finds models by words of their names, one line each, whether they are measured or not", async () => {
    lists.answer("/groq/models", {
      data: ["a/Word-One-8b", "a/word-two-8b", "b/word-one-70b"].map((id) => ({ id, active: true })),
    });
    await run("sync-models", "--provider", "groq", "--accept-shrink");
    const found = async (...words: readonly string[]) =>
      (await run("models", "list", "groq", ...words)).stdout
        .split("\n")
        .filter((line) => line.startsWith("groq/"))
        .map((line) => line.split("  ")[0]);
    expect(await found("word")).toEqual(["groq/a/Word-One-8b", "groq/a/word-two-8b", "groq/b/word-one-70b"]);
    expect(await found("8B", "one")).toEqual(["groq/a/Word-One-8b"]);
    expect((await run("models", "list", "groq", "nowhere")).stdout).toBe(
      "No model has these words in its name.\n",
    );
  });

  it("goes on with the providers after one whose models cannot be written", async () => {
    lists.answer("/openai/models", { data: [{ id: "gpt-4o-mini" }, { id: "gpt-9" }] });
    lists.answer("/groq/models", { data: [{ id: "openai/gpt-oss-20b", active: true }, { id: "new-one" }] });
    await supabase.sql.query(
      "alter table public.models add constraint no_gpt_9 check (name <> 'gpt-9') not valid",
    );
    const { code, stdout } = await run("sync-models");
    await supabase.sql.query("alter table public.models drop constraint no_gpt_9");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(13);
    expect(lines[0]).toMatch(/^openai +FAILED: /);
    expect(lines[1]).toMatch(/^groq +2 chat models of 2 listed: .*1 new/);
    expect(code).toBe(1);
  });

  it("takes a list that was held when a person accepts it", async () => {
    const ids = Array.from({ length: 6 }, (_, n) => ({ id: `kept-${n}`, active: true }));
    lists.answer("/groq/models", { data: ids });
    await run("sync-models", "--provider", "groq", "--accept-shrink");
    expect(await run("models", "accept-list", "groq")).toMatchObject({
      code: 0,
      stdout: "No models list of groq waits to be accepted.\n",
    });
    lists.answer("/groq/models", { data: [...ids.slice(0, 2), { id: "added-meanwhile", active: true }] });
    expect((await run("sync-models", "--provider", "groq")).stdout).toMatch(/1 new; HELD: .*--accept-shrink/);
    expect((await run("models")).stdout).toMatch(/^groq: LIST HELD: .*npm run models -- accept-list groq$/m);
    expect(await run("models", "accept-list", "groq")).toMatchObject({ code: 0 });
    expect(await run("sync-models", "--provider", "groq")).toMatchObject({
      code: 0,
      stdout: "groq        3 chat models of 3 listed: 4 retired\n",
    });
  });

  it("believes a list that lost more than half when told to", async () => {
    const ids = Array.from({ length: 6 }, (_, n) => ({ id: `model-${n}`, active: true }));
    lists.answer("/groq/models", { data: ids });
    await run("sync-models", "--provider", "groq", "--accept-shrink");
    lists.answer("/groq/models", { data: ids.slice(0, 2) });
    expect(await run("sync-models", "--provider", "groq")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("of 6 models known so far it lists 2"),
    });
    expect(await run("sync-models", "--provider", "groq", "--accept-shrink")).toMatchObject({
      code: 0,
      stdout: "groq        2 chat models of 2 listed: 4 retired\n",
    });
  });
});
