import * as z from "zod";
import type { Config } from "../config.ts";
import { DAY_MS } from "../jobs/budget.ts";
import type { CutOff } from "../jobs/measure-target.ts";
import type { Holds, QueueItem } from "../jobs/queue.ts";
import type { RunJournal } from "../jobs/run-slice.ts";
import {
  type Route,
  type SkippedTarget,
  type SkipReason,
  skipReasons,
  type Target,
  targetSchema,
  type Unreachable,
} from "../jobs/target.ts";
import type { Log } from "../log.ts";
import type { ResultRow } from "../store/rows.ts";
import { askAgain } from "../watch/confirm.ts";
import type { AbsentModels } from "./absent-models.ts";
import type { AskAgain } from "./ask-again.ts";
import type { Documents } from "./documents.ts";
import type { Ledger } from "./ledger.ts";
import type { Outbox } from "./outbox.ts";
import type { Telemetry } from "./telemetry.ts";
import type { Watch } from "./watch.ts";

/** What the run asks, in this order. Written once; a version may not be able to read another's targets. */
export const planSchema = z.object({ runId: z.string(), targets: z.array(z.unknown()) });
export const PLAN = "plan";

const itemSchema = z.discriminatedUnion("state", [
  z.object({ state: z.enum(["pending", "asking", "done"]) }),
  z.object({
    state: z.literal("skipped"),
    reason: z.enum(skipReasons).catch("fault"),
    /** ms since the epoch. */
    until: z.number().nullable(),
  }),
]);
/** How far the run has come: an item for each of its targets, and the one request that is under way. */
export const progressSchema = z.object({
  items: z.array(itemSchema),
  asking: z
    .object({
      position: z.number(),
      requestId: z.string(),
      askedAt: z.number(),
      simulated: z.boolean(),
      host: z.string(),
      reservedUsd: z.number(),
    })
    .nullable(),
});
export type Progress = Readonly<z.infer<typeof progressSchema>>;
export const PROGRESS = "progress";

/** Until when a provider wants no request, ms since the epoch. */
export const holdsSchema = z.record(z.string(), z.number());
export const HOLDS = "holds";

const nameSchema = z.object({ provider: z.string(), model: z.string() });
const NO_PROGRESS: Progress = { items: [], asking: null };

/** What a run's steps are written to besides its queue. */
export interface JournalContext {
  readonly documents: Documents;
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly absent: AbsentModels;
  readonly watch: Watch;
  readonly telemetry: Telemetry;
  readonly asks: AskAgain;
  readonly config: Config;
  readonly log: Log;
}

/** A run's memory in the Durable Object: each method is one transaction, durable before any later fetch. */
export class SqlJournal implements RunJournal {
  readonly runId: string;
  /** The plan's targets, parsed once. */
  #targets: readonly Target[] | null = null;
  readonly #context: JournalContext;

  constructor(runId: string, context: JournalContext) {
    this.runId = runId;
    this.#context = context;
  }

  /** Lays out the run: what is asked, in this order, and what cannot be asked. */
  plan(targets: readonly Target[], unreachable: readonly Unreachable[]): void {
    const { documents } = this.#context;
    const all = [...targets, ...unreachable.map(({ target }) => target)];
    documents.write<z.infer<typeof planSchema>>(PLAN, { runId: this.runId, targets: all });
    const items: Progress["items"] = [
      ...targets.map(() => ({ state: "pending" as const })),
      ...unreachable.map(({ reason }) => ({ state: "skipped" as const, reason, until: null })),
    ];
    this.#write({ items, asking: null });
    this.#targets = null;
  }

