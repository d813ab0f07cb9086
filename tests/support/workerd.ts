import { execFileSync } from "node:child_process";
import { basename } from "node:path";

interface Workerd {
  readonly pid: number;
  /** Resident memory, MiB. */
  readonly memoryMiB: number;
}

/** Kills (SIGKILL) every workerd that this test process started. Throws where there is none. */
export function killWorkerd(): void {
  for (const { pid } of startedWorkerds()) process.kill(pid, "SIGKILL");
}

/** Resident memory, MiB, of the largest workerd that this process started. Throws where there is none. */
export function workerdMemoryMiB(): number {
  return Math.max(...startedWorkerds().map(({ memoryMiB }) => memoryMiB));
}

const INSPECTOR_MS = 5_000;

/** What the heap of a Worker's isolate holds, MiB, by workerd's inspector. Cloudflare ends an isolate beyond 128. */
export async function heapMiB(inspector: URL): Promise<number> {
  const socket = new WebSocket(new URL("/core:user:", inspector));
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("the inspector does not answer")), INSPECTOR_MS);
      socket.addEventListener("error", () => reject(new Error("the inspector cannot be reached")));
      socket.addEventListener("message", ({ data }) => resolve(String(data)));
      socket.addEventListener("open", () =>
        socket.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" })),
      );
    });
    const { result } = JSON.parse(answer) as { result: { usedSize: number; backingStorageSize?: number } };
    return (result.usedSize + (result.backingStorageSize ?? 0)) / 1_048_576;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** Told by the program's name alone: the path before it may hold spaces. */
function startedWorkerds(): Workerd[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,rss=,comm="], { encoding: "utf8" });
  const found = table.split("\n").flatMap((line) => {
    const [, pid, parent, kib, program = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) !== process.pid || basename(program) !== "workerd") return [];
    return [{ pid: Number(pid), memoryMiB: Number(kib) / 1024 }];
  });
  if (found.length === 0) throw new Error("this process has started no workerd");
  return found;
}
