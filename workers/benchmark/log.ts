import { redact } from "./probe/redact.ts";
import { visible } from "./visible.ts";

export type Level = "info" | "warn" | "error";

/** Facts of one event. Values are plain data; secrets in them are removed before the line is written. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

/**
 * The one way to log: one JSON line an event, `{level, event, time, …fields}`, so that Workers Logs index each
 * field. Everything passes the redaction here, whatever the caller did.
 *
 * @param write takes the finished line; Workers hand in the console, tests an array.
 * @param secrets values that must never appear (API keys, tokens), besides everything shaped like one.
 */
export function createLog(write: (line: string, level: Level) => void, secrets: readonly string[]): Log {
  const known = secrets.filter((secret) => secret.length >= 4);
  const emit = (level: Level, event: string, fields: Fields = {}) => {
    write(
      visible(
        JSON.stringify({ level, event, time: new Date().toISOString(), ...(clean(fields, known) as Fields) }),
      ),
      level,
    );
  };
  return {
    info: (event, fields) => emit("info", event, fields),
    warn: (event, fields) => emit("warn", event, fields),
    error: (event, fields) => emit("error", event, fields),
  };
}

/** Writes to the Worker's console: info to stdout, the rest to stderr. */
export function consoleWriter(line: string, level: Level): void {
  if (level === "error") console.error(line);
  else if (level === "warn") console.warn(line);
  else console.log(line);
}

const IDENTIFIERS = new Set(["run_id", "request_id", "provider", "model", "time", "location"]);

function clean(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === "string") return redact(value, secrets);
  if (value instanceof Error) return redact(describeError(value), secrets);
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? String(value) : value;
  if (depth >= 6) return "[deep]";
  if (Array.isArray(value)) return value.map((item) => clean(item, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      // Ids are ours, and a long model name must not be taken for a key.
      IDENTIFIERS.has(key) && !includesAny(item, secrets) ? item : clean(item, secrets, depth + 1),
    ]),
  );
}

function includesAny(value: unknown, secrets: readonly string[]): boolean {
  return typeof value === "string" && secrets.some((secret) => value.includes(secret));
}

/** One line for a person: the message and, where there is one, the cause's. Never the stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : describeError(error.cause);
  return cause && !error.message.includes(cause) ? `${error.message} (${cause})` : error.message;
}

/** A log line for a person at a terminal; null where the line is none of ours. */
export function formatEvent(line: string): string | null {
  const fields = parseLine(line);
  if (!fields) return null;
  const { level, event, time, ...rest } = fields;
  const clock = String(time).slice(11, 19);
  const mark = level === "error" ? "ERROR" : level === "warn" ? "warn " : "     ";
  return visible(`${clock} ${mark} ${describeEvent(String(event), rest)}`);
}

/** The fields of a log line, or null where the line is none of ours. */
export function parseLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{"level":')) return null;
  try {
    const fields: unknown = JSON.parse(line);
    return typeof fields === "object" && fields !== null && "event" in fields ? { ...fields } : null;
  } catch {
    return null;
  }
}

function describeEvent(event: string, fields: Record<string, unknown>): string {
  if (event === "target_measured") return describeResult(fields);
  if (event === "run_started")
    return `run ${fields.run_id} started: ${fields.targets} targets, from ${fields.location}`;
  if (event === "run_finished")
    return `run ${fields.run_id} finished: ${fields.measured} measured, ${fields.skipped} skipped`;
  const details = Object.entries(fields).map(([key, value]) => `${key}=${plain(value)}`);
  return [event.replaceAll("_", " "), ...details].join("  ");
}

/** One finished request: endpoint, total latency, TTFT, TPS, tokens in and out, cost, status. */
export function describeResult(fields: Record<string, unknown>): string {
  const endpoint = `${fields.provider}/${fields.model}`.padEnd(46);
  const tokens = `${fields.input_tokens} in, ${fields.output_tokens} out`;
  const cost = fields.cost_source === "unknown" ? "cost unknown" : `$${Number(fields.cost_usd).toFixed(6)}`;
  const status = fields.success
    ? `ok (${fields.status_code})`
    : `FAILED ${fields.error_kind} (${fields.status_code ?? "no response"}): ${fields.error_message}`;
  const parts = [
    `total ${unit(fields.total_latency_ms, "ms")}`,
    `TTFT ${unit(fields.ttft_ms, "ms")}`,
    `TPS ${unit(fields.tps, "tokens/s")}`,
    tokens,
    cost,
    status,
    ...(fields.simulated ? ["SIMULATED"] : []),
  ];
  return visible(`${endpoint} ${parts.join(" | ")}`);
}

function unit(value: unknown, name: string): string {
  return typeof value === "number" ? `${Math.round(value)} ${name}` : "n/a";
}

function plain(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
