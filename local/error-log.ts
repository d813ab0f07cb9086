import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { visible } from "../workers/benchmark/visible.ts";
import { complain } from "./terminal.ts";

const logEvent = z.looseObject({
  level: z.enum(["info", "warn", "error"]),
  event: z.string(),
  time: z.string().optional(),
});

/** One event of a Worker or the terminal: what happened, and its context as further fields. */
export type LogEvent = z.infer<typeof logEvent>;

/** Reads one line of a log; null when it is not one of our events. */
export function parseLogEvent(line: string): LogEvent | null {
  if (!line.startsWith("{")) return null;
  try {
    return logEvent.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

export interface ErrorLog {
  /** Appends a warning or an error to the file of its day; an event that is neither, or no failure, is left out. */
  record(event: LogEvent): void;
  /** Today's file, whether it exists or not. */
  file(): string;
}

/** A failed measurement counts as an error, at whatever level it was said. */
function isError(event: LogEvent): boolean {
  return event.level !== "info" || typeof event.error_kind === "string";
}

/**
 * The file that errors are looked up in: `benchmark_engine_YYYYMMDD.log` (UTC) in `directory`, one line an
 * error, each with its time, the request's UUID and its whole context as JSON. It is made at the first error.
 * When it cannot be written, `say` gets one line, once.
 *
 * @param now the wall clock, for the name of the file and for events without a time of their own.
 */
export function createErrorLog(
  directory: string,
  now: () => Date = () => new Date(),
  say: (line: string) => void = complain,
): ErrorLog {
  let complained = false;
  const file = () =>
    join(directory, `benchmark_engine_${now().toISOString().slice(0, 10).replaceAll("-", "")}.log`);
  return {
    file,
    record(event) {
      if (!isError(event)) return;
      const { level, event: name, time, request_id: request, ...context } = event;
      const line = [
        time ?? now().toISOString(),
        level.toUpperCase(),
        name,
        `request=${typeof request === "string" ? request : "-"}`,
        JSON.stringify(context),
      ].join(" ");
      try {
        mkdirSync(directory, { recursive: true });
        appendFileSync(file(), `${visible(line)}\n`, { mode: 0o600 });
      } catch (error) {
        if (complained) return;
        complained = true;
        const reason = error instanceof Error ? error.message : String(error);
        say(`Errors cannot be written to ${file()}: ${reason}`);
      }
    },
  };
}
