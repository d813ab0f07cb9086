import { spawn } from "node:child_process";
import { platform } from "node:os";
import type { Child } from "./processes.ts";

export interface Watchdog {
  watch(child: Child, signal: "INT" | "TERM"): void;
  /** Ends the watchdog; the children are left alone. */
  dismiss(): void;
}

/**
 * Keeps a list of signals and pids from its input, and of those that have ended; ends the rest when the input
 * ends without the word "done".
 */
const SCRIPT = `
set --
ended=' '
while read -r word pid; do
  case "$word" in
    done) exit 0 ;;
    ended) ended="$ended$pid " ;;
    *) set -- "$@" "$word" "$pid" ;;
  esac
done
while [ $# -gt 0 ]; do
  case "$ended" in *" $2 "*) ;; *) kill -s "$1" "$2" 2>/dev/null ;; esac
  shift 2
done
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
      // A pid that is free again may be someone else's soon.
      void child.exited.then(() => shell.stdin.writable && shell.stdin.write(`ended ${child.pid}\n`));
    },
    dismiss: () => {
      shell.stdin.end("done\n");
    },
  };
}
