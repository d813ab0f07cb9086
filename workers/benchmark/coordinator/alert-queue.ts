import * as z from "zod";
import type { Channel, ChannelContext, Telling } from "../alerts/channel.ts";
import { type Alert, alertSchema } from "../alerts/event.ts";
import { beat } from "../alerts/heartbeat.ts";
import { type AlertConfig, wants } from "../alerts/settings.ts";
import type { Log } from "../log.ts";
import type { Documents } from "./documents.ts";
import { PendingCall, waitAfter } from "./pending-call.ts";

/** One alert on its way through one channel. All times in ms since the epoch. */
const pendingSchema = z.object({
  channel: z.string(),
  alert: alertSchema,
  since: z.number(),
  tries: z.number(),
  nextAt: z.number(),
});
type Pending = z.infer<typeof pendingSchema>;
const queueSchema = z.array(pendingSchema);
const QUEUE = "alerts";

/** A later one comes with the next run. */
const BEAT_EXPIRES_MS = 15 * 60_000;
const PUSH_EXPIRES_MS = 24 * 3_600_000;

const mutesSchema = z.record(z.string(), z.number());
const MUTES = "mutes";
/** Notices that were told lately: id and when. */
const toldSchema = z.record(z.string(), z.number());
const TOLD = "told";
const TOLD_KEPT_MS = 48 * 3_600_000;

/** What waits may not fill the storage: a thousand alerts nobody takes are told in the log. */
const MOST_PENDING = 500;
/** Alerts that one invocation of the coordinator sends besides its other subrequests (docs/runs.md). */
export const SUBREQUESTS_FOR_ALERTS = 5;
/** Longer than any receiver may take. */
const SENDING_MS = 30_000;

/**
 * Alerts on their way: each channel has its own place for each alert, so that one that is away holds up no other.
 * Within a channel what belongs to one incident is told in its order. A try that failed is repeated with the same id,
 * later and later, for a day.
 */
export class AlertQueue {
  readonly #documents: Documents;
  readonly #log: Log;
  readonly #heartbeat: PendingCall;
  readonly #telemetry: PendingCall;
  #sendingSince: number | null = null;

  constructor(documents: Documents, log: Log) {
    this.#documents = documents;
    this.#log = log;
    this.#heartbeat = new PendingCall("heartbeat", BEAT_EXPIRES_MS, documents, log);
    this.#telemetry = new PendingCall("telemetry", PUSH_EXPIRES_MS, documents, log);
  }

