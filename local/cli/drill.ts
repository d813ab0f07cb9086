import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../simulator/index.ts";

/** What a drill acts on and looks at. */
export interface DrillContext {
  /** Sets what the simulator plays for the provider. */
  setFault(fault: Fault | null): Promise<void>;
  /** Starts a run and resolves when it has finished. */
  run(): Promise<void>;
  /** Kinds of the provider's incidents that are open now. */
  openIncidents(): Promise<readonly string[]>;
  readonly say: (line: string) => void;
  /** How often incidents are looked at, ms. */
  readonly pollMs: number;
  /** How long an outage is left on once it has been noticed, ms. */
  readonly holdMs: number;
  readonly signal: AbortSignal;
}

/** An outage is asked again after a minute; after that and some it is not noticed. */
const OUTAGE_WITHIN_MS = 5 * 60_000;
/** More runs than a slow-down of several times ever took. */
const MOST_RUNS = 12;

/**
 * Plays an outage and a slow-down of one provider, each until its incident has opened and closed again.
 * @throws Error where an incident does not come or go, or the signal fires; the fault is taken back either way.
 */
export async function playDrill(provider: string, context: DrillContext): Promise<void> {
  const { setFault, run, say, holdMs, signal } = context;
  try {
    say(`${provider} answers HTTP 503 from now on.`);
    await setFault("server_error");
    await run();
    await waitFor("outage", true, context);
    say("An outage is open.");
    await sleep(holdMs, undefined, { signal });
    say(`${provider} answers again.`);
    await setFault(null);
    await run();
    await waitFor("outage", false, context);
    say("The outage is over.");
    say(`${provider} is six times as slow from now on.`);
    await setFault("slow");
    await runUntil("slowdown", true, context);
    say("A slow-down is open.");
    say(`${provider} is as fast as usual again.`);
    await setFault(null);
    await runUntil("slowdown", false, context);
    say("The slow-down is over.");
  } catch (error) {
    // What was waited for only says that it was broken off; the signal says why.
    throw signal.aborted ? signal.reason : error;
  } finally {
    await setFault(null);
  }
}

async function waitFor(kind: string, open: boolean, context: DrillContext): Promise<void> {
  const until = Date.now() + OUTAGE_WITHIN_MS;
  while ((await context.openIncidents()).includes(kind) !== open) {
    if (Date.now() > until)
      throw new Error(`The ${kind} did not ${open ? "open" : "close"} within 5 minutes.`);
    await sleep(context.pollMs, undefined, { signal: context.signal });
  }
}

async function runUntil(kind: string, open: boolean, context: DrillContext): Promise<void> {
  for (let runs = 1; runs <= MOST_RUNS; runs++) {
    await context.run();
    // The database learns of it a moment after the run.
    await sleep(context.pollMs, undefined, { signal: context.signal });
    if ((await context.openIncidents()).includes(kind) === open) return;
    context.say(`Run ${runs}: ${open ? "not yet certain" : "not yet over"}.`);
  }
  throw new Error(`The ${kind} did not ${open ? "open" : "close"} within ${MOST_RUNS} runs.`);
}
