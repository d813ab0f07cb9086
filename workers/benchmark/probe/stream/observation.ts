import type { ProviderError } from "../errors/provider-error.ts";
import { type Arrivals, addArrival, noArrivals } from "../metrics/arrivals.ts";
import type { PieceKind, Served, StreamSink, UsageReport } from "./decoder.ts";
import { createThinkSplitter } from "./think-splitter.ts";

/** Characters of the answer that are kept in memory; the row's limit in bytes is cut later. */
const MAX_TEXT_CHARS = 262_144;
const MAX_CHUNK_TIMES = 20_000;
const MAX_TIMING_ENTRIES = 24;
const SKIPPED_TEXT_CHARS = 1_000;

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
  /** A finish reason that is known as a proper end was read. */
  readonly finished: boolean;
  /** A finish reason that says that the generation broke off, with the field it stood in. */
  readonly brokeOff: string | null;
  readonly brokeOffAt: number;
  /** The protocol's closing event was read. */
  readonly done: boolean;
  readonly usage: UsageReport;
  /** Counts to take where no usage was reported. */
  readonly usageHint: UsageReport;
  readonly error: ProviderError | null;
  readonly errorAt: number;
  readonly served: Readonly<Served>;
  readonly timing: ReadonlyMap<string, unknown>;
  /** When it last said something: a piece, its end, usage or an error. Comments, pings and empty events do not. */
  readonly lastWordAt: number;
  readonly readEvents: number;
  readonly skippedEvents: number;
  /** How the last event began that nobody could read. */
  readonly skippedText: string;
}

export interface Observer extends Observation {
  readonly sink: StreamSink;
  /** The clock reading that belongs to all that follows. */
  arrive(atMs: number): void;
  /** How the event that was just decoded turned out. */
  eventEnded(result: "read" | "skipped" | "done", text: string): void;
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

  const served: Served = {
    model: undefined,
    fingerprint: undefined,
    tier: undefined,
    requestId: undefined,
    upstream: undefined,
  };
  /** Messages that were sent whole, and whether each repeats those before it. */
  let messages = "";
  let messagesAre: "unknown" | "pieces" | "running totals" = "unknown";
  let deltasCame = false;

  const splitter = createThinkSplitter(
    (kind, chars, atMs) => {
      if (kind === "answer") addArrival(answer, atMs, chars);
      else observer.reasoningChars += chars;
    },
    () => {
      observer.reasoningChars += answer.chars;
      Object.assign(answer, noArrivals());
    },
  );

  const keepText = (text: string): void => {
    const room = MAX_TEXT_CHARS - observer.text.length;
    if (text.length > room) observer.cut = true;
    if (room > 0) observer.text += text.length > room ? text.slice(0, room) : text;
  };

  const sink: StreamSink = {
    piece(kind, text) {
      // The error ended the measurement: what comes after it may still say usage, but is no answer any more.
      if (observer.error !== null || observer.brokeOff !== null) return;
      piecesInEvent += 1;
      observer.lastWordAt = now;
      let marked = 0;
      if (kind === "answer") {
        deltasCame = true;
        marked = splitter.push(text, now);
      } else if (kind === "reasoning") observer.reasoningChars += text.length;
      else addArrival(answer, now, text.length);
      // A mark is a token or a few, however long it is: by its characters it would be taken for many.
      addArrival(all, now, Math.max(1, text.length - marked));
      if (kind === "answer" || kind === "refusal") keepText(text);
      onPiece?.(kind, text);
    },
    wholeAnswer(text) {
      if (deltasCame && messages === "") return;
      const repeats = messages !== "" && text.length >= messages.length && text.startsWith(messages);
      if (messagesAre === "unknown" && messages !== "" && text.length !== messages.length) {
        messagesAre = repeats ? "running totals" : "pieces";
      }
      if (repeats && (messagesAre !== "pieces" || text.length === messages.length)) {
        if (text.length > messages.length) sink.piece("answer", text.slice(messages.length));
        messages = text;
      } else if (messagesAre !== "running totals") {
        sink.piece("answer", text);
        messages += text;
      }
    },
    thoughtsWithheld() {
      observer.thoughtsWithheld = true;
    },
    finish(reason, proper) {
      observer.finishReason = reason;
      observer.finished ||= proper;
      observer.lastWordAt = now;
    },
    brokeOff(reason) {
      if (observer.brokeOff !== null) return;
      observer.brokeOff = reason;
      observer.brokeOffAt = now;
    },
    usage(report) {
      observer.usage = mergeUsage(observer.usage, report);
      observer.lastWordAt = now;
    },
    usageHint(report) {
      observer.usageHint = mergeUsage(observer.usageHint, report);
    },
    error(error) {
      if (observer.error !== null) return;
      observer.lastWordAt = now;
      observer.error = error;
      observer.errorAt = now;
    },
    served,
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
    finished: false,
    brokeOff: null as string | null,
    brokeOffAt: 0,
    done: false,
    usage: {} as UsageReport,
    usageHint: {} as UsageReport,
    error: null as ProviderError | null,
    errorAt: 0,
    served,
    timing,
    lastWordAt: 0,
    readEvents: 0,
    skippedEvents: 0,
    skippedText: "",
    sink,
    arrive(atMs: number) {
      now = atMs;
    },
    eventEnded(result: "read" | "skipped" | "done", text: string) {
      if (result === "skipped") {
        observer.skippedEvents += 1;
        observer.skippedText = text.slice(0, SKIPPED_TEXT_CHARS);
      } else observer.readEvents += 1;
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
    cacheWrite: laterOf(before.cacheWrite, report.cacheWrite),
    reasoning: laterOf(before.reasoning, report.reasoning),
    costUsd: laterOf(before.costUsd, report.costUsd),
  };
}

/** Reports are running totals: the later one counts, but none falls back to nothing. */
function laterOf(before: number | undefined, report: number | undefined): number | undefined {
  return report === undefined || (report === 0 && before !== undefined) ? before : report;
}
