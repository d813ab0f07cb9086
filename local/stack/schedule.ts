import { readFileSync } from "node:fs";
import { Cron } from "croner";
import { z } from "zod";
import { SetupError } from "../errors.ts";

const answer = z.object({ outcome: z.string() });

/**
 * The cron triggers of a wrangler.toml, as they stand there. The list may run over several lines.
 *
 * @throws SetupError when the file has none or one of them is not five fields.
 */
export function readCronTriggers(file: string): string[] {
  const text = readFileSync(file, "utf8").replaceAll(/^\s*#.*$/gm, "");
  const section = /^\[triggers\]\s*$([\s\S]*?)(?=^\s*\[[a-z[]|$(?![\s\S]))/m.exec(text)?.[1] ?? "";
  const list = /^\s*crons\s*=\s*\[([\s\S]*?)\]/m.exec(section)?.[1] ?? "";
  const crons = [...list.matchAll(/"([^"]*)"|'([^']*)'/g)].map((match) => match[1] ?? match[2] ?? "");
  if (crons.length === 0) throw new SetupError(`${file} has no cron triggers.`);
  for (const cron of crons) {
    if (cron.trim().split(/\s+/).length !== 5) {
      throw new SetupError(`${file}: the cron trigger "${cron}" does not have five fields.`);
    }
  }
  return crons;
}

/** When a trigger fires next after `from`, as Cloudflare reads it. */
export function nextFiring(cron: string, from: Date): Date | null {
  return new Cron(cron, cloudflare).nextRun(from);
}

/**
 * Cloudflare reads triggers in UTC and counts weekdays from 1 (Sunday) to 7 (Saturday).
 * https://developers.cloudflare.com/workers/configuration/cron-triggers/
 */
const cloudflare = { timezone: "UTC", mode: "5-part", alternativeWeekdays: true, paused: true } as const;

/**
 * Fires one scheduled event at a Worker under `wrangler dev`, through the route it has for that.
 *
 * @throws Error when the Worker cannot be reached or its handler failed.
 */
export async function fireScheduled(
  workerUrl: string,
  cron: string,
  time: Date,
  signal?: AbortSignal,
): Promise<void> {
  const url = new URL("/cdn-cgi/handler/scheduled", workerUrl);
  url.searchParams.set("cron", cron);
  url.searchParams.set("time", String(time.getTime()));
  url.searchParams.set("format", "json");
  const response = await fetch(url, signal === undefined ? {} : { signal });
  const text = await response.text();
  const { outcome } = answer.parse(JSON.parse(text));
  if (outcome !== "ok") throw new Error(`the Worker's scheduled handler ended with "${outcome}"`);
}

export interface Schedule {
  stop(): void;
}

/**
 * Does what Cloudflare's clock does for a deployed Worker: calls `fire` at each trigger's times until stopped.
 * A call that fails is handed to `failed`; the next one comes at its time all the same.
 */
export function startSchedule(
  crons: readonly string[],
  fire: (cron: string, time: Date) => Promise<void>,
  failed: (cron: string, error: unknown) => void,
): Schedule {
  const jobs = crons.map(
    (cron) =>
      new Cron(cron, { ...cloudflare, paused: false }, async (job: Cron) => {
        try {
          await fire(cron, job.currentRun() ?? new Date());
        } catch (error) {
          failed(cron, error);
        }
      }),
  );
  return { stop: () => jobs.forEach((job) => void job.stop()) };
}
