import { readableLine } from "./redact.ts";
import { storableName } from "./storable.ts";

const MAX_ENTRIES = 32;
const MAX_NUMBER_CHARS = 40;
/**
 * Headers in which servers speak of their own time or name the call: `openai-processing-ms`, `x-request-id`,
 * `x-generation-id`, `server-timing`, `x-envoy-upstream-service-time`, Together's and Fireworks' many.
 */
const TELLING = /(?:^|-)(?:time|times|timing|latency|duration|ms|generation-id|request-id)(?:-|$)/;
const OTHER_MATTERS = /ratelimit|rate-limit|retry-after|cookie|auth|timeout|expire/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e-?\d+)?$/i;

/** Headers that name a call in the words of its provider, the plainest first. */
const REQUEST_IDS = ["x-request-id", "request-id", "x-generation-id", "x-amzn-requestid", "apim-request-id"];

/** The provider's own id of a call, where its headers give one. */
export function requestIdOf(headers: Headers | null): string | null {
  for (const name of REQUEST_IDS) {
    const id = headers?.get(name);
    if (id) return id;
  }
  return null;
}

/**
 * What the server says of itself, from its stream and its headers; null where it says nothing. Numbers stay
 * as sent, in the unit the server uses.
 */
export function serverTiming(
  headers: Headers | null,
  stream: ReadonlyMap<string, unknown>,
  secrets: readonly string[],
): Record<string, string | number> | null {
  const timing: Record<string, string | number> = {};
  const set = (name: string, value: unknown): void => {
    if (Object.keys(timing).length >= MAX_ENTRIES || name === "__proto__") return;
    const plain =
      typeof value === "string" && value.length <= MAX_NUMBER_CHARS && NUMBER.test(value.trim())
        ? Number(value)
        : value;
    if (typeof plain === "number" && Number.isFinite(plain)) timing[storableName(name)] = plain;
    else if (typeof plain === "string")
      timing[storableName(name)] = storableName(readableLine(plain, secrets));
  };
  for (const [name, value] of stream) set(name, value);
  headers?.forEach((value, name) => {
    if (TELLING.test(name) && !OTHER_MATTERS.test(name)) set(name, value);
  });
  return Object.keys(timing).length > 0 ? timing : null;
}
