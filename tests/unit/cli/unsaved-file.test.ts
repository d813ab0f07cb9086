import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databaseAt, embeddedDatabase } from "../../../local/cli/database-identity.ts";
import { deliverEarlierRuns } from "../../../local/cli/earlier-runs.ts";
import { type Header, UnsavedFile } from "../../../local/cli/unsaved-file.ts";
import type { OutboxItem } from "../../../workers/benchmark/store/rows.ts";

const RUN = "11111111-2222-4333-8444-555555555555";
const database = databaseAt("https://one.example");
const header: Header = { kind: "file", runId: RUN, database, skipped: [] };
const end: OutboxItem = { kind: "run-end", runId: RUN, patch: { finished_at: "2026-11-01T00:00:00Z" } };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "benchmark-engine-files-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function freeFile(): UnsavedFile {
  const file = UnsavedFile.ofThisProcess(directory, RUN);
  file.replace(header, [end]);
  file.release();
  return file;
}

describe("a terminal run's file", () => {
  it("is not offered to others while a living process holds it", () => {
    UnsavedFile.ofThisProcess(directory, RUN).replace(header, [end]);
    expect(UnsavedFile.free(directory)).toEqual([]);
  });

  it.each([
    ["a process that is gone", `unsaved-${RUN}.held-4194305-00000000.jsonl`],
    ["an earlier process of this one's number", `unsaved-${RUN}.held-${process.pid}-00000000.jsonl`],
  ])("is free when %s held it", (_what, name) => {
    renameSync(freeFile().path, join(directory, name));
    expect(UnsavedFile.free(directory).map(({ path }) => path)).toEqual([join(directory, name)]);
  });

  it("is taken over by one of two that want it", () => {
    freeFile();
    const [one] = UnsavedFile.free(directory);
    const [other] = UnsavedFile.free(directory);
    expect([one?.claim(), other?.claim()]).toEqual([true, false]);
    expect(one?.read()?.lines).toEqual([end]);
  });

  it("keeps a refused item once, however often it is refused", () => {
    const file = freeFile();
    file.reject(end, "no");
    file.reject(end, "no, again");
    const text = readFileSync(file.rejectedPath, "utf8");
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([{ reason: "no", item: end }]);
  });
});

describe("the start after a crash", () => {
  const deliver = async (state: "delivered" | "later", of = database) => {
    const sent: OutboxItem[] = [];
    const found = await deliverEarlierRuns(directory, of, async (item) => {
      sent.push(item);
      return state === "delivered" ? { state, subrequests: 1 } : { state, subrequests: 1, reason: "away" };
    });
    return { sent, found };
  };

  it("keeps a line that was cut short beside the file, and delivers the others", async () => {
    appendFileSync(freeFile().path, '{"kind":"result","ro');
    const { sent, found } = await deliver("delivered");
    expect(sent).toEqual([end]);
    expect(found.damaged).toEqual([join(directory, `rejected-${RUN}.jsonl`)]);
    expect(readdirSync(directory)).toEqual([`rejected-${RUN}.jsonl`]);
  });

  it("leaves a file of which it cannot tell whose it is where it was", async () => {
    const { path } = freeFile();
    renameSync(path, `${path}.copy`);
    appendFileSync(path, `${JSON.stringify(end)}\n`);
    const { sent, found } = await deliver("delivered");
    expect(sent).toEqual([]);
    expect(found.damaged).toEqual([path]);
  });

  it("leaves the file to the next one when the database is away, with the same end as before", async () => {
    const file = UnsavedFile.ofThisProcess(directory, RUN);
    file.replace(header, []);
    file.release();
    const first = await deliver("later");
    expect(first.found.problem).toBe("away");
    const second = await deliver("delivered");
    expect(second.sent).toEqual(first.sent);
    expect(second.sent).toMatchObject([
      { kind: "run-end", patch: { note: expect.stringMatching(/^Cut off/) } },
    ]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("a database's identity", () => {
  it("is the same however its address is written, and another for another address", () => {
    const { id } = databaseAt("https://one.example");
    expect(databaseAt("https://ONE.example/")).toEqual({ id, name: "one.example" });
    expect(databaseAt("https://two.example").id).not.toBe(id);
  });

  it("of the embedded Supabase is its directory's, whatever its port", () => {
    expect(embeddedDatabase("/a/supabase").id).not.toBe(embeddedDatabase("/b/supabase").id);
    expect(embeddedDatabase("/a/supabase").id).not.toBe(databaseAt("http://127.0.0.1:54321").id);
  });
});
