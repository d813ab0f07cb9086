import { ListError } from "../catalog/listed.ts";
import { describeError } from "../log.ts";
import { redact } from "../probe/redact.ts";

export interface FetchOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Never to appear in an error. */
  readonly secrets: readonly string[];
  readonly fetch: typeof fetch;
}

/** A failure that may be over in a minute: the line is down, the provider overloaded. */
export class PassingListError extends ListError {}

export interface Answer {
  readonly text: string;
  /** What its `Link` header names as the next page. */
  readonly nextLink: string | null;
}

/**
 * An outside answer as text, of a size and within a time that a list or feed has. Redirects are not followed: a key
 * goes nowhere but where it was meant to.
 *
 * @throws ListError, one line for a person; PassingListError where another try may help.
 */
export async function fetchAnswer(url: string, options: FetchOptions): Promise<Answer> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await options.fetch(url, {
      headers: { accept: "application/json", ...options.headers },
      redirect: "manual",
      signal,
    });
    if (!response.ok) {
      // Cancelled, not read: what a refusal says at length is not needed here.
      await response.body?.cancel();
      throw refusal(response.status);
    }
    return {
      text: await readText(response, options.maxBytes),
      nextLink: nextLinkIn(response.headers.get("link")),
    };
  } catch (error) {
    if (error instanceof ListError) throw error;
    if (signal.aborted) {
      throw new PassingListError(`no complete answer within ${Math.round(options.timeoutMs / 1000)} s`);
    }
    throw new PassingListError(
      redact(`cannot be reached: ${describeError(error)}`, options.secrets).slice(0, 300),
    );
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw new ListError(`the answer is larger than ${Math.round(maxBytes / 1_048_576)} MiB`);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join("");
}

function nextLinkIn(header: string | null): string | null {
  return /<([^<>]{1,2000})>\s*;[^<]*\brel="?next\b/i.exec(header ?? "")?.[1] ?? null;
}

function refusal(status: number): ListError {
  if (status === 401 || status === 403) return new ListError(`the key is refused (HTTP ${status})`);
  if (status >= 300 && status < 400)
    return new ListError(`redirects elsewhere (HTTP ${status}), which is not followed`);
  if (status === 404) return new ListError("nothing is there (HTTP 404)");
  if (status === 408 || status === 429 || status >= 500)
    return new PassingListError(`answers HTTP ${status}`);
  return new ListError(`answers HTTP ${status}`);
}
