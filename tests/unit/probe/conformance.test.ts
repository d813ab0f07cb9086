import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { redact } from "../../../workers/benchmark/probe/redact.ts";
import { createSseReader } from "../../../workers/benchmark/probe/stream/sse.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";
import { type Answer, ask, KEY, provider, type Read } from "./ask.ts";
import { cutAtRandom, randomFrom } from "./framing.ts";

/*
 * Recorded answers of providers, replayed through the real measure(). They belong to others and are not part
 * of this repository: CONFORMANCE_CORPUS names the folder. Beside each recording `<name>` stands
 * `<name>.expect.json` with what a reader of it must see.
 */
const folder = process.env.CONFORMANCE_CORPUS;
const seed = Number(process.env.CONFORMANCE_SEED ?? Date.now() % 1_000_000);
const RANDOM_CUTS = 5;

const count = z.number().nullish();
const expectation = z.object({
  kind: z.enum(["sse", "error", "models"]),
  api: z.string(),
  http_status: z.number(),
  response_headers: z.record(z.string(), z.string()).default({}),
  expect: z.looseObject({
    text: z.string().optional(),
    reasoning: z.string().optional(),
    finish_reason: z.string().nullish(),
    prompt_tokens: count,
    completion_tokens: count,
    reasoning_tokens: count,
    cached_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
    cost: z.union([z.number(), z.object({ total_cost: z.number() })]).nullish(),
    cost_in_usd_ticks: count,
    provider: z.string().nullish(),
    server_timing: z.record(z.string(), z.number()).optional(),
    tool_calls: z.array(z.object({ name: z.string(), arguments: z.string() })).default([]),
    done: z.boolean().nullish(),
    error: z.looseObject({ message: z.string(), code: z.unknown(), type: z.unknown() }).nullish(),
    retry_after: z.string().nullish(),
    shape: z
      .looseObject({
        data_events: z.number(),
        first_output_event: z.number().nullish(),
        bad_json: z.number().default(0),
        total_minus_prompt_minus_completion: z.number().default(0),
      })
      .optional(),
  }),
});
type Expectation = z.infer<typeof expectation>;

interface Recording {
  readonly name: string;
  readonly body: Uint8Array;
  readonly about: Expectation;
}

function recordings(root: string): Recording[] {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".expect.json"))
    .sort()
    .map((file) => {
      const path = join(root, file);
      const about = expectation.parse(JSON.parse(readFileSync(path, "utf8")));
      const stem = path.slice(0, -".expect.json".length);
      const body = readFileSync(`${stem}.${about.kind === "sse" ? "sse" : "json"}`);
      return { name: relative(root, stem), body, about };
    });
}

/** The status alone decides these; the recorded 400s are told apart by what they are recordings of. */
function expectedKind(status: number, about: Expectation): string {
  const kinds: Readonly<Record<number, string>> = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "model_not_found",
    408: "timeout",
    429: "rate_limited",
  };
  const message = about.expect.error?.message ?? "";
  if (status === 400 && /api key/i.test(message)) return "auth";
  return kinds[status] ?? (status >= 500 ? "server_error" : "invalid_request");
}

/** The provider whose folder a recording stands in; other hosts and derived ones speak the common dialect. */
function providerOf({ name, about }: Recording) {
  if (about.api === "anthropic-messages") return provider("anthropic");
  const slug = name.split("/")[0] ?? "";
  const stem = name.split("/")[1]?.split("-")[0] ?? "";
  return findProvider(slug) ?? findProvider(stem) ?? provider("openai");
}

/** Cuts after each blank line, whichever line ending is used. */
function eventByEvent(body: Uint8Array): Uint8Array[] {
  const text = Buffer.from(body).toString("latin1");
  return text.split(/(?<=\r\n\r\n|\n\n|\r\r)/).map((part) => Buffer.from(part, "latin1"));
}

type Framing = readonly [name: string, cut: (body: Uint8Array) => Uint8Array[]];

function framings(random: () => number): Framing[] {
  const cuts = Array.from(
    { length: RANDOM_CUTS },
    (_, index): Framing => [`cut at random bytes, ${index + 1}`, (body) => cutAtRandom(body, random)],
  );
  return [["whole", (body) => [body]], ["event by event", eventByEvent], ...cuts];
}

function answerOf({ body, about }: Recording, cut: Framing[1]): Answer {
  const reads = cut(body).map((bytes, index): Read => ({ atMs: 100 + index * 5, bytes }));
  return { reads, status: about.http_status, headers: about.response_headers };
}

