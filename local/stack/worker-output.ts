import { stripVTControlCharacters } from "node:util";
import { formatEvent } from "../../workers/benchmark/log.ts";
import { type ErrorLog, type LogEvent, parseLogEvent } from "../error-log.ts";

/** What a line of `wrangler dev` is to us. */
export type WorkerLine =
  /** One of the Worker's own log events. */
  | { readonly kind: "event"; readonly event: LogEvent; readonly json: string }
  /** An error that wrangler or workerd reports: an exception nobody caught, a failed build. */
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "reload" }
  | { readonly kind: "noise" };

/** console.error and console.warn come with a mark in front; the event itself is what is between the braces. */
const EVENT = /\{"level":.*\}/;
const ERROR = /^(?:✘ \[ERROR\]|\[wrangler:error\])\s*(.+)$/u;

export function readWorkerLine(raw: string): WorkerLine {
  const line = stripVTControlCharacters(raw).trim();
  const json = EVENT.exec(line)?.[0];
  const event = json === undefined ? null : parseLogEvent(json);
  if (event !== null && json !== undefined) return { kind: "event", event, json };
  const message = ERROR.exec(line)?.[1];
  if (message !== undefined) return { kind: "error", message };
  return /Reloading local server|Local server updated/.test(line) ? { kind: "reload" } : { kind: "noise" };
}

export interface Terminal {
  readonly dev: boolean;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Shows a Worker's events as lines for people, keeps its errors, drops wrangler's own talk. */
export function showWorkerLines(
  name: string,
  { say, complain, dev }: Terminal,
  errors: ErrorLog,
): (line: string) => void {
  return (raw) => {
    const line = readWorkerLine(raw);
    if (line.kind === "event") {
      errors.record(line.event);
      // The result itself has been shown; that it was stored is what is expected.
      if (line.event.event === "delivered") return;
      (line.event.level === "error" ? complain : say)(formatEvent(line.json) ?? line.json);
    } else if (line.kind === "error") {
      errors.record({ level: "error", event: "worker_error", worker: name, message: line.message });
      complain(`${name}: ${line.message}`);
    } else if (line.kind === "reload" && dev) {
      say(`${name}: reloaded.`);
    }
  };
}
