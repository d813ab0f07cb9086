import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { maxOutputTokens } from "../../../workers/benchmark/probe/prompts.ts";
import type { Measurement } from "../../../workers/benchmark/probe/types.ts";
import { measureAgainst } from "../hostile/measure.ts";
import type { Peer } from "../hostile/server.ts";
import { type Answer, ask, provider, type Read } from "./ask.ts";
import { byteByByte } from "./framing.ts";

/*
 * Answers in shapes that people reported to break clients, replayed through the real measure(). They are not
 * part of this repository: they stand in streams/ of the folder that CONFORMANCE_CASES names. Beside each body `<name>` stands
 * `<name>.expect.json` with how it is sent and what its row must hold.
 */
const cases = process.env.CONFORMANCE_CASES;
const folder = cases === undefined ? undefined : join(cases, "streams");

const rate = z.object({ tokens: z.number(), from: z.number(), to: z.number(), first: z.number() });
const expectation = z.object({
  kind: z.enum(["sse", "json", "error"]),
  http_status: z.number(),
  response_headers: z.record(z.string(), z.string()).default({}),
  framing: z.string(),
  request: z.object({ provider: z.string(), model: z.string() }),
  /** A list means any of these, and `/…/` is a pattern. */
  row: z.record(z.string(), z.unknown()),
  must_not_appear: z.string().optional(),
  error_message_must_be_readable: z.boolean().default(false),
  timing: z.object({
    gap_ms: z.number(),
    ttft_event: z.number().nullable(),
    answer_event: z.number().nullable(),
    rate: rate.nullable(),
  }),
});
type Expectation = z.infer<typeof expectation>;

interface Case {
  readonly name: string;
  readonly body: Buffer;
  readonly about: Expectation;
}

function casesIn(root: string): Case[] {
  const names = readdirSync(root).flatMap((file) => /^(.*)\.expect\.json$/.exec(file)?.slice(1) ?? []);
  return names.sort().map((name) => {
    const about = expectation.parse(JSON.parse(readFileSync(join(root, `${name}.expect.json`), "utf8")));
    const body = readFileSync(join(root, `${name}.${about.kind === "sse" ? "sse" : "json"}`));
    return { name, body, about };
  });
}

/** The body as it is sent to this request: some servers count tokens only for those who ask. */
function bodyFor({ body, about }: Case): Buffer {
  if (!about.framing.includes("only where stream_options.include_usage")) return body;
  const asked = { model: about.request.model, reasoning: false, maxOutputTokens: maxOutputTokens(false) };
  const { stream_options: options } = provider(about.request.provider).parameters(asked);
  if (JSON.stringify(options) === '{"include_usage":true}') return body;
  const events = body.toString().split(/(?<=\n\n)/);
  return Buffer.from(events.filter((event) => !event.includes('"usage"')).join(""));
}

/** Its events as they are sent, one each gap: blocks up to a blank line, or lines where there is none between. */
function eventsOf(body: Buffer): Buffer[] {
  const blocks = body.toString("latin1").split(/(?<=\r\n\r\n|\n\n|\r\r)/);
  const parts =
    blocks.length > 2 || !/\ndata:.*\ndata:/.test(blocks[0] ?? "")
      ? blocks
      : body.toString("latin1").split(/(?<=\n)/);
  return parts.filter((part) => part !== "").map((part) => Buffer.from(part, "latin1"));
}

const FIRST_AT_MS = 1_000;
/** The cases take the first arrival for one token; by its characters it may be two. */
const RATE_MARGIN = 0.03;

/** One event a read under a clock of its own: every time can be foretold. */
function answerOf(test: Case, cut?: (body: Uint8Array) => Uint8Array[]): Answer {
  const body = bodyFor(test);
  const { gap_ms } = test.about.timing;
  const unlabelled = test.name.startsWith("gzip-without-label");
  const parts = unlabelled ? [zlib.gzipSync(body)] : (cut?.(body) ?? eventsOf(body));
  const reads = parts.map(
    (bytes, index): Read => ({ atMs: FIRST_AT_MS + (cut ? 0 : index * gap_ms), bytes }),
  );
  const { "content-encoding": _, ...headers } = test.about.response_headers;
  return { reads, status: test.about.http_status, headers };
}

function expectRow(row: Measurement, { about }: Case): void {
  for (const [field, wanted] of Object.entries(about.row)) {
    const got: unknown = row[field as keyof Measurement];
    const options: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    const fits = options.some((option) =>
      typeof option === "string" && /^\/.*\/$/s.test(option)
        ? typeof got === "string" && new RegExp(option.slice(1, -1)).test(got)
        : Object.is(got, option),
    );
    expect(fits, `${field}: got ${JSON.stringify(got)}, right ${JSON.stringify(wanted)}`).toBe(true);
  }
  if (about.must_not_appear !== undefined) {
    expect(JSON.stringify(row)).not.toMatch(new RegExp(about.must_not_appear.slice(1, -1)));
  }
  if (about.error_message_must_be_readable) expect(row.error_message).not.toMatch(/[^\x20-\x7e…]/);
}

