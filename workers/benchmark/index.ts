import { handleAdminRequest } from "./admin-api.ts";
import { readConfig } from "./config.ts";
import type { Coordinator } from "./coordinator.ts";
import { consoleWriter, createLog } from "./log.ts";
import { logFault } from "./platform-limits.ts";
import { CRONS } from "./schedule.ts";

export { Coordinator } from "./coordinator.ts";

export interface Env {
  readonly COORDINATOR: DurableObjectNamespace<Coordinator>;
  readonly ADMIN_RATE_LIMIT?: RateLimit;
  readonly [setting: string]: unknown;
}

/** The coordinator of this deployment's region: hinted there at its first use, and named by it. */
function coordinatorOf(env: Env): DurableObjectStub<Coordinator> {
  const { region } = readConfig(env);
  const id = env.COORDINATOR.idFromName(region);
  return env.COORDINATOR.get(id, { locationHint: region as DurableObjectLocationHint });
}

export default {
  async fetch(request, env): Promise<Response> {
    return handleAdminRequest(request, env, () => coordinatorOf(env));
  },

  async scheduled(controller, env): Promise<void> {
    const log = createLog(consoleWriter, []);
    // On a developer's machine a key stands before the five fields, or any page of a browser could start a run.
    const cron = controller.cron.split(" ").slice(-5).join(" ");
    try {
      const { cronKey } = readConfig(env);
      const isOurs = controller.cron === (cronKey === null ? cron : `${cronKey} ${cron}`);
      switch (isOurs ? cron : null) {
        case CRONS.benchmark:
          await coordinatorOf(env).requestRun({
            runName: "scheduled-run",
            triggeredBy: "cron-job",
            scheduledFor: controller.scheduledTime,
          });
          return;
        case CRONS.models:
          await coordinatorOf(env).requestJobs(["sync-models"]);
          return;
        case CRONS.prices:
          await coordinatorOf(env).requestJobs(["sync-prices", "prune"]);
          return;
        default:
          log.error("unknown_cron", { cron, hint: "No trigger of ours, or sent without CRON_KEY." });
      }
    } catch (error) {
      logFault(log, "cron_failed", error, { cron });
      // Seen by Cloudflare as a failed event too, so that its own dashboards and alerts show it.
      throw error;
    }
  },
} satisfies ExportedHandler<Env>;