  /**
   * Puts an alert into each channel that wants it, unless its provider is muted or it was told before.
   *
   * @param evenMuted who was told of a begin is told of the end.
   * @returns whether anybody is told.
   */
  tell(alert: Alert, config: AlertConfig, now: number, evenMuted = false): boolean {
    const muted = alert.provider !== null && (this.mutes(now)[alert.provider] ?? 0) > now;
    if (muted && !evenMuted) {
      this.#log.info("alert_muted", { alert: alert.id, provider: alert.provider });
      return false;
    }
    const told = this.#documents.read(TOLD, toldSchema) ?? {};
    if (told[alert.id] !== undefined) return false;
    const kept = Object.entries(told).filter(([, at]) => at > now - TOLD_KEPT_MS);
    this.#documents.write(TOLD, { ...Object.fromEntries(kept), [alert.id]: now });
    const channels = config.channels.filter((configured) => wants(configured, alert.kind));
    if (channels.length === 0) return false;
    const added = channels.map(({ channel }): Pending => {
      return { channel: channel.name, alert, since: now, tries: 0, nextAt: now };
    });
    const all = [...this.#queue(), ...added];
    for (const { channel, alert: lost } of all.slice(0, -MOST_PENDING)) {
      this.#log.error("alert_given_up", { alert: lost.id, channel, reason: "too many wait" });
    }
    this.#documents.write(QUEUE, all.slice(-MOST_PENDING));
    return true;
  }

  /** The next call to the dead man's switch; a newer one takes the place of one that waits. */
  beat(state: "ok" | "fail", config: AlertConfig, now: number): void {
    if (config.heartbeatUrl !== null) this.#heartbeat.request(state, now);
  }

  /** The next push of measurements; it says all there is when it is sent. */
  push(now: number): void {
    this.#telemetry.request("ok", now);
  }

  /** Until when each provider is muted. */
  mutes(now: number): Readonly<Record<string, number>> {
    const all = this.#documents.read(MUTES, mutesSchema) ?? {};
    return Object.fromEntries(Object.entries(all).filter(([, until]) => until > now));
  }

  mute(provider: string, until: number, now: number): void {
    this.#documents.write(MUTES, { ...this.mutes(now), [provider]: until });
  }

  get size(): number {
    return this.#queue().length;
  }

  /** When the next try makes sense; null when nothing waits. */
  nextAttempt(now: number): number | null {
    // An alarm for the case that this instance ends before its receivers have answered.
    if (this.#sendingSince !== null) return Math.max(now, this.#sendingSince) + SENDING_MS;
    const times = [
      ...heads(this.#queue()).map(({ nextAt }) => nextAt),
      ...[this.#heartbeat.nextAt, this.#telemetry.nextAt].filter((time) => time !== null),
    ];
    return times.length === 0 ? null : Math.max(now, Math.min(...times));
  }

  /**
   * Tries what is due, all channels at once, within a number of subrequests.
   *
   * @param push hands the measurements over; null where nobody takes any
   * @returns null where nothing is due, or a call before this one still waits for receivers; else how many are tried, and
   *   the end of all their tries, which never fails.
   */
  send(
    config: AlertConfig,
    context: ChannelContext,
    maxSubrequests: number,
    push: (() => Promise<Telling>) | null = null,
  ): { readonly count: number; readonly done: Promise<void> } | null {
    const now = context.now();
    if (this.#sendingSince !== null || maxSubrequests < 1) return null;
    const due = heads(this.#queue()).filter(({ nextAt }) => nextAt <= now);
    const url = config.heartbeatUrl;
    const isDue = ({ nextAt }: PendingCall) => nextAt !== null && nextAt <= now;
    const calls = [
      ...(isDue(this.#heartbeat)
        ? [
            () =>
              this.#heartbeat.attempt(
                url === null ? null : (state) => beat(url, state, context),
                config,
                context,
              ),
          ]
        : []),
      ...(isDue(this.#telemetry) ? [() => this.#telemetry.attempt(push, config, context)] : []),
    ].slice(0, maxSubrequests);
    // Who has failed least goes first: a channel that is away takes no turns from the others.
    const chosen = due
      .sort((a, b) => a.tries - b.tries || a.nextAt - b.nextAt)
      .slice(0, maxSubrequests - calls.length);
    const count = chosen.length + calls.length;
    if (count === 0) return null;
    this.#sendingSince = now;
    const done = Promise.allSettled([
      ...chosen.map((pending) => this.#try(pending, config, context)),
      ...calls.map((call) => call()),
    ]).then(() => {
      this.#sendingSince = null;
    });
    return { count, done };
  }

  async #try(pending: Pending, config: AlertConfig, context: ChannelContext): Promise<void> {
    const { alert, channel: name } = pending;
    const channel = config.channels.find(({ channel }) => channel.name === name)?.channel;
    const telling: Telling = channel ? await tellSafely(channel, alert, context) : GONE;
    const facts = { alert: alert.id, kind: alert.kind, channel: name, reason: telling.reason };
    if (telling.ok || !channel) {
      this.#log.info(telling.ok ? "alert_told" : "alert_dropped", facts);
      this.#replace(pending, null);
      return;
    }
    const tries = pending.tries + 1;
    const now = context.now();
    if (now - pending.since >= config.giveUpAfterMs) {
      this.#log.error("alert_given_up", { ...facts, tries });
      this.#replace(pending, null);
      return;
    }
    const wait = waitAfter(tries, config);
    this.#log.warn("alert_not_taken", { ...facts, tries, retry_in_ms: wait });
    this.#replace(pending, { ...pending, tries, nextAt: now + wait });
  }

  #queue(): readonly Pending[] {
    return this.#documents.read(QUEUE, queueSchema) ?? [];
  }

  /** Others may have been added while this one was tried. */
  #replace(tried: Pending, by: Pending | null): void {
    const isTried = ({ channel, alert }: Pending) => channel === tried.channel && alert.id === tried.alert.id;
    const next = this.#queue().flatMap((pending) => (isTried(pending) ? (by ?? []) : pending));
    if (next.length > 0) this.#documents.write(QUEUE, next);
    else this.#documents.remove(QUEUE);
  }
}

const GONE: Telling = { ok: false, reason: "not set up any more" };

/** The oldest of each thread in each channel: what comes after it waits for it. */
function heads(queue: readonly Pending[]): Pending[] {
  const seen = new Set<string>();
  return queue.filter(({ channel, alert }) => {
    const key = `${channel} ${alert.thread}`;
    return !seen.has(key) && seen.add(key);
  });
}

async function tellSafely(channel: Channel, alert: Alert, context: ChannelContext): Promise<Telling> {
  try {
    return await channel.tell(alert, context);
  } catch (error) {
    // The words of an unforeseen error may hold an address.
    return { ok: false, reason: error instanceof Error ? error.name : "failed" };
  }
}

/** What each channel said to a test. */
export type TestAnswer = readonly ({ readonly channel: string } & Telling)[];

/** Sends one alert to each channel at once, past the queue. */
export async function tellEach(
  alert: Alert,
  config: AlertConfig,
  context: ChannelContext,
): Promise<TestAnswer> {
  return Promise.all(
    config.channels.map(async ({ channel }) => ({
      channel: channel.name,
      ...(await tellSafely(channel, alert, context)),
    })),
  );
}