function expectTiming(row: Measurement, { about }: Case): void {
  const { ttft_event, answer_event, gap_ms, rate: wanted } = about.timing;
  const at = (event: number | null) => (event === null ? null : FIRST_AT_MS + event * gap_ms);
  if (about.row.success === true || ttft_event === null) expect(row.ttft_ms).toBe(at(ttft_event));
  if (about.row.success === true) expect(row.answer_ttft_ms).toBe(at(answer_event));
  if (wanted === null) return;
  const right = ((wanted.tokens - wanted.first) / ((wanted.to - wanted.from) * gap_ms)) * 1_000;
  expect(Math.abs((row.tps ?? 0) / right - 1), `tps ${row.tps}, right ${right}`).toBeLessThan(RATE_MARGIN);
}

/** The same over a real connection, in the encoding and with the chunks that the case names. */
async function sendAll(peer: Peer, test: Case, sentAt: number[]): Promise<void> {
  const encoding = test.about.response_headers["content-encoding"];
  const extended = test.about.framing.includes("chunk extensions");
  const encode = encoderOf(encoding);
  await peer.streamHead(test.about.response_headers);
  for (const event of eventsOf(bodyFor(test))) {
    const bytes = await encode(event);
    sentAt.push(performance.now());
    if (extended) {
      await peer.send(`${bytes.byteLength.toString(16)};name="a value";flag\r\n`);
      await peer.send(bytes);
      await peer.send("\r\n");
    } else await peer.chunk(bytes);
    await sleep(test.about.timing.gap_ms);
  }
  await peer.send(extended ? "0;last\r\nx-trailer: yes\r\n\r\n" : "0\r\n\r\n");
}

function encoderOf(encoding: string | undefined): (event: Buffer) => Promise<Buffer> {
  if (encoding === "zstd") return async (event) => zlib.zstdCompressSync(event);
  const stream =
    encoding === "gzip" ? zlib.createGzip() : encoding === "br" ? zlib.createBrotliCompress() : null;
  if (stream === null) return async (event) => event;
  return (event) =>
    new Promise((resolve) => {
      stream.write(event);
      stream.flush(() => resolve(stream.read() as Buffer));
    });
}

/** It must be heard while the rest is still on its way, or an encoding would hide when tokens came. */
async function replayOverTheWire(test: Case): Promise<void> {
  const sentAt: number[] = [];
  const request = { ...asked(test), deadlines: WIRE_DEADLINES };
  await measureAgainst(
    (peer) => sendAll(peer, test, sentAt),
    ({ measurement }) => {
      expectRow(measurement, test);
      expect(measurement.chunk_times_ms?.length).toBeGreaterThan(10);
      const last = sentAt.at(-1) ?? 0;
      const headersAt = (sentAt[0] ?? 0) - (measurement.ttfb_ms ?? 0);
      const heardAt = headersAt + (measurement.ttft_ms ?? Number.POSITIVE_INFINITY);
      expect(heardAt, "the first token is heard before the last is sent").toBeLessThan(last);
    },
    { request },
  );
}

const WIRE_DEADLINES = {
  headersMs: 20_000,
  firstTokenMs: 20_000,
  firstTokenReasoningMs: 20_000,
  idleMs: 20_000,
  totalMs: 30_000,
  maxBodyBytes: 4 * 1024 * 1024,
};

const asked = ({ about }: Case) => ({
  provider: provider(about.request.provider),
  model: about.request.model,
});
const notRun = folder === undefined ? " (not run: CONFORMANCE_CASES names no folder)" : "";

describe.runIf(folder !== undefined)(`reported shapes of answers${notRun}`, () => {
  const all = folder === undefined ? [] : casesIn(folder);
  it("are found in the folder that CONFORMANCE_CASES names", () => {
    expect(all.length).toBeGreaterThan(0);
  });
  for (const test of all) {
    it(`are understood with their timing: ${test.name}`, async () => {
      const { row } = await ask(answerOf(test), asked(test));
      expectRow(row, test);
      expectTiming(row, test);
    });
    it(`are understood byte by byte: ${test.name}`, async () => {
      const { row } = await ask(answerOf(test, byteByByte), asked(test));
      expectRow(row, test);
    });
    if (
      /encoded as|chunk extensions/.test(test.about.framing) &&
      !test.about.error_message_must_be_readable
    ) {
      it(`are understood as they go over the wire: ${test.name}`, { timeout: 40_000 }, () =>
        replayOverTheWire(test),
      );
    }
  }
});
