import { formatTime } from "./format.ts";
import type { WindowName } from "./queries.ts";
import type { Field } from "./query.ts";
import { WINDOW_NAMES } from "./words.ts";

/*
 * A time of one's own beside the named windows: `?from=…&to=…`, in whole minutes of UTC. `from` is inside it, `to` is not.
 */

/** As long as the longest window: more would be read from hundreds of thousands of results. */
export const LONGEST_SPAN_MS = 30 * 86_400_000;
const MINUTE_MS = 60_000;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d)?$/;

/** A query that may name a span; both ends or none. */
export interface SpanQuery {
  readonly from: string | null;
  readonly to: string | null;
}

/** What a page of few series is asked for: a window, or a span, which is then what counts. */
export interface TimeQuery extends SpanQuery {
  readonly window: WindowName;
}

export const NO_SPAN: SpanQuery = { from: null, to: null };

/** The two parameters, for `defineQuery`; `settleSpan` belongs with them. */
export const SPAN: { readonly [K in keyof SpanQuery]: Field<string | null> } = {
  from: { read: (text) => toMoment(text, Math.floor), write: (moment) => moment },
  to: { read: (text) => toMoment(text, Math.ceil), write: (moment) => moment },
};

/**
 * Two ends make a span: the earlier one first, at most 30 days up to the later one. One alone, or two that are the same,
 * say nothing.
 */
export function settleEnds<Q extends SpanQuery>(query: Readonly<Q>): Readonly<Q> {
  const { from, to } = query;
  if (from === null || to === null || from === to) return { ...query, ...NO_SPAN };
  return { ...query, ...bounded(Date.parse(from), Date.parse(to)) };
}

/** The same where there are windows too: beside a span none is named. */
export function settleSpan<W extends WindowName>(usual: W) {
  return <Q extends SpanQuery & { readonly window: WindowName }>(query: Readonly<Q>): Readonly<Q> => {
    const settled = settleEnds(query);
    return settled.from === null ? settled : { ...settled, window: usual };
  };
}

function bounded(a: number, b: number): SpanQuery {
  const to = Math.max(a, b);
  return { from: writeMoment(Math.max(Math.min(a, b), to - LONGEST_SPAN_MS)), to: writeMoment(to) };
}

/** A span from two moments (epoch, ms) in any order, or none where they are within one minute. */
export function spanBetween(a: number, b: number): SpanQuery {
  const from = Math.floor(Math.min(a, b) / MINUTE_MS) * MINUTE_MS;
  const to = Math.ceil(Math.max(a, b) / MINUTE_MS) * MINUTE_MS;
  return from < to ? bounded(from, to) : NO_SPAN;
}

/** The query's other time: a window instead of its span. */
export function inWindow(window: WindowName): TimeQuery {
  return { window, ...NO_SPAN };
}

/** `from 28 Nov, 10:15 UTC to 28 Nov, 12:00 UTC`; "" without a span. */
export function spanWords({ from, to }: SpanQuery): string {
  return from === null || to === null ? "" : `from ${formatTime(from)} to ${formatTime(to)}`;
}

/** The same, or `in the last 24 hours`. */
export function timeWords(query: TimeQuery): string {
  return spanWords(query) || `in the last ${WINDOW_NAMES[query.window]}`;
}

/** As `<input type="datetime-local">` takes it; its form is read as UTC. */
export function inputMoment(moment: string): string {
  return moment.replace(/Z$/, "");
}

/** A day is its first moment; a time without a zone is UTC. */
function toMoment(text: string | null, round: (minutes: number) => number): string | null {
  const trimmed = text?.trim() ?? "";
  const [, day, time, zone = "Z"] = MOMENT.exec(trimmed) ?? [];
  const iso = DAY.test(trimmed) ? `${trimmed}T00:00Z` : `${day}T${time}${zone}`;
  const at = Date.parse(iso);
  if (!isDay(iso.slice(0, 10)) || !isKnownTime(at)) return null;
  return writeMoment(round(at / MINUTE_MS) * MINUTE_MS);
}

/** A day of UTC that there is, as the database knows it too: Date.parse takes the 31st of a shorter month for a day of the next. */
export function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00Z`);
  return DAY.test(text) && isKnownTime(at) && new Date(at).getUTCDate() === Number(text.slice(8));
}

/** From 1970 to the last year of four digits that has a next one. */
function isKnownTime(at: number): boolean {
  return at >= 0 && at <= Date.UTC(9999, 0);
}

function writeMoment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
