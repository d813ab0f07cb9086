import { data } from "@remix-run/cloudflare";
import { logEvent } from "../lib/log.ts";
import type { ProblemBody } from "../lib/problem.ts";
import type { Services } from "./context.server.ts";
import { ReadError } from "./reader.server.ts";

const STATUS: Readonly<Record<ProblemBody["reason"], number>> = {
  settings: 500,
  unreachable: 503,
  refused: 502,
  not_migrated: 502,
  timed_out: 504,
  busy: 429,
  failed: 502,
};

function problem(reason: ProblemBody["reason"], details: readonly string[]) {
  return data({ reason, details } satisfies ProblemBody, { status: STATUS[reason] });
}

/**
 * Runs a read and turns its failures into pages.
 * @throws a response with a `ProblemBody` where settings are missing or the database gives no answer.
 */
export async function withServices<T>(
  services: Services,
  read: (services: Extract<Services, { ok: true }>) => Promise<T>,
): Promise<T> {
  if (!services.ok) throw problem("settings", services.problems);
  try {
    return await read(services);
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    logEvent("error", "read_failed", { failure: error.failure, message: error.message });
    throw problem(error.failure, []);
  }
}
