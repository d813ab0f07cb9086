import { WorkerEntrypoint } from "cloudflare:workers";
import { createRequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import type { getLoadContext } from "../../app/data/load-context.server.ts";
import * as generated from "../../build/server/index.js";
import { DATA_TAG } from "./cache.ts";
import { createDashboard } from "./handler.ts";

/** What app/entry.server.tsx exports beyond Remix's own names stays reachable in the build. */
type DashboardBuild = ServerBuild & { entry: { module: { getLoadContext: typeof getLoadContext } } };

// The build is generated JavaScript; its types are those of the Remix version it was made with.
const build = generated as unknown as DashboardBuild;

const answer = createDashboard(
  createRequestHandler(build),
  build.entry.module.getLoadContext,
  build.assets.version,
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
