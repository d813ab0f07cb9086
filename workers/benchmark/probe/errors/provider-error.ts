import { asText, at, isObject, type JsonObject, parseJson, toJsonText } from "../json.ts";

/** An error in the provider's own words, from an error body or from inside a stream. Not yet redacted. */
export interface ProviderError {
  readonly message: string;
  readonly code: string | null;
  readonly type: string | null;
  /** A status that the error itself names ("code": 429), which inside a 200 is the only one. */
  readonly status: number | null;
  /** The JSON it was read from: waits may stand in its details (see retry-after.ts). */
  readonly source?: unknown;
}

const MAX_HOLLOW_DEPTH = 4;
/** What servers put into a code or a status when all is well. */
const ALL_WELL = /^(?:0*|2\d\d|20\d{3}|ok|success|succeeded|true|none|null|in_progress|completed|active)$/i;

export function textError(message: string): ProviderError {
  return { message: message.trim(), code: null, type: null, status: null };
}

/**
 * The error that an event states outright, whatever else it holds; null where it states none. Understood are
 * `error` as object or text, at the top, in the choice or in Groq's own field; `errors`; `base_resp` (MiniMax);
 * `error_code` (FastChat, Baidu); `{object: "error"}` (vLLM, Mistral) and `{type: "error"}` (Anthropic). An error
 * with nothing in it (`error: {}`) is none.
 */
export function readStatedError(event: JsonObject, choice?: unknown): ProviderError | null {
  if (event.error) {
    const error = fromField(event.error, event);
    if (error !== null) return error;
  }
  if (isObject(choice) && choice.error) {
    const error = fromField(choice.error, choice);
    if (error !== null) return error;
  }
  if (event.x_groq !== undefined) {
    const error = fromField(at(event.x_groq, ["error"]), event);
    if (error !== null) return error;
  }
  if (event.object === "error" || event.type === "error") return fromObject(event, event);
  if (event.errors) {
    const error = fromField(Array.isArray(event.errors) ? event.errors[0] : event.errors, event);
    if (error !== null) return error;
  }
  if (event.base_resp !== undefined && isObject(event.base_resp)) {
    const { status_code, status_msg } = event.base_resp;
    if (saysFailure(status_code)) return fromObject({ code: status_code, message: status_msg }, event);
  }
  const code = event.error_code ?? event.errorCode ?? event.err_code ?? event.errcode ?? event.errno;
  if (saysFailure(code)) return fromObject({ ...event, code }, event);
  const said = asText(event.error_message) ?? asText(event.errorMessage) ?? asText(event.error_msg);
  return said === null ? null : fromObject({ message: said, code, type: event.error_type }, event);
}

/**
 * The error that any JSON reports, where it holds nothing else that is understood: also `[{error}]` (Gemini),
 * `{code, message}`, `{statusCode, message}`, `{status, detail}`, `{success: false}`, a fault or an exception.
 *
 * @param name of its event; "error" makes anything an error.
 */
export function readProviderError(value: unknown, name?: string): ProviderError | null {
  if (Array.isArray(value))
    return value.length > 0 && isObject(value[0]) ? readProviderError(value[0], name) : null;
  if (!isObject(value)) return null;
  const stated = readStatedError(value);
  if (stated !== null) return stated;
  for (const holder of [
    value.Error,
    value.fault,
    value.exception,
    at(value.Response, ["Error"]),
    value.ErrorMsg,
    value.header,
  ]) {
    if (isObject(holder) && !isHollow(holder) && saysFailure(codeOf(holder) ?? holder.faultstring))
      return fromObject(holder, value);
  }
  const failed =
    value.success === false ||
    value.ok === false ||
    saysFailure(codeOf(value)) ||
    /^(?:error|fail(?:ed|ure)?)$/i.test(asText(value.status) ?? asText(value.type) ?? "");
  const spoken = messageOf(value) !== "";
  if ((failed && spoken) || (name === "error" && !isHollow(value))) return fromObject(value, value);
  return name === "error" ? textError(toJsonText(value)) : null;
}

/**
 * The error in the body of a refusal, where any JSON speaks of the error and any text is better than none; of
 * HTML its title.
 */
