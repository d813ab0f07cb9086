import { expect } from "vitest";
import { measure } from "../../../workers/benchmark/probe/index.ts";
import type {
  Deadlines,
  ErrorKind,
  Measurement,
  ProbeOutcome,
  ProbeRequest,
} from "../../../workers/benchmark/probe/types.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";
import type { Provider } from "../../../workers/benchmark/providers/types.ts";
import { type HostileServer, type Misbehaviour, startHostileServer } from "./server.ts";
import { expectStorable } from "./storable.ts";

/** Short enough for tests, far enough apart that each can be told from the others. */
export const SHORT: Deadlines = {
  headersMs: 300,
  firstTokenMs: 450,
  firstTokenReasoningMs: 700,
  idleMs: 300,
  totalMs: 1_200,
  maxBodyBytes: 4 * 1024 * 1024,
};

/** What a busy machine may add before a timer fires and is seen to. */
export const SLACK_MS = 400;

export const API_KEY = "sk-hostile-9f8e7d6c5b4a39281706f5e4d3c2b1a0";

export function provider(slug: string): Provider {
  const found = findProvider(slug);
  if (found === undefined) throw new Error(`There is no provider "${slug}"`);
  return found;
}

export function requestTo(baseUrl: string, changes: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    id: crypto.randomUUID(),
    provider: provider("openai"),
    model: "gpt-4o-mini",
    reasoning: false,
    baseUrl,
    apiKey: API_KEY,
    prompt: "short",
    price: { input: 0.15, output: 0.6, cachedInput: null },
    simulated: false,
    location: "local",
    deadlines: SHORT,
    warmup: true,
    ...changes,
  };
}

export interface Ended {
  readonly outcome: ProbeOutcome;
  readonly measurement: Measurement;
  readonly server: HostileServer;
  /** Milliseconds from the call to its result, the warm-up included. */
  readonly tookMs: number;
}

export interface Around {
  readonly request?: Partial<ProbeRequest>;
  readonly warmUp?: Misbehaviour;
}

/** One measurement against one misbehaving server; what `inspect` does not look at is checked for all alike. */
export async function measureAgainst(
  misbehave: Misbehaviour,
  inspect: (ended: Ended) => void | Promise<void>,
  { request = {}, warmUp }: Around = {},
): Promise<void> {
  const server = await startHostileServer(misbehave, warmUp);
  try {
    const asked = requestTo(server.baseUrl, request);
    const start = performance.now();
    const outcome = await measure(asked, {
      fetch: (input, init) => fetch(input, init),
      now: () => performance.now(),
      date: () => new Date(),
      colo: null,
    });
    const tookMs = performance.now() - start;
    expect(outcome.measurement.id).toBe(asked.id);
    expect(server.measured.length, "measured requests").toBe(1);
    expectStorable(outcome.measurement);
    expect(JSON.stringify(outcome)).not.toContain(API_KEY);
    await inspect({ outcome, measurement: outcome.measurement, server, tookMs });
    expect(server.measured.length, "measured requests after the result").toBe(1);
  } finally {
    await server.stop();
  }
}

/** The ending itself: which kind, with a line that says something. */
export function expectKind(measurement: Measurement, kind: ErrorKind): void {
  expect({ kind: measurement.error_kind, message: measurement.error_message }).toEqual({
    kind,
    message: expect.stringMatching(/\S.{3,}/),
  });
}

/** It took until the deadline and not much longer. */
export function expectEndedAt(measurement: Measurement, deadlineMs: number): void {
  expect(measurement.total_latency_ms).toBeGreaterThanOrEqual(deadlineMs - 5);
  expect(measurement.total_latency_ms).toBeLessThan(deadlineMs + SLACK_MS);
}
