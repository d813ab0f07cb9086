import { asText, at, isObject, type JsonObject, parseJson, toJsonText } from "../json.ts";

/** An error in the provider's own words, from an error body or from inside a stream. Not yet redacted. */
export interface ProviderError {
  readonly message: string;
  readonly code: string | null;
  readonly type: string | null;
  /** A status that the error itself names ("code": 429), which inside a 200 is the only one. */
  readonly status: number | null;
}

/**
 * The error that a JSON value reports, or null where it reports none. Understood are the shapes in the field:
 * `{error: {message, code, type}}` (OpenAI and nearly all), `{error: "text"}` (xAI), `{type: "error", error}`
 * (Anthropic), `{object: "error", message}` (vLLM, Mistral), `[{error}]` (Gemini), `{errors: [...]}`
 * (Cloudflare), with OpenRouter's upstream text under `error.metadata.raw`.
 */
export function readProviderError(value: unknown): ProviderError | null {
  if (Array.isArray(value))
    return value.length > 0 && isObject(value[0]) ? readProviderError(value[0]) : null;
  if (!isObject(value)) return null;
  const error = value.error;
  if (isObject(error)) return fromObject(error, value);
  const text = asText(error);
  if (text !== null) return fromObject({ message: text }, value);
  if (error !== undefined && error !== null && error !== false && error !== "") {
    return fromObject({ message: toJsonText(error) }, value);
  }
  if (value.object === "error" || value.type === "error") return fromObject(value, value);
  const errors = value.errors;
  if (Array.isArray(errors) && errors.length > 0) {
    const first: unknown = errors[0];
    return fromObject(isObject(first) ? first : { message: String(first) }, value);
  }
  return null;
}

/**
 * The error in the body of a refusal, where any JSON speaks of the error and any text is better than none:
 * also `{message}` and FastAPI's `{detail}`; of HTML its title.
 */
export function readErrorBody(body: string): ProviderError {
  const json = parseJson(body);
  const known = readProviderError(json);
  if (known) return known;
  if (isObject(json)) {
    const detail = isObject(json.detail) ? json.detail : json;
    return fromObject(detail, json);
  }
  if (typeof json === "string") return plain(json);
  const title = /<title[^>]*>([^<]{1,500})/i.exec(body)?.[1];
  if (title !== undefined) return plain(title);
  return plain(/^\s*</.test(body) ? body.replace(/<[^<>]*>/g, " ") : body);
}

function plain(message: string): ProviderError {
  return { message: message.trim(), code: null, type: null, status: null };
}

function fromObject(error: JsonObject, envelope: JsonObject): ProviderError {
  const code = scalar(error.code) ?? scalar(envelope.code);
  return {
    message: messageOf(error),
    code,
    type: asText(error.type) ?? asText(error.status),
    status: httpStatus(error.status_code) ?? httpStatus(error.status) ?? httpStatus(code),
  };
}

function messageOf(error: JsonObject): string {
  const message =
    asText(error.message) ?? asText(error.detail) ?? asText(error.msg) ?? detailList(error.detail) ?? "";
  const raw = at(error, ["metadata", "raw"]);
  const upstream = asText(raw) ?? (isObject(raw) ? toJsonText(raw) : null);
  if (message === "" && upstream === null) return toJsonText(error);
  if (upstream === null) return message;
  return message === "" ? upstream : `${message}: ${upstream}`;
}

/** FastAPI's validation errors: `detail: [{loc, msg}]`. */
function detailList(detail: unknown): string | null {
  if (!Array.isArray(detail)) return null;
  const lines = detail.flatMap((item) => (isObject(item) ? [asText(item.msg) ?? toJsonText(item)] : []));
  return lines.length > 0 ? lines.join("; ") : null;
}

function scalar(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return asText(value);
}

function httpStatus(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 400 && number <= 599
    ? number
    : null;
}