  queue(): readonly QueueItem[] {
    this.#targets ??= z.array(targetSchema).parse(this.#plan());
    const { items } = this.#progress();
    return this.#targets.map((target, position) => ({
      position,
      target,
      state: items[position]?.state ?? "pending",
    }));
  }

  holds(): Holds {
    return new Map(Object.entries(this.#context.documents.read(HOLDS, holdsSchema) ?? {}));
  }

  /** `begin` sets it aside: each write costs rows. */
  spentWithout(): number {
    return this.#context.ledger.spentSince(Date.now() - DAY_MS);
  }

  begin(item: QueueItem, requestId: string, reservedUsd: number, route: Route): void {
    const { documents, ledger } = this.#context;
    documents.transaction(() => {
      const askedAt = Date.now();
      const asking = { position: item.position, requestId, askedAt, reservedUsd, ...route };
      this.#write({ items: this.#itemsWith([item], { state: "asking" }), asking });
      ledger.reserve(askedAt, reservedUsd);
    });
  }

  complete(item: QueueItem, row: ResultRow, spentUsd: number): void {
    const { documents, ledger, outbox, absent, watch, telemetry, asks, config, log } = this.#context;
    documents.transaction(() => {
      const { asking } = this.#progress();
      this.#write({ items: this.#itemsWith([item], { state: "done" }), asking: null });
      if (asking) ledger.settle(asking.askedAt, asking.reservedUsd, spentUsd);
      outbox.add({ kind: "result", row });
      if (config.telemetry) telemetry.take(row);
      const { modelId, upstream } = item.target;
      // What happens at one upstream alone says nothing of the model as its provider routes it.
      if (!upstream) {
        const { request, after } = watch.take(row, config);
        const again = askAgain(after, request, 0, config.confirmAfterMs, Date.now());
        if (again) asks.add({ target: item.target, runId: this.runId, dueAt: again.dueAt, step: again.next });
      }
      if (modelId && !upstream && absent.note(modelId, presence(row))) {
        const flag = `Taken out of the runs on ${row.created_at.slice(0, 10)}: its provider has not known it three runs in a row`;
        outbox.add({ kind: "deactivate", runId: this.runId, modelId, flag });
        log.warn("model_taken_out", {
          run_id: this.runId,
          provider: row.provider,
          model: row.model,
          reason: flag,
          hint: "npm run models shows what could take its place",
        });
      }
    });
  }

  skip(items: readonly QueueItem[], reason: SkipReason, until: (item: QueueItem) => number | null): void {
    const { asking } = this.#progress();
    const skipped = new Map(items.map((item) => [item.position, until(item)]));
    this.#write({
      items: this.#progress().items.map((item, position) => {
        const time = skipped.get(position);
        return time === undefined ? item : { state: "skipped", reason, until: time };
      }),
      asking,
    });
  }

  /** Gives up what was not measured, in whatever state it is. Reads no target: an unreadable one may be the reason. */
  abandon(): void {
    this.#write({
      items: this.#progress().items.map((item) =>
        item.state === "pending" || item.state === "asking"
          ? { state: "skipped", reason: "fault", until: null }
          : item,
      ),
      asking: null,
    });
  }

  hold(provider: string, until: number): void {
    const { documents } = this.#context;
    const now = Date.now();
    const holds = Object.entries(documents.read(HOLDS, holdsSchema) ?? {}).filter(([, time]) => time > now);
    const before = Object.fromEntries(holds);
    documents.write(HOLDS, { ...before, [provider]: Math.max(until, before[provider] ?? 0) });
  }

  /** The request that was under way when the last invocation was cut off, and what is set aside for it in USD. */
  cutOff(): { item: QueueItem; cutOff: CutOff; reservedUsd: number } | null {
    const { asking } = this.#progress();
    const item = asking ? this.queue()[asking.position] : undefined;
    if (!asking || !item) return null;
    const { requestId, askedAt, simulated, host, reservedUsd } = asking;
    return { item, cutOff: { requestId, askedAt, route: { simulated, host } }, reservedUsd };
  }

  skipped(): SkippedTarget[] {
    const targets = this.#plan();
    return this.#progress().items.flatMap((item, position) => {
      if (item.state !== "skipped") return [];
      // Names by themselves: a run whose targets this version cannot read must still come to its end.
      const name = nameSchema.parse(targets[position]);
      const until = item.until === null ? null : new Date(item.until).toISOString();
      return [{ ...name, reason: item.reason, until }];
    });
  }

  /** The endpoints of the run, asked or not. */
  names(): z.infer<typeof nameSchema>[] {
    return this.#plan().flatMap((target) => nameSchema.safeParse(target).data ?? []);
  }

  tally(): { measured: number; skipped: number; of: number } {
    const { items } = this.#progress();
    const count = (state: QueueItem["state"]) => items.filter((item) => item.state === state).length;
    return { measured: count("done"), skipped: count("skipped"), of: items.length - count("skipped") };
  }

  #plan(): readonly unknown[] {
    const plan = this.#context.documents.read(PLAN, planSchema);
    return plan?.runId === this.runId ? plan.targets : [];
  }

  #progress(): Progress {
    const { documents } = this.#context;
    if (documents.read(PLAN, planSchema)?.runId !== this.runId) return NO_PROGRESS;
    return documents.read(PROGRESS, progressSchema) ?? NO_PROGRESS;
  }

  #itemsWith(changed: readonly QueueItem[], item: Progress["items"][number]): Progress["items"] {
    const positions = new Set(changed.map(({ position }) => position));
    return this.#progress().items.map((before, position) => (positions.has(position) ? item : before));
  }

  #write(progress: Progress): void {
    this.#context.documents.write(PROGRESS, progress);
  }
}

/** What a result says of its model's being there at all. */
function presence(row: ResultRow): "absent" | "present" | "unknown" {
  if (row.error_kind === "model_not_found") return "absent";
  return row.status_code === 200 ? "present" : "unknown";
}
