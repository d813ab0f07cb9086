import { measure } from "../../../workers/benchmark/probe/index.ts";
import type { PieceKind } from "../../../workers/benchmark/probe/stream/decoder.ts";
import type {
  Measurement,
  ProbeEnvironment,
  ProbeOutcome,
  ProbeRequest,
} from "../../../workers/benchmark/probe/types.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";
import type { Provider } from "../../../workers/benchmark/providers/types.ts";

export const KEY = "sk-test-4f6a1c9e2b7d8035";

/** The registered provider of a slug. */
export function provider(slug: string): Provider {
  const found = findProvider(slug);
  if (found === undefined) throw new Error(`no provider "${slug}"`);
  return found;
}

/** A request as the run loop makes it; a test states only what it is about. */
export function probeRequest(changes: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    id: crypto.randomUUID(),
    provider: provider("openai"),
    model: "some-model",
    reasoning: false,
    baseUrl: "http://provider.invalid/v1",
    apiKey: KEY,
    prompt: "standard",
    price: null,
    simulated: false,
    location: "local",
    deadlines: {
      headersMs: 2_000,
      firstTokenMs: 2_000,
      firstTokenReasoningMs: 4_000,
      idleMs: 2_000,
      totalMs: 8_000,
      maxBodyBytes: 4 * 1024 * 1024,
    },
    warmup: false,
    ...changes,
  };
}

/** One network read: bytes that arrive together, at a time of the probe's clock. */
export interface Read {
  readonly atMs: number;
  readonly bytes: Uint8Array | string;
}

export interface Answer {
  readonly reads: readonly Read[];
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** The body breaks off after the last read instead of ending. */
  readonly breaksOff?: boolean;
  /** When the body ends; the last read's time where it is not said. */
  readonly endsAtMs?: number;
  /** When the headers come. */
  readonly headersAtMs?: number;
}

export interface Seen extends ProbeOutcome {
  readonly row: Measurement;
  readonly pieces: readonly { readonly kind: PieceKind; readonly text: string }[];
  readonly sent: readonly { readonly url: string; readonly init: RequestInit }[];
  readonly cancelled: boolean;
}

/**
 * Puts an answer from memory through the real `measure()`, under a clock that shows what the answer says: the
 * request starts at 0, and each read happens at its own time.
 */
export async function ask(answer: Answer, changes: Partial<ProbeRequest> = {}): Promise<Seen> {
  let clock = 0;
  let cancelled = false;
  const encoder = new TextEncoder();
  const queue = [...answer.reads];
  const body = (): ReadableStream<Uint8Array> =>
    new ReadableStream(
      {
        pull(controller) {
          const next = queue.shift();
          if (next !== undefined) {
            clock = next.atMs;
            controller.enqueue(typeof next.bytes === "string" ? encoder.encode(next.bytes) : next.bytes);
            return;
          }
          clock = answer.endsAtMs ?? clock;
          if (answer.breaksOff === true) controller.error(new TypeError("terminated"));
          else controller.close();
        },
        cancel() {
          cancelled = true;
        },
      },
      // Nothing is read ahead: the clock moves when the probe asks for the next read.
      { highWaterMark: 0 },
    );
  const pieces: { kind: PieceKind; text: string }[] = [];
  const sent: { url: string; init: RequestInit }[] = [];
  const status = answer.status ?? 200;
  const environment: ProbeEnvironment = {
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      if (init?.method !== "POST") return new Response("{}");
      clock = answer.headersAtMs ?? clock;
      const headers = { "content-type": "text/event-stream", ...answer.headers };
      return new Response(status === 204 ? null : body(), { status, headers });
    },
    now: () => clock,
    date: () => new Date("2026-11-01T12:00:00Z"),
    colo: "FRA",
    onPiece: (kind, text) => pieces.push({ kind, text }),
  };
  const outcome = await measure(probeRequest(changes), environment);
  return { ...outcome, row: outcome.measurement, pieces, sent, cancelled };
}

/** A chunk of a chat completion with this delta, as an event. */
export function chunk(delta: object, finish: string | null = null, rest: object = {}): string {
  return event({ choices: [{ index: 0, delta, finish_reason: finish }], ...rest });
}

export function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** A stream of such words, one an event and one a read, `gapMs` apart, the first at `firstAtMs`. */
export function wordReads(words: readonly string[], firstAtMs: number, gapMs: number): Read[] {
  return words.map((word, index) => ({ atMs: firstAtMs + index * gapMs, bytes: chunk({ content: word }) }));
}

/** The end of a stream as OpenAI sends it: finish, usage, [DONE]. */
export function ending(usage: object | null, finish = "stop"): string {
  return `${chunk({}, finish) + (usage === null ? "" : event({ choices: [], usage }))}data: [DONE]\n\n`;
}