async function replayStream(recording: Recording, cut: Framing[1]): Promise<void> {
  const { expect: wanted } = recording.about;
  const { row, pieces } = await ask(answerOf(recording, cut), {
    provider: providerOf(recording),
    price: { input: 1, output: 1, cachedInput: null },
  });
  const textOf = (kind: string): string =>
    pieces.map((piece) => (piece.kind === kind ? piece.text : "")).join("");

  expect(row.response_text ?? "").toBe(wanted.text ?? "");
  expect(textOf("reasoning")).toBe(wanted.reasoning ?? "");
  expect(textOf("tool")).toBe(wanted.tool_calls.map((call) => call.name + call.arguments).join(""));
  expect(row.finish_reason).toBe(wanted.finish_reason ?? null);
  expect(row.upstream).toBe(wanted.provider ?? null);
  expect(row.skipped_events).toBe(wanted.shape?.bad_json ?? 0);
  expect(row.status_code).toBe(200);

  const cached = wanted.cached_tokens ?? wanted.cache_read_input_tokens ?? null;
  const gap = Math.max(0, wanted.shape?.total_minus_prompt_minus_completion ?? 0);
  expect(row.cached_tokens).toBe(cached);
  expect(row.reasoning_tokens).toBe(wanted.reasoning_tokens ?? (gap > 0 ? gap : null));
  const anthropicInput = (wanted.cache_read_input_tokens ?? 0) + (wanted.cache_creation_input_tokens ?? 0);
  if (typeof wanted.prompt_tokens === "number" && typeof wanted.completion_tokens === "number") {
    expect(row.input_tokens).toBe(wanted.prompt_tokens + anthropicInput);
    expect(row.output_tokens).toBe(wanted.completion_tokens + gap);
    expect(row.tokens_estimated).toBe(false);
  } else {
    expect(row.tokens_estimated).toBe(true);
    expect(row.output_tokens).toBe(Math.ceil(pieces.reduce((sum, { text }) => sum + text.length, 0) / 4));
  }
  for (const [name, value] of Object.entries(wanted.server_timing ?? {})) {
    expect(row.provider_timing?.[name]).toBe(value);
  }
  expectCost(row, wanted);
  expectEnd(row, wanted);
}

function expectCost(row: Awaited<ReturnType<typeof ask>>["row"], wanted: Expectation["expect"]): void {
  const charged =
    typeof wanted.cost === "object" && wanted.cost !== null
      ? wanted.cost.total_cost
      : (wanted.cost ??
        (typeof wanted.cost_in_usd_ticks === "number" ? wanted.cost_in_usd_ticks / 1e10 : null));
  expect(row.cost_source).toBe(charged === null ? "price" : "provider");
  expect(row.cost_usd).toBeCloseTo(charged ?? (row.input_tokens + row.output_tokens) / 1e6, 12);
}

function expectEnd(row: Awaited<ReturnType<typeof ask>>["row"], wanted: Expectation["expect"]): void {
  if (wanted.error) {
    expect(row.error_kind).toBe("stream_error");
    expect(row.error_message).toContain(redact(wanted.error.message, [KEY]).slice(0, 400));
    expect(row.success).toBe(false);
    return;
  }
  const answered = wanted.text !== "" || wanted.tool_calls.length > 0;
  expect(row.error_kind).toBe(answered ? null : "no_answer");
  expect(row.error_message === null).toBe(answered);
  expect(row.success).toBe(answered);
}

async function replayError(recording: Recording, cut: Framing[1]): Promise<void> {
  const { expect: wanted, http_status } = recording.about;
  const { row, retryAfterMs } = await ask(answerOf(recording, cut), { provider: providerOf(recording) });
  expect(row.status_code).toBe(http_status);
  expect(row.success).toBe(false);
  expect(row.error_kind).toBe(expectedKind(http_status, recording.about));
  expect(row.error_message).toContain(redact(wanted.error?.message ?? "", [KEY]));
  expect(row.response_text).toBeNull();
  expect(row.output_tokens).toBe(0);
  expect(retryAfterMs).toBe(wanted.retry_after ? Number(wanted.retry_after) * 1_000 : null);
}

/** Wire formats that are not asked for still are event streams: the events come out, in any framing. */
function replayFraming({ body, about }: Recording, cut: Framing[1]): void {
  const events: unknown[] = [];
  const reader = createSseReader((json) => events.push(json));
  for (const part of cut(body)) reader.push(part);
  reader.end();
  expect(events).toHaveLength(about.expect.shape?.data_events ?? 0);
}

async function replay(recording: Recording, cut: Framing[1]): Promise<void> {
  const { kind, api } = recording.about;
  if (kind === "error") await replayError(recording, cut);
  else if (api === "openai-chat" || api === "anthropic-messages") await replayStream(recording, cut);
  else replayFraming(recording, cut);
}

/** The first generated piece is in the event the recording says, and no earlier one counts as a token. */
async function replayFirstOutput(recording: Recording): Promise<void> {
  const index = recording.about.expect.shape?.first_output_event;
  if (index === undefined || index === null) return;
  const events = eventByEvent(recording.body).filter((part) => /^data:/m.test(Buffer.from(part).toString()));
  const reads = events.map((bytes, at): Read => ({ atMs: 1_000 + at, bytes }));
  const { row } = await ask({ reads }, { provider: providerOf(recording) });
  expect(row.ttft_ms).toBe(1_000 + index);
}

const notRun = folder === undefined ? " (not run: CONFORMANCE_CORPUS names no folder)" : "";

describe.runIf(folder !== undefined)(`recorded answers of providers${notRun}`, () => {
  const all = folder === undefined ? [] : recordings(folder).filter(({ about }) => about.kind !== "models");
  it("are found in the folder that CONFORMANCE_CORPUS names", () => {
    expect(all.length).toBeGreaterThan(0);
  });
  if (folder !== undefined) console.info(`conformance: ${all.length} recordings, CONFORMANCE_SEED=${seed}`);
  const random = randomFrom(seed);
  for (const recording of all) {
    for (const [framing, cut] of framings(random)) {
      it(`agree with what is known of ${recording.name}, ${framing}`, () => replay(recording, cut));
    }
    if (recording.about.kind === "sse" && recording.about.api === "openai-chat") {
      it(`have their first token where it is in ${recording.name}`, () => replayFirstOutput(recording));
    }
  }
});
