import { createRequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import type { getLoadContext } from "../../app/data/load-context.server.ts";
import * as generated from "../../build/server/index.js";
import { createDashboard } from "./handler.ts";

/** What app/entry.server.tsx exports beyond Remix's own names stays reachable in the build. */
type DashboardBuild = ServerBuild & { entry: { module: { getLoadContext: typeof getLoadContext } } };

// The build is generated JavaScript; its types are those of the Remix version it was made with.
const build = generated as unknown as DashboardBuild;

export default createDashboard(createRequestHandler(build), build.entry.module.getLoadContext);
