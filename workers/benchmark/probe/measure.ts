import { type Exchange, exchange } from "./network/exchange.ts";
import { failureText } from "./network/failure-text.ts";
import { openConnection } from "./network/warmup.ts";
import { maxOutputTokens, promptMessage, promptVersion } from "./prompts.ts";
import { readableLine } from "./redact.ts";
import { rehearse } from "./rehearsal.ts";
import { retryAfterMs } from "./retry-after.ts";
import { blankRow, fillRow, secretsOf } from "./row.ts";
import { storableNumber, storableText } from "./storable.ts";
import type { Measurement, ProbeEnvironment, ProbeOutcome, ProbeRequest } from "./types.ts";

/**
 * Asks one model once and says what was seen. Never rejects: every end of a request is a result, also the
 * probe's own mistakes (`probe_fault`). What each field means stands in docs/metrics.md.
 */
export async function measure(request: ProbeRequest, environment: ProbeEnvironment): Promise<ProbeOutcome> {
  const row = blankRow({ ...request, provider: request.provider.slug }, environment.date(), "");
  const startedAt = environment.now();
  try {
    await warmCodePath();
    row.prompt_version = await promptVersion(request.prompt);
    row.colo = environment.colo;
    row.endpoint_host = new URL(request.baseUrl).host;
    const { provider, model, reasoning, upstream } = request;
    const parameters = provider.parameters({
      model,
      reasoning,
      upstream,
      maxOutputTokens: maxOutputTokens(reasoning),
    });
    row.request_params = { stream: true, ...parameters };
    const content = promptMessage(request.prompt, request.id);
    const messages = [{ role: "user", content }];

    if (request.warmup) row.warmup_ms = storableNumber(await openConnection(request, environment));
    row.created_at = environment.date().toISOString();
    const measured = await exchange(
      {
        url: request.baseUrl + provider.chatPath,
        headers: requestHeaders(request),
        body: JSON.stringify({ model, messages, ...row.request_params }),
      },
      request,
      environment,
    );
    const charge = fillRow(row, measured, request, content.length);
    return {
      measurement: row,
      retryAfterMs: waitAfter(row, measured, environment.date()),
      ...charge,
    };
  } catch (error) {
    row.success = false;
    row.error_kind = "probe_fault";
    row.error_message = storableText(
      readableLine(`the probe failed: ${failureText(error)}`, secretsOf(request)),
    );
    row.total_latency_ms = storableNumber(environment.now() - startedAt);
    return { measurement: row, retryAfterMs: null, usageReported: false };
  }
}

/** How long a provider wants to be left alone: from a refusal, or from a limit inside a stream. */
function waitAfter(row: Measurement, { ending, response, observation }: Exchange, now: Date): number | null {
  if (response === null || (row.error_kind !== "rate_limited" && ending.how !== "refused")) return null;
  const stated = ending.how === "refused" || ending.how === "not a stream" ? ending.error : null;
  return retryAfterMs(response.headers, now, stated ?? observation.error);
}

let warm = false;

/**
 * Runs the whole way from bytes to metrics once over an answer in memory. The first time through is slower
 * (code is compiled, streams and decoders are set up), and that would be read as the first model's latency;
 * the network's part of a cold start is the warm-up request's. Later calls return at once.
 */
export async function warmCodePath(): Promise<void> {
  if (warm) return;
  warm = true;
  await rehearse();
}

function requestHeaders({ provider, apiKey }: ProbeRequest): Record<string, string> {
  return {
    ...provider.headers(apiKey),
    "content-type": "application/json",
    accept: "text/event-stream",
    // A compressor between server and probe holds tokens back until its block is full.
    "accept-encoding": "identity",
  };
}
