import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { fireScheduled, nextFiring, readCronTriggers, startSchedule } from "../../../local/stack/schedule.ts";
import { projectRoot } from "../../../local/tools.ts";
import { CRONS } from "../../../workers/benchmark/schedule.ts";

const directory = mkdtempSync(join(tmpdir(), "schedule-"));
afterAll(() => rmSync(directory, { recursive: true }));

function toml(text: string): string {
  const file = join(directory, "wrangler.toml");
  writeFileSync(file, text);
  return file;
}

describe("the cron triggers of wrangler.toml", () => {
  it("are the ones that the Worker acts on", () => {
    const crons = readCronTriggers(join(projectRoot, "workers", "benchmark", "wrangler.toml"));
    expect([...crons].sort()).toEqual(Object.values(CRONS).sort());
  });

  it("are read from one line or several, whatever stands around them", () => {
    const several = [
      'name = "x"',
      "[triggers]",
      '# crons = [ "9 9 9 9 9" ]',
      "crons = [",
      '  "*/15 * * * *", # runs',
      "  '0 2 * * SUN',",
      "]",
      "[vars]",
      'crons = ["1 1 1 1 1"]',
    ].join("\n");
    expect(readCronTriggers(toml(several))).toEqual(["*/15 * * * *", "0 2 * * SUN"]);
    expect(readCronTriggers(toml('[triggers]\ncrons = ["30 3 * * *"]'))).toEqual(["30 3 * * *"]);
  });

  it("are missed when there are none, or when one is no trigger", () => {
    expect(() => readCronTriggers(toml('name = "x"\n'))).toThrow("no cron triggers");
    expect(() => readCronTriggers(toml('[triggers]\ncrons = ["* * * * * *"]\n'))).toThrow("five fields");
  });
});

describe("when a trigger fires", () => {
  // A Monday.
  const from = new Date("2026-11-23T14:07:00Z");

  it.each([
    ["*/15 * * * *", "2026-11-23T14:15:00.000Z"],
    ["30 3 * * *", "2026-11-24T03:30:00.000Z"],
    ["0 2 * * SUN", "2026-11-29T02:00:00.000Z"],
    // Cloudflare counts weekdays from 1 for Sunday to 7 for Saturday.
    ["0 2 * * 1", "2026-11-29T02:00:00.000Z"],
    ["0 2 * * 2", "2026-11-30T02:00:00.000Z"],
    ["0 2 * * 7", "2026-11-28T02:00:00.000Z"],
  ])("%s: next at %s", (cron, next) => {
    expect(nextFiring(cron, from)?.toISOString()).toBe(next);
  });

  it("is when its minute comes, each trigger with its own time, until it is stopped", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-29T01:59:30Z") });
    try {
      const fired: string[] = [];
      const failures: string[] = [];
      const schedule = startSchedule(
        Object.values(CRONS),
        async (cron, time) => {
          fired.push(`${cron} at ${time.toISOString()}`);
          if (cron === CRONS.models) throw new Error("no");
        },
        (cron) => void failures.push(cron),
      );
      await vi.advanceTimersByTimeAsync(16 * 60_000);
      expect([...fired].sort()).toEqual([
        "*/15 * * * * at 2026-11-29T02:00:00.000Z",
        "*/15 * * * * at 2026-11-29T02:15:00.000Z",
        "0 2 * * SUN at 2026-11-29T02:00:00.000Z",
      ]);
      expect(failures).toEqual([CRONS.models]);
      schedule.stop();
      await vi.advanceTimersByTimeAsync(60 * 60_000);
      expect(fired).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("firing a scheduled event", () => {
  async function answering(
    body: string,
    run: (url: string, asked: string[]) => Promise<void>,
  ): Promise<void> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const time = new Date("2026-11-23T14:15:00Z");

  it("hands over the trigger and its time", async () => {
    await answering('{"outcome":"ok","noRetry":false}', async (url, asked) => {
      await fireScheduled(url, CRONS.benchmark, time);
      const query = new URL(asked[0] ?? "", url).searchParams;
      expect(Object.fromEntries(query)).toEqual({
        cron: "*/15 * * * *",
        time: "1795443300000",
        format: "json",
      });
    });
  });

  it("fails when the handler failed or nobody is there", async () => {
    await answering('{"outcome":"exception","noRetry":false}', async (url) => {
      await expect(fireScheduled(url, CRONS.prices, time)).rejects.toThrow("exception");
    });
    await expect(fireScheduled("http://127.0.0.1:9", CRONS.prices, time)).rejects.toThrow();
  });
});
