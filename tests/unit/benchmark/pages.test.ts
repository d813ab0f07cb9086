import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Documents } from "../../../workers/benchmark/coordinator/documents.ts";
import { Pages } from "../../../workers/benchmark/coordinator/pages.ts";
import { createLog } from "../../../workers/benchmark/log.ts";

const stored = new Map<string, unknown>();
const documents = {
  read: (name: string) => stored.get(name) ?? null,
  write: (name: string, value: unknown) => void stored.set(name, value),
  remove: (name: string) => void stored.delete(name),
} as unknown as Documents;
let purged: number[];
let answer: () => Promise<void>;
const began = 1_700_000_000_000;
const dashboard = {
  dataChanged: () => {
    purged.push(Date.now() - began);
    return answer();
  },
};
const start = () =>
  new Pages(
    dashboard,
    documents,
    createLog(() => undefined, []),
  );

beforeEach(() => {
  vi.useFakeTimers({ now: began });
  stored.clear();
  purged = [];
  answer = async () => undefined;
});
afterEach(() => vi.useRealTimers());

/** An invocation at a time, ms since the beginning. */
async function invoke(pages: Pages, at: number, writes = false): Promise<void> {
  vi.setSystemTime(began + at);
  if (writes) pages.outdated();
  await pages.purge();
}

it("purges two seconds after what was written last, also after a restart, and once", async () => {
  await invoke(start(), 0, true);
  const pages = start();
  expect(pages.nextPurge()).toBe(began + 2_000);
  await invoke(pages, 1_900);
  await invoke(pages, 2_000);
  await invoke(pages, 9_000);
  expect(purged).toEqual([2_000]);
  expect(pages.nextPurge()).toBe(null);
});

it("is not put off without end by invocations that go on writing", async () => {
  const pages = start();
  for (let at = 0; at <= 12_000; at += 1_000) await invoke(pages, at, true);
  expect(purged).toEqual([10_000]);
  expect(pages.nextPurge()).toBe(began + 14_000);
});

it("keeps what another call notes while a purge is under way", async () => {
  const pages = start();
  await invoke(pages, 0, true);
  let arrived = () => {};
  answer = () =>
    new Promise((resolve) => {
      arrived = resolve;
    });
  vi.setSystemTime(began + 2_000);
  const first = pages.purge();
  // A provider was removed meanwhile.
  pages.outdated();
  answer = async () => undefined;
  await pages.purge();
  arrived();
  await first;
  expect(pages.nextPurge()).toBe(began + 4_000);
});

it("tries again each minute where the dashboard fails, until the pages are too old to be kept", async () => {
  const pages = start();
  await invoke(pages, 0, true);
  answer = () => Promise.reject(new Error("gone"));
  for (let at = 2_000; at < 1_200_000; at += 1_000) await invoke(pages, at);
  expect(purged.slice(0, 3)).toEqual([2_000, 62_000, 122_000]);
  expect(purged.length).toBe(15);
  expect(pages.nextPurge()).toBe(null);
});
