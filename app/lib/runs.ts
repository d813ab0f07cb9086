/** Place (from 1) and time since the request (ms) of an arrival. */
export type Arrival = readonly [place: number, ms: number];

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
