import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Miniflare, type WorkerOptions } from "miniflare";
import { heapMiB } from "../../support/workerd.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface DashboardServer {
  readonly url: string;
  /** What its isolate's heap holds, MiB; only of one that was started to be inspected. */
  heapMiB(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * The built dashboard Worker in workerd, with its static files, on a free port of 127.0.0.1.
 * @param bindings the Worker's settings (SUPABASE_URL, SUPABASE_ANON_KEY, LOCKED_METRICS)
 * @param ratelimits none unless given: a test asks more than any visitor
 * @param options.code of another Worker in its place, to compare with
 */
export async function startDashboard(
  bindings: Record<string, string>,
  ratelimits: WorkerOptions["ratelimits"] = {},
  { inspected = false, code = builtCode() }: { inspected?: boolean; code?: string } = {},
): Promise<DashboardServer> {
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    ...(inspected && { inspectorPort: 0 }),
    modules: [{ type: "ESModule", path: "index.js", contents: code }],
    compatibilityDate: /compatibility_date = "(.+)"/.exec(readFileSync(`${root}wrangler.toml`, "utf8"))?.[1],
    bindings,
    ratelimits,
    assets: {
      directory: `${root}build/client`,
      routerConfig: { has_user_worker: true },
    },
  });
  const url = await miniflare.ready;
  return {
    url: url.href.replace(/\/$/, ""),
    heapMiB: async () => heapMiB(await miniflare.getInspectorURL()),
    stop: () => miniflare.dispose(),
  };
}

function builtCode(): string {
  const script = `${root}build/worker-dashboard/index.js`;
  if (!existsSync(script)) throw new Error("the dashboard is not built: run npm run build");
  return readFileSync(script, "utf8");
}
