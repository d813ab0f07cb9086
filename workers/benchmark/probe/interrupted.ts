import type { Provider } from "../providers/types.ts";
import { maxOutputTokens, promptVersion } from "./prompts.ts";
import { blankRow, type RowIdentity } from "./row.ts";
import type { Measurement, PromptName } from "./types.ts";

/** What was written down of a request before it was sent: all that is left of it after a restart. */
export interface CutOffRequest extends RowIdentity {
  readonly reasoning: boolean;
  readonly prompt: PromptName;
  readonly host: string;
  readonly askedAt: Date;
}

/**
 * The row of a request that our own restart cut off. What was sent is known, nothing of what came back is;
 * the probe is to blame, so it enters no figure but its own count.
 *
 * @param provider undefined where this version no longer knows it: what it was sent besides the prompt is unknown then.
 */
export async function interrupted(
  request: CutOffRequest,
  provider: Provider | undefined,
): Promise<Measurement> {
  const { model, reasoning, upstream, prompt, host, askedAt } = request;
  const row = blankRow(request, askedAt, await promptVersion(prompt));
  row.request_params = provider
    ? {
        stream: true,
        ...provider.parameters({ model, reasoning, upstream, maxOutputTokens: maxOutputTokens(reasoning) }),
      }
    : null;
  row.endpoint_host = host;
  row.error_kind = "interrupted";
  row.error_message = "The engine was restarted while this request was under way.";
  return row;
}
