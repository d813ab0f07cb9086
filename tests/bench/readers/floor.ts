import { findScenario, type Script } from "../scenarios.ts";
import { seeded } from "../wire.ts";
import { baseUrlOf, type Reader, type Reading, type Task } from "./types.ts";

interface Arrival {
  readonly at: number;
  /** Bytes of the body received so far. */
  readonly bytes: number;
}

/**
 * The floor: fetch, read, look at the clock, parse nothing. It is told afterwards at which byte each token
 * ended, so no reader on this runtime can do better; what it misses is the network's and the runtime's.
 */
export function floorReader(now: () => number): Reader {
  return async (task) => {
    const baseUrl = baseUrlOf(task);
    await (await fetch(`${baseUrl}/models`)).arrayBuffer();
    const start = now();
    const response = await fetch(`${baseUrl}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "bench-model", stream: true, messages: [] }),
    });
    const arrivals: Arrival[] = [];
    let bytes = 0;
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const at = now() - start;
      bytes += part.value.byteLength;
      if (arrivals.at(-1)?.at === at) arrivals.pop();
      arrivals.push({ at, bytes });
    }
    return reading(task, arrivals);
  };
}

function reading(task: Task, arrivals: readonly Arrival[]): Reading {
  const script = findScenario(task.scenario).script(seeded(task.seed));
  const withTokens: { at: number; tokens: number }[] = [];
  let seen = 0;
  for (const { at, bytes } of arrivals) {
    const complete = tokensWithin(script, bytes);
    if (complete > seen) withTokens.push({ at, tokens: complete - seen });
    seen = complete;
  }
  const first = withTokens[0];
  const last = withTokens.at(-1);
  const span = first === undefined || last === undefined ? 0 : last.at - first.at;
  return {
    ttftMs: first?.at ?? null,
    totalMs: arrivals.at(-1)?.at ?? 0,
    tps: first === undefined || span === 0 ? null : ((seen - first.tokens) / span) * 1000,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    failure: null,
  };
}

function tokensWithin(script: Script, bytes: number): number {
  let end = 0;
  let tokens = 0;
  for (const write of script.writes) {
    end += write.bytes.byteLength;
    if (end > bytes) break;
    tokens += write.tokens;
  }
  return tokens;
}
