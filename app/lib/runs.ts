import type { EndpointKind, RunHead } from "./types.ts";

/** A run in the list of runs. */
export interface RunLine extends RunHead {
  readonly skipped: number;
  readonly over_budget: boolean;
  readonly results: number;
  readonly failures: number;
  readonly simulated: number;
  /** Several providers were asked and none was reached: our own line was down. */
  readonly offline: boolean;
}

export interface RunList {
  readonly as_of: string;
  readonly total: number;
  readonly newer: boolean;
  readonly older: boolean;
  readonly runs: readonly RunLine[];
}

export interface SkippedTarget {
  readonly provider: string;
  readonly model: string;
  readonly reason: string;
  readonly until: string | null;
}

/** Place (from 1) and time since the request (ms) of an arrival. */
export type Arrival = readonly [place: number, ms: number];

/** One request of a run as its page shows it; a figure is absent where its metric is locked. */
export interface RunResult {
  readonly id: string;
  readonly created_at: string;
  readonly provider: string;
  readonly provider_name: string;
  readonly kind: EndpointKind | null;
  readonly model: string;
  readonly simulated: boolean;
  readonly success: boolean;
  readonly status_code: number | null;
  readonly error_kind: string | null;
  readonly error_message: string | null;
  /** What went wrong and whose failure it is, in words; null for a success. */
  readonly failure: { readonly title: string; readonly whose: string } | null;
  readonly finish_reason: string | null;
  readonly answer_ok: boolean | null;
  readonly truncated: boolean;
  readonly skipped_events: number;
  readonly upstream: string | null;
  readonly location: string;
  readonly colo: string | null;
  readonly prompt_version: string | null;
  readonly warmup_ms: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number | null;
  readonly cached_tokens: number | null;
  readonly tokens_estimated: boolean;
  readonly latency: { readonly total_ms: number } | null;
  readonly ttft: {
    readonly headers_ms: number | null;
    readonly first_ms: number | null;
    readonly answer_ms: number | null;
  } | null;
  readonly tps: { readonly value: number | null } | null;
  readonly cost: { readonly usd: number | null; readonly source: string } | null;
  readonly text: string | null;
  readonly text_chars: number;
  /** What the stream's replay is made of; null where nothing came or a time is locked. */
  readonly stream: Replay | null;
}

export interface RunPage {
  readonly as_of: string;
  readonly run: Omit<
    RunLine,
    "skipped" | "over_budget" | "results" | "failures" | "simulated" | "offline"
  > & { readonly scheduled_for: string | null; readonly skipped: readonly SkippedTarget[] };
  readonly previous: string | null;
  readonly next: string | null;
  readonly counts: {
    readonly results: number;
    readonly failures: number;
    readonly simulated: number;
    readonly offline: boolean;
    /** Null where no price is known, or where cost is locked. */
    readonly cost_usd: number | null;
    readonly cost_unknown: number;
  };
  /** Results that match the filter, over all pages. */
  readonly matching: number;
  readonly results: readonly RunResult[];
}

/** A stream to be shown again: when arrivals came, and how much of the text had come by then. */
export interface Replay {
  /** Pieces that carried generated text. */
  readonly arrivals: number;
  /** Arrivals that bring the answer's text; those before them were thoughts, which are not kept. */
  readonly answering: number;
  /** [ms since the request, characters shown by then]; ms rises, characters never fall. */
  readonly steps: readonly (readonly [ms: number, chars: number])[];
  readonly firstMs: number;
  readonly lastMs: number;
  /** How many came in each of equal slices between the request and the last arrival. */
  readonly slices: readonly number[];
}

/** Slices of a drawn timeline, and most steps a replay carries. */
export const TIMELINE_SLICES = 60;
const MAX_STEPS = 120;

export interface StreamFacts {
  /** Arrivals in order, perhaps thinned; the last one stands for the end. */
  readonly times: readonly Arrival[];
  readonly arrivals: number;
  /** The text as it is shown, perhaps cut, and its whole length in characters. */
  readonly text: string;
  readonly textChars: number;
  readonly answerMs: number | null;
}

/**
 * What is known of a stream, as steps. The arrival of every piece was measured; how much text each one held was
 * not kept, so the text is spread evenly over the arrivals. Thoughts arrive before the answer and are not part
 * of the text, unless the text itself begins with them.
 * @returns null where no arrival is known
 */
export function toReplay({ times, arrivals, text, textChars, answerMs }: StreamFacts): Replay | null {
  const ordered = times
    .filter(([place, ms]) => Number.isFinite(place) && Number.isFinite(ms) && ms >= 0)
    .toSorted((a, b) => a[0] - b[0]);
  const first = ordered[0];
  if (first === undefined) return null;
  const lastMs = Math.max(...ordered.map(([, ms]) => ms));
  const total = Math.max(arrivals, ordered.at(-1)?.[0] ?? 0);
  const thinksAloud = /^\s*<think>/.test(text);
  const bringsText = ([, ms]: Arrival) => thinksAloud || answerMs === null || ms >= answerMs - 0.5;
  // Where no arrival is late enough (clocks, rows of other tools) all of them carry the text.
  const opening = ordered.find(bringsText) ?? first;
  const silent = opening[0] - 1;
  const answering = total - silent;
  const shownAt = (place: number) =>
    Math.min(text.length, Math.round((Math.max(0, place - silent) / answering) * textChars));
  const every = Math.max(1, Math.ceil(ordered.length / MAX_STEPS));
  let latest = 0;
  const steps: (readonly [number, number])[] = [];
  for (const [index, [place, ms]] of ordered.entries()) {
    latest = Math.max(latest, ms);
    if (index % every !== 0 && index !== ordered.length - 1) continue;
    steps.push([Math.round(latest * 10) / 10, shownAt(place)]);
  }
  return {
    arrivals: total,
    answering,
    steps,
    firstMs: first[1],
    lastMs,
    slices: slice(ordered, total, lastMs),
  };
}

/** Each known arrival stands for those left out since the one before it. */
function slice(ordered: readonly Arrival[], total: number, lastMs: number): number[] {
  const slices = Array.from({ length: TIMELINE_SLICES }, () => 0);
  let before = 0;
  ordered.forEach(([place, ms], index) => {
    const stands = index === ordered.length - 1 ? total - before : place - before;
    before = place;
    const at = lastMs === 0 ? 0 : Math.min(TIMELINE_SLICES - 1, Math.floor((ms / lastMs) * TIMELINE_SLICES));
    slices[at] = (slices[at] ?? 0) + Math.max(0, stands);
  });
  return slices;
}

/** Characters of the text that have come by a moment of the replay. */
export function charsAt(replay: Pick<Replay, "steps">, ms: number): number {
  let shown = 0;
  for (const [at, chars] of replay.steps) {
    if (at > ms) break;
    shown = chars;
  }
  return shown;
}

/** Cuts where no surrogate pair is torn apart. */
export function cutText(text: string, chars: number): string {
  const unit = text.charCodeAt(chars - 1);
  return text.slice(0, unit >= 0xd800 && unit <= 0xdbff ? chars - 1 : chars);
}

export const RESULTS_A_PAGE = 20;
