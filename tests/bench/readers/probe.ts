import { measure } from "../../../workers/benchmark/probe/index.ts";
import type { ProbeRequest } from "../../../workers/benchmark/probe/types.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";
import { findScenario, PRICE } from "../scenarios.ts";
import { baseUrlOf, type Reader, type Task } from "./types.ts";

/** The project's own instrument, used exactly as a run uses it. */
export function probeReader(now: () => number): Reader {
  return async (task) => {
    const { measurement } = await measure(probeRequest(task), {
      fetch: (input, init) => fetch(input, init),
      now,
      date: () => new Date(),
      colo: null,
    });
    return {
      ttftMs: measurement.ttft_ms,
      totalMs: measurement.total_latency_ms,
      tps: measurement.tps,
      inputTokens: measurement.input_tokens,
      outputTokens: measurement.output_tokens,
      costUsd: measurement.cost_usd,
      failure: measurement.success ? null : `${measurement.error_kind}: ${measurement.error_message}`,
    };
  };
}

export function probeRequest(task: Task): ProbeRequest {
  const scenario = findScenario(task.scenario);
  const provider = findProvider(scenario.provider);
  if (provider === undefined) throw new Error(`Scenario "${scenario.name}" names an unknown provider`);
  return {
    id: crypto.randomUUID(),
    provider,
    model: "bench-model",
    reasoning: scenario.reasoning,
    baseUrl: baseUrlOf(task),
    apiKey: "bench-key",
    prompt: "standard",
    price: PRICE,
    simulated: true,
    location: "local",
    deadlines: {
      headersMs: 30_000,
      firstTokenMs: 60_000,
      firstTokenReasoningMs: 120_000,
      idleMs: 30_000,
      totalMs: 180_000,
      maxBodyBytes: 4 * 1024 * 1024,
    },
    warmup: true,
  };
}
