import { WorkerEntrypoint } from "cloudflare:workers";
import { logEvent } from "../../app/lib/log.ts";
import * as generated from "../../build/server/index.js";
import { DATA_TAG } from "./cache.ts";
import { createDashboard } from "./handler.ts";
import { narrowRoutes } from "./routing.ts";
import { type DashboardBuild, warmUp } from "./warm-up.ts";

// The build is generated JavaScript; its types are those of the Remix version it was made with.
const build = generated as unknown as DashboardBuild;

const { createRequestHandler, getLoadContext } = build.entry.module;

const answer = createDashboard(
  narrowRoutes(build, createRequestHandler),
  getLoadContext,
  build.assets.version,
);

// Without it the first answer is slow, and no other.
await warmUp(build).catch((error: unknown) =>
  logEvent("error", "warm_up_failed", { message: String(error) }),
);

export default class Dashboard extends WorkerEntrypoint<Record<string, unknown>> {
  override fetch(request: Request): Promise<Response> {
    return answer(request, this.env);
  }

  /**
   * For the benchmark Worker, over its service binding: what is kept of pages is to be made anew. A purge reaches the
   * entrypoint that asks for it, so it is asked for here and in no entrypoint of its own.
   */
  async dataChanged(): Promise<void> {
    const purged = await this.ctx.cache?.purge({ tags: [DATA_TAG] });
    if (purged?.success === false) throw new Error(purged.errors.map(({ message }) => message).join("; "));
  }
}
