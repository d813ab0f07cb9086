import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { SetupError } from "../errors.ts";
import type { StackControls } from "../stack/lock.ts";
import { fireScheduled } from "../stack/schedule.ts";
import { print } from "../terminal.ts";
import type { DrillContext } from "./drill.ts";

const incidents = z.object({ data: z.array(z.object({ kind: z.string() })) });
const runs = z.object({ data: z.array(z.object({ id: z.string(), finished_at: z.string().nullable() })) });

/** A run that another one was in the way of is asked for again after so long, ms. */
const ASK_AGAIN_MS = 15_000;
const RUN_WITHIN_MS = 15 * 60_000;
const POLL_MS = 2_000;
const HOLD_MS = 60_000;

/** What a drill needs of a running stack: its simulator, its clock, and its dashboard's API. */
export function drillContext(
  slug: string,
  { simulator, benchmark }: StackControls,
  dashboardUrl: string,
  signal: AbortSignal,
): DrillContext {
  const read = async (path: string): Promise<unknown> => {
    for (;;) {
      const response = await fetch(new URL(path, dashboardUrl), { redirect: "error", signal });
      if (response.ok) return response.json();
      const isTemporary = response.status === 503 || response.status === 504;
      if (!isTemporary) throw new SetupError(`The dashboard answers ${path} with status ${response.status}.`);
      await sleep(POLL_MS, undefined, { signal });
    }
  };
  const newestRun = async () => runs.parse(await read("/api/v1/runs?limit=1")).data[0];
  return {
    pollMs: POLL_MS,
    holdMs: HOLD_MS,
    signal,
    say: (line) => print(`${new Date().toISOString().slice(11, 19)}  ${line}`),
    setFault: async (fault) => {
      const response = await fetch(`${simulator.url}/_control`, {
        method: "POST",
        headers: { authorization: `Bearer ${simulator.key}` },
        body: JSON.stringify({ provider: slug, fault }),
      });
      if (!response.ok) throw new SetupError(`The simulator answers with status ${response.status}.`);
    },
    openIncidents: async () => {
      const path = `/api/v1/incidents?open=true&provider=${encodeURIComponent(slug)}`;
      return incidents.parse(await read(path)).data.map(({ kind }) => kind);
    },
    run: async () => {
      const before = (await newestRun())?.id;
      const until = Date.now() + RUN_WITHIN_MS;
      let askedAt = 0;
      for (;;) {
        const newest = await newestRun();
        if (newest && newest.id !== before && newest.finished_at !== null) return;
        if (Date.now() > until) throw new SetupError("No run finished within 15 minutes.");
        const isOver = newest === undefined || (newest.id === before && newest.finished_at !== null);
        if (isOver && Date.now() - askedAt > ASK_AGAIN_MS) {
          await fireScheduled(benchmark.url, `${benchmark.cronKey} ${CRONS.benchmark}`, new Date(), signal);
          askedAt = Date.now();
        }
        await sleep(POLL_MS, undefined, { signal });
      }
    },
  };
}
