import type { ServerResponse } from "node:http";
import type { Piece } from "./answers.ts";
import type { Answer, Dialect } from "./dialects/types.ts";

/** How the stream ends: properly, by breaking off or with an error after a share of it, or never. */
export type Ending =
  | { readonly kind: "proper" }
  | { readonly kind: "truncate" | "stream_error" | "stall"; readonly at: number }
  | { readonly kind: "endless" };

export interface StreamTiming {
  readonly ttfbMs: number;
  readonly ttftMs: number;
  readonly tps: number;
  /** Divides all durations. */
  readonly speed: number;
}

/** Resolves after `ms`, or at once when the signal fires; never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
}

/** Writes and waits until the reader has made room. */
async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (text === "" || signal.aborted || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const finish = () => {
      response.off("drain", finish);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    response.once("drain", finish);
    signal.addEventListener("abort", finish);
  });
}

/**
 * Sends one answer at the pace of its plan. Every piece has its due time, counted from the request's arrival,
 * and all that is due goes out in one write: a timer that comes late does not slow the stream down.
 * Returns when the response has ended or `signal` (the client is gone, the server stops) has fired.
 */
export async function streamAnswer(
  response: ServerResponse,
  dialect: Dialect,
  answer: Answer,
  pieces: readonly Piece[],
  timing: StreamTiming,
  ending: Ending,
  arrivedMs: number,
  signal: AbortSignal,
): Promise<void> {
  const until = (dueMs: number) => pause(arrivedMs + dueMs / timing.speed - performance.now(), signal);

  await until(timing.ttfbMs);
  if (signal.aborted) return;
  response.writeHead(200, { ...dialect.headers(answer), "cache-control": "no-cache" });
  response.flushHeaders();
  await write(response, dialect.open(answer), signal);

  if (dialect.waiting !== null) {
    for (let due = timing.ttfbMs + 150; due < timing.ttftMs && !signal.aborted; due += 150) {
      await until(due);
      await write(response, dialect.waiting, signal);
    }
  }

  const stopsAt = "at" in ending ? Math.max(1, Math.floor(pieces.length * ending.at)) : pieces.length;
  const dueOf = (index: number) => timing.ttftMs + (index * 1000) / timing.tps;
  let sent = 0;
  while (!signal.aborted && (ending.kind === "endless" || sent < stopsAt)) {
    await until(dueOf(sent));
    let batch = "";
    do {
      const piece = pieces[sent % pieces.length];
      if (piece === undefined) return;
      batch += dialect.piece(answer, piece);
      sent += 1;
    } while (
      (ending.kind === "endless" || sent < stopsAt) &&
      batch.length < 16_384 &&
      arrivedMs + dueOf(sent) / timing.speed <= performance.now()
    );
    await write(response, batch, signal);
  }
  if (signal.aborted) return;

  switch (ending.kind) {
    case "proper":
      response.end(dialect.close(answer));
      return;
    case "stream_error":
      response.end(dialect.streamError(answer));
      return;
    case "truncate":
      // Let the last piece reach the client before the connection breaks.
      await pause(5, signal);
      response.destroy();
      return;
    case "stall":
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      return;
    case "endless":
      return;
  }
}
