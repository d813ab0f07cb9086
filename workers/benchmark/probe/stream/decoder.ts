import type { ProviderError } from "../errors/provider-error.ts";

/** What a generated piece is part of. A thought is `reasoning`; everything else is the answer. */
export type PieceKind = "answer" | "reasoning" | "refusal" | "tool";

/**
 * What one event says of tokens and cost. Only values that can be true are set (`asCount`, `asCost`); a later
 * report replaces an earlier one field by field, since providers send running totals (see mergeUsage).
 */
export interface UsageReport {
  /** Prompt tokens, cached ones included. */
  readonly input?: number;
  readonly cached?: number;
  readonly output?: number;
  readonly reasoning?: number;
  readonly total?: number;
  /** USD. */
  readonly costUsd?: number;
}

/** Where a decoder puts what it understood: the neutral language that all protocols are translated to. */
export interface StreamSink {
  /** A non-empty generated piece. */
  piece(kind: PieceKind, text: string): void;
  /** Thoughts were generated of which the stream carries a summary at most. */
  thoughtsWithheld(): void;
  finish(reason: string): void;
  usage(report: UsageReport): void;
  error(error: ProviderError): void;
  upstream(name: string): void;
  timing(name: string, value: unknown): void;
}

/** read: understood; skipped: a bad event; done: the protocol's last word, nothing after it counts. */
export type Decoded = "read" | "skipped" | "done";

/** Understands one event of a protocol. Never throws, whatever the event holds. */
export type StreamDecoder = (data: string, name: string | undefined, sink: StreamSink) => Decoded;
