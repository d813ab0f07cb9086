import { formatEvent } from "../workers/benchmark/log.ts";
import type { ErrorLog } from "./error-log.ts";
import { readWorkerLine } from "./wrangler.ts";

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
