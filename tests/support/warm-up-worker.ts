import * as generated from "../../build/server/index.js";
import { type DashboardBuild, warmUp } from "../../workers/dashboard/warm-up.ts";

const pages = await warmUp(generated as unknown as DashboardBuild);

/** Tells what the dashboard's warm-up made, in the place where the dashboard runs it: while an isolate starts. */
export default { fetch: () => Response.json(pages) };
