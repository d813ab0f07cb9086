import { maxOutputTokens, promptVersion } from "./prompts.ts";
import { blankRow } from "./row.ts";
import type { Measurement, ProbeRequest } from "./types.ts";

/**
 * The row of a request that our own restart cut off. What was sent is known, nothing of what came back is;
 * the probe is to blame, so it enters no figure but its own count.
 */
export async function interrupted(request: ProbeRequest, askedAt: Date): Promise<Measurement> {
  const { provider, model, reasoning } = request;
  const row = blankRow(request, askedAt, await promptVersion(request.prompt));
  row.request_params = {
    stream: true,
    ...provider.parameters({ model, reasoning, maxOutputTokens: maxOutputTokens(reasoning) }),
  };
  row.endpoint_host = new URL(request.baseUrl).host;
  row.error_kind = "interrupted";
  row.error_message = "The engine was restarted while this request was under way.";
  return row;
}
