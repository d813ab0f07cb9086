import { ListError } from "../catalog/listed.ts";
import { describeError } from "../log.ts";
import { redact } from "../probe/redact.ts";

/** A Durable Object has 128 MB for everything; the longest real lists are around 2 MB, the price feed 3 MB. */
export const MAX_ANSWER_BYTES = 6 * 1024 * 1024;
/** JSON values: each takes tens of bytes of memory, however short it is written. */
export const MAX_VALUES = 300_000;

export interface FetchOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
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
      text: boundedValues(await readText(response)),
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

async function readText(response: Response): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw new ListError(`the answer is larger than ${MAX_ANSWER_BYTES / 1_048_576} MiB`);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join("");
}

/** @throws ListError before JSON.parse makes of a few megabytes hundreds. */
function boundedValues(text: string): string {
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A comma, or what opens a list or an object: no value comes without one before it, but for the first.
    if (code === 0x2c || code === 0x5b || code === 0x7b) values++;
  }
  if (values > MAX_VALUES) throw new ListError(`the answer has more than ${MAX_VALUES / 1_000},000 values`);
  return text;
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
