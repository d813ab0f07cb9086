import type { ProviderError } from "../errors/provider-error.ts";
import { type Arrivals, addArrival, noArrivals } from "../metrics/arrivals.ts";
import type { PieceKind, StreamSink, UsageReport } from "./decoder.ts";
import { createThinkSplitter } from "./think-splitter.ts";

/** Characters of the answer that are kept in memory; the row's limit in bytes is cut later. */
const MAX_TEXT_CHARS = 262_144;
const MAX_CHUNK_TIMES = 20_000;
const MAX_TIMING_ENTRIES = 24;

/** Everything that one stream said, with times in ms of the probe's clock. */
export interface Observation {
  readonly all: Readonly<Arrivals>;
  readonly answer: Readonly<Arrivals>;
  readonly reasoningChars: number;
  /** Thoughts were generated of which the stream carried a summary at most. */
  readonly thoughtsWithheld: boolean;
  /** Content and refusals of the answer as sent. */
  readonly text: string;
  readonly chunkTimes: readonly number[];
  /** Text or chunk times went beyond what is kept. */
  readonly cut: boolean;
  readonly finishReason: string | null;
  /** The protocol's closing event was read. */
  readonly done: boolean;
  readonly usage: UsageReport;
  readonly error: ProviderError | null;
  readonly errorAt: number;
  readonly upstream: string | null;
  readonly timing: ReadonlyMap<string, unknown>;
  /** When it last said something: a piece, its end, usage or an error. Comments, pings and empty events do not. */
  readonly lastWordAt: number;
  readonly readEvents: number;
  readonly skippedEvents: number;
}

export interface Observer extends Observation {
  readonly sink: StreamSink;
  /** The clock reading that belongs to all that follows. */
  arrive(atMs: number): void;
  /** How the event that was just decoded turned out. */
  eventEnded(result: "read" | "skipped" | "done"): void;
  /** The stream is over. */
  end(): void;
}

/** Collects what a decoder understands. `onPiece` sees every generated piece as it comes. */
export function createObserver(onPiece?: (kind: PieceKind, text: string) => void): Observer {
  let now = 0;
  let piecesInEvent = 0;
  const all = noArrivals();
  const answer = noArrivals();
  const chunkTimes: number[] = [];
  const timing = new Map<string, unknown>();

  const splitter = createThinkSplitter((kind, chars, atMs) => {
    if (kind === "answer") addArrival(answer, atMs, chars);
    else observer.reasoningChars += chars;
  });

  const keepText = (text: string): void => {
    const room = MAX_TEXT_CHARS - observer.text.length;
    if (text.length > room) observer.cut = true;
    if (room > 0) observer.text += text.length > room ? text.slice(0, room) : text;
  };

  const sink: StreamSink = {
    piece(kind, text) {
      // The error ended the measurement: what comes after it may still say usage, but is no answer any more.
      if (observer.error !== null) return;
      piecesInEvent += 1;
      observer.lastWordAt = now;
      addArrival(all, now, text.length);
      if (kind === "answer") splitter.push(text, now);
      else if (kind === "reasoning") observer.reasoningChars += text.length;
      else addArrival(answer, now, text.length);
      if (kind === "answer" || kind === "refusal") keepText(text);
      onPiece?.(kind, text);
    },
    thoughtsWithheld() {
      observer.thoughtsWithheld = true;
    },
    finish(reason) {
      observer.finishReason = reason;
      observer.lastWordAt = now;
    },
    usage(report) {
      observer.usage = mergeUsage(observer.usage, report);
      observer.lastWordAt = now;
    },
    error(error) {
      if (observer.error !== null) return;
      observer.lastWordAt = now;
      observer.error = error;
      observer.errorAt = now;
    },
    upstream(name) {
      observer.upstream = name;
    },
    timing(name, value) {
      if (timing.size < MAX_TIMING_ENTRIES || timing.has(name)) timing.set(name, value);
    },
  };

  const observer = {
    all,
    answer,
    reasoningChars: 0,
    thoughtsWithheld: false,
    text: "",
    chunkTimes,
    cut: false,
    finishReason: null as string | null,
    done: false,
    usage: {} as UsageReport,
    error: null as ProviderError | null,
    errorAt: 0,
    upstream: null as string | null,
    timing,
    lastWordAt: 0,
    readEvents: 0,
    skippedEvents: 0,
    sink,
    arrive(atMs: number) {
      now = atMs;
    },
    eventEnded(result: "read" | "skipped" | "done") {
      if (result === "skipped") observer.skippedEvents += 1;
      else observer.readEvents += 1;
      if (result === "done") observer.done = true;
      if (piecesInEvent === 0) return;
      piecesInEvent = 0;
      if (chunkTimes.length < MAX_CHUNK_TIMES) chunkTimes.push(now);
      else observer.cut = true;
    },
    end() {
      splitter.end();
    },
  };
  return observer;
}

/**
 * What is known after one more report. A total says something only beside the counts that it is the total of, so
 * it is taken from a report that holds all three, and goes when one of them changes without it.
 */
function mergeUsage(before: UsageReport, report: UsageReport): UsageReport {
  const input = laterOf(before.input, report.input);
  const output = laterOf(before.output, report.output);
  const whole =
    report.total !== undefined && report.total > 0 && input === report.input && output === report.output;
  const unchanged = input === before.input && output === before.output;
  return {
    input,
    output,
    total: whole ? report.total : unchanged ? before.total : undefined,
    cached: laterOf(before.cached, report.cached),
    reasoning: laterOf(before.reasoning, report.reasoning),
    costUsd: laterOf(before.costUsd, report.costUsd),
  };
}

/** Reports are running totals: the later one counts, but none falls back to nothing. */
function laterOf(before: number | undefined, report: number | undefined): number | undefined {
  return report === undefined || (report === 0 && before !== undefined) ? before : report;
}
