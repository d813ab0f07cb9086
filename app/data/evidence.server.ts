import { z } from "zod";
import { FAILURE_OWNERS, failureTitle } from "../lib/failures.ts";
import { formatMs, formatNumber, formatSeconds, formatTps } from "../lib/format.ts";
import type { StateNow } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import { figure, time } from "../lib/schema.ts";
import { incidentsSince } from "./incidents.server.ts";
import { figuresSchema } from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

type Figures = z.infer<typeof figuresSchema>;

/** What `endpoint_evidence` returns. */
export const evidenceSchema = z.object({
  usual: figuresSchema,
  now: figuresSchema,
  requests: z.array(
    z.object({
      id: z.guid(),
      run_id: z.guid(),
      at: time,
      success: z.boolean(),
      error_kind: z.string().nullable(),
      owner: z.enum(FAILURE_OWNERS).nullable(),
      status_code: z.int().nullable(),
      ttft_ms: figure,
      tps: figure,
      total_latency_ms: figure,
      confirmation: z.boolean(),
    }),
  ),
});

export type Evidence = NonNullable<Awaited<ReturnType<typeof readEvidence>>>;

/**
 * What shows that an endpoint is down or degraded, without locked metrics: its medians since then against the 7 days
 * before, its newest requests, and its incident.
 * @returns null where it is neither, or where since when is not known
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readEvidence(
  reader: Reader,
  now: StateNow | null,
  location: string | null,
  locked: ReadonlySet<LockableMetric>,
) {
  if (now === null || now.since === null || (now.state !== "down" && now.state !== "degraded")) return null;
  const { provider, model, since } = now;
  const [answer, incidents] = await Promise.all([
    reader.call("endpoint_evidence", {
      of_provider: provider,
      of_model: model,
      began_at: since,
      at_location: location,
    }),
    incidentsSince(reader, { provider, location, since }, locked),
  ]);
  const evidence = evidenceSchema.parse(answer);
  // None of it is shown from there, or it was pruned.
  if (evidence.requests.length === 0) return null;
  const incident = incidents.find(
    (each) =>
      each.closed_at === null &&
      each.simulated === now.simulated &&
      each.endpoints.some((endpoint) => endpoint.model === model && endpoint.until === null),
  );
  return {
    since,
    incident: incident?.id ?? null,
    failed: evidence.now.attempts - evidence.now.successes,
    attempts: evidence.now.attempts,
    against: againstUsual(evidence, locked),
    requests: evidence.requests.map(({ ttft_ms, tps, total_latency_ms, ...request }) => ({
      id: request.id,
      run_id: request.run_id,
      at: request.at,
      success: request.success,
      outcome: request.success
        ? "success"
        : `${failureTitle(request.error_kind, request.owner)}${request.status_code === null ? "" : ` (HTTP ${request.status_code})`}`,
      confirmation: request.confirmation,
      ttft: isOpen("ttft", locked) ? formatMs(ttft_ms) : null,
      tps: isOpen("tps", locked) ? formatTps(tps) : null,
      latency: isOpen("latency", locked) ? formatSeconds(total_latency_ms) : null,
    })),
  };
}

/** Each open figure now and as it usually is, with how many times as much it is. */
function againstUsual(
  { usual, now }: { readonly usual: Figures; readonly now: Figures },
  locked: ReadonlySet<LockableMetric>,
) {
  const figures = [
    { name: "TTFT", key: "ttft", format: formatMs },
    { name: "TPS", key: "tps", format: formatTps },
    { name: "Total latency", key: "latency", format: formatSeconds },
  ] as const;
  return figures.flatMap(({ name, key, format }) => {
    const [before, since] = [usual[key].p50, now[key].p50];
    if (!isOpen(key, locked) || before === null || since === null) return [];
    return [
      {
        name,
        now: format(since),
        usual: format(before),
        times: before > 0 ? `${formatNumber(since / before, 2)} times its usual` : null,
      },
    ];
  });
}
