import { spawn } from "node:child_process";
import { platform } from "node:os";
import type { Child } from "./processes.ts";

export interface Watchdog {
  watch(child: Child, signal: "INT" | "TERM"): void;
  /** Ends the watchdog; the children are left alone. */
  dismiss(): void;
}

/** Keeps a list of signals and pids from its input; ends them when the input ends without the word "done". */
const SCRIPT = `
set --
while read -r signal pid; do
  if [ "$signal" = done ]; then exit 0; fi
  set -- "$@" "$signal" "$pid"
done
while [ $# -gt 0 ]; do kill -s "$1" -- "$2" 2>/dev/null; shift 2; done
`;

/**
 * A shell that holds the other end of a pipe of ours: when this process is killed outright, the system closes
 * the pipe and the shell ends the children, which nobody could reach any more. (Should it be killed as well, the
 * next start finds the children by their recorded pids.) Without a POSIX shell there is none.
 */
export function startWatchdog(): Watchdog {
  if (platform() === "win32") return { watch: () => undefined, dismiss: () => undefined };
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // Without a shell, or when someone ends it, things go on: it is a second line of defence.
  shell.on("error", () => undefined);
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return {
    watch: (child, signal) => {
      shell.stdin.write(`${signal} ${child.pid}\n`);
    },
    dismiss: () => {
      shell.stdin.end("done\n");
    },
  };
}
