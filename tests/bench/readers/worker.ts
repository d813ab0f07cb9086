/** The same readers as a Worker: POST a task to /floor or /probe, get the reading. */
import { floorReader } from "./floor.ts";
import { probeReader } from "./probe.ts";
import type { Task } from "./types.ts";

const now = (): number => performance.now();

export default {
  async fetch(request: Request): Promise<Response> {
    const read = new URL(request.url).pathname === "/probe" ? probeReader(now) : floorReader(now);
    const task = (await request.json()) as Task;
    return Response.json(await read(task));
  },
};
