import { type ProviderError, readErrorBody, readProviderError } from "../errors/provider-error.ts";
import { parseJson } from "../json.ts";
import { decodeEvent } from "../stream/decode.ts";
import type { Observer } from "../stream/observation.ts";
import { createSseReader } from "../stream/sse.ts";
import type { PassedDeadline } from "./deadlines.ts";
import { type BodyRead, type BodyReading, readBody } from "./read-body.ts";

/** An error's body says what it says soon or not at all; its status has already decided. */
const PLAIN_BODY_MS = 5_000;
const PLAIN_BODY_BYTES = 64 * 1024;
/** What may still come after an error inside a stream, its usage say, comes with it. */
const AFTER_ERROR_MS = 5_000;
const EXCERPT_BYTES = 300;

/** How an exchange came to its end; what that means is judged elsewhere. */
export type Ending =
  /** No response: the connection failed. */
  | { readonly how: "no response"; readonly cause: string }
  | { readonly how: "deadline"; readonly passed: PassedDeadline }
  /** A status other than 2xx. */
  | { readonly how: "refused"; readonly error: ProviderError }
  /** 204 or 205: success, and nothing to read. */
  | { readonly how: "no content" }
  /** JSON, HTML or the like; `error` where the JSON reports one. */
  | { readonly how: "not a stream"; readonly error: ProviderError | null; readonly excerpt: string }
  | { readonly how: "too large" }
  /** The connection was lost inside the body. */
  | { readonly how: "lost"; readonly cause: string }
  /** The closing event or the end of the body; `excerpt` is how the body began. */
  | { readonly how: "ended"; readonly excerpt: string };

export interface Answer {
  readonly ending: Ending;
  readonly endedAt: number;
  readonly bodyBytes: number;
}

/** Reads the body of any answer: a stream into the observer, anything else as the text it is. */
export async function readAnswer(
  response: Response,
  headersAt: number,
  observer: Observer,
  reading: BodyReading,
): Promise<Answer> {
  const { status, body } = response;
  if (status === 204 || status === 205) {
    return { ending: { how: "no content" }, endedAt: headersAt, bodyBytes: 0 };
  }
  if (!response.ok) {
    const plain = createTextCollector();
    reading.watch.limitRest("error body", headersAt, PLAIN_BODY_MS);
    const end = await readBody(body, reading, plain.take);
    const error = readErrorBody(plain.text());
    return { ending: { how: "refused", error }, endedAt: end.endedAt, bodyBytes: end.bytes };
  }
  return readStream(body, observer, reading);
}

async function readStream(
  body: ReadableStream<Uint8Array> | null,
  observer: Observer,
  reading: BodyReading,
): Promise<Answer> {
  const { watch } = reading;
  const plain = createTextCollector();
  let form = unknownForm();
  let excerpt: Uint8Array | null = null;
  const sse = createSseReader((json, text, name) => {
    if (!observer.done) observer.eventEnded(decodeEvent(json, text, name, observer.sink), text);
  });

  const takeEvents = (bytes: Uint8Array, atMs: number): boolean => {
    const chars = observer.all.chars;
    const finish = observer.finishReason;
    const { error, brokeOff } = observer;
    sse.push(bytes);
    if (observer.all.chars !== chars || observer.finishReason !== finish) watch.signOfLife(atMs);
    if (observer.error !== error || observer.brokeOff !== brokeOff) {
      watch.limitRest("after error", atMs, AFTER_ERROR_MS);
    }
    return !observer.done;
  };

  const end = await readBody(body, reading, (bytes, atMs) => {
    observer.arrive(atMs);
    if (form === "unknown") {
      form = formOf(bytes);
      excerpt ??= bytes.slice(0, EXCERPT_BYTES);
      if (form === "plain") watch.limitRest("error body", atMs, PLAIN_BODY_MS);
    }
    return form === "plain" ? plain.take(bytes) : takeEvents(bytes, atMs);
  });
  const answer = (ending: Ending): Answer => ({ ending, endedAt: end.endedAt, bodyBytes: end.bytes });

  if (form === "plain") {
    const text = plain.text();
    return answer({ how: "not a stream", error: readProviderError(parseJson(text)), excerpt: text });
  }
  // An event that lacks only its blank line came with the last bytes: the observer still has their time.
  if (!observer.done) sse.end();
  observer.end();
  const start = excerpt === null ? "" : readable(excerpt);
  return answer(streamEnding(end, start, observer, reading));
}

function streamEnding(end: BodyRead, excerpt: string, observer: Observer, { watch }: BodyReading): Ending {
  if (observer.done) return { how: "ended", excerpt };
  if (end.how === "lost") return { how: "lost", cause: end.cause };
  if (end.how === "too large") return { how: "too large" };
  if (watch.passed !== null) return { how: "deadline", passed: watch.passed };
  return { how: "ended", excerpt };
}

/** How a body began, as text, or its first bytes where it is none (compressed bytes under a wrong label, say). */
function readable(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes, { stream: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells bytes from text.
  if (!/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)) return text;
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b ? ", gzip without its label" : "";
  return `binary data that begins with ${hex}${gzip}`;
}

type Form = "unknown" | "events" | "plain";

/** Widened on purpose: the compiler does not see that the form is set inside a callback. */
function unknownForm(): Form {
  return "unknown";
}

/**
 * What a body is, by its first visible byte and not by its label: no line of an event stream starts with a
 * brace, a bracket, a quote or a tag.
 */
function formOf(bytes: Uint8Array): Form {
  for (const byte of bytes) {
    switch (byte) {
      case 0x09: // white space and the byte order mark
      case 0x0a:
      case 0x0d:
      case 0x20:
      case 0xef:
      case 0xbb:
      case 0xbf:
        continue;
      case 0x7b: // {
      case 0x5b: // [
      case 0x22: // "
      case 0x3c: // <
        return "plain";
      default:
        return "events";
    }
  }
  return "unknown";
}

function createTextCollector() {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  return {
    /** True while there is room for more. */
    take(part: Uint8Array): boolean {
      const room = PLAIN_BODY_BYTES - bytes;
      text += decoder.decode(part.subarray(0, room), { stream: true });
      bytes += part.byteLength;
      return bytes < PLAIN_BODY_BYTES;
    },
    text: (): string => text + decoder.decode(),
  };
}