export function readErrorBody(body: string): ProviderError {
  const json = parseJson(body);
  const known = readProviderError(json);
  if (known) return known;
  if (isObject(json)) return fromObject(isObject(json.detail) ? json.detail : json, json);
  if (typeof json === "string") return textError(json);
  const title = /<title[^<>]{0,200}>([^<]{1,500})/i.exec(body)?.[1];
  if (title !== undefined) return textError(title);
  return textError(/^\s*</.test(body) ? body.replace(/<[^<>]*>/g, " ") : body);
}

/** The error under an `error` field: an object, a text or a mere `true`. */
function fromField(error: unknown, envelope: JsonObject): ProviderError | null {
  if (isObject(error)) return isHollow(error) ? null : fromObject(error, envelope);
  if (Array.isArray(error)) return isHollow(error) ? null : fromField(error[0], envelope);
  const text = asText(error);
  if (text !== null && /^(?:null|none|false|ok|success)$/i.test(text)) return null;
  // NestJS and OAuth name the error in one field and explain it in another.
  const explained = messageOf({ ...envelope, error: null });
  if (text !== null && explained !== "")
    return fromObject({ ...envelope, error: null, type: envelope.type ?? text }, envelope);
  if (text !== null) return fromObject({ message: text }, envelope);
  if (error === undefined || error === null || error === false || error === 0 || error === "") return null;
  return explained === "" ? textError(toJsonText(error)) : fromObject({ ...envelope, error: null }, envelope);
}

/** Nothing in it but nulls, zeros and empty texts: a place kept for an error that is none. */
function isHollow(value: unknown, depth = 0): boolean {
  if (value === null || value === undefined || value === "" || value === false || value === 0) return true;
  if (typeof value !== "object" || depth > MAX_HOLLOW_DEPTH) return false;
  return Object.values(value).every((inner) => isHollow(inner, depth + 1));
}

function saysFailure(code: unknown): boolean {
  if (code === null || code === undefined || code === false || code === true) return false;
  return (
    (typeof code === "string" || typeof code === "number") &&
    !ALL_WELL.test(String(code).trim().slice(0, 100))
  );
}

function codeOf(value: JsonObject): unknown {
  return (
    value.code ??
    value.Code ??
    value.statusCode ??
    value.status_code ??
    value.error_code ??
    value.retcode ??
    value.ret ??
    (typeof value.status === "number" ? value.status : undefined)
  );
}

function fromObject(error: JsonObject, envelope: JsonObject): ProviderError {
  const code = scalar(codeOf(error)) ?? scalar(codeOf(envelope));
  return {
    message: messageOf(error) || toJsonText(error),
    code,
    type: asText(error.type) ?? asText(error.status) ?? asText(error.__type) ?? asText(envelope.error_type),
    status:
      httpStatus(error.status_code) ??
      httpStatus(error.statusCode) ??
      httpStatus(error.status) ??
      httpStatus(code) ??
      httpStatus(envelope.statusCode) ??
      httpStatus(envelope.status),
    source: envelope,
  };
}

/** The words of an error: its message under any of its names, with the upstream's own text; "" where it has none. */
function messageOf(error: JsonObject): string {
  const message =
    spoken(error.message) ??
    spoken(error.Message) ??
    spoken(error.detail) ??
    spoken(error.msg) ??
    asText(error.Msg) ??
    asText(error.error_description) ??
    asText(error.error_message) ??
    asText(error.errorMessage) ??
    asText(error.error_msg) ??
    asText(error.err_msg) ??
    asText(error.errmsg) ??
    asText(error.status_msg) ??
    asText(error.statusMessage) ??
    asText(error.faultstring) ??
    asText(error.reason) ??
    asText(error.title) ??
    asText(error.text) ??
    asText(error.error) ??
    "";
  const raw = at(error.metadata, ["raw"]);
  const upstream = asText(raw) ?? (isObject(raw) ? toJsonText(raw) : null);
  if (upstream === null) return message;
  return message === "" ? upstream : `${message}: ${upstream}`;
}

/** A text; or FastAPI's and NestJS's lists, `[{loc, msg}]` or texts; or an object with a message of its own. */
function spoken(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  if (Array.isArray(value)) {
    const lines = value.flatMap((item) =>
      typeof item === "string"
        ? [item]
        : isObject(item)
          ? [asText(item.msg) ?? asText(item.message) ?? toJsonText(item)]
          : [],
    );
    return lines.length > 0 ? lines.join("; ") : null;
  }
  return isObject(value) ? (asText(value.message) ?? asText(value.msg) ?? asText(value.error)) : null;
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
