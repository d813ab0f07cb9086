import { randomUUID } from "node:crypto";
import { failure, result, run, type SeedResult, type SeedRun } from "./results.ts";

/** How an endpoint behaves in a made-up history. */
export interface Profile {
  readonly provider: string;
  readonly model: string;
  readonly ttftMs: number;
  readonly tps: number;
  /** Spread of the log-normal noise on both. */
  readonly noise: number;
  /** Share of requests that fail. */
  readonly failing: number;
  /** USD per million tokens in and out; null where no price is known. */
  readonly price: readonly [number, number] | null;
}

export const PROFILES: readonly Profile[] = [
  {
    provider: "openai",
    model: "gpt-4o-mini",
    ttftMs: 430,
    tps: 92,
    noise: 0.18,
    failing: 0.004,
    price: [0.15, 0.6],
  },
  {
    provider: "groq",
    model: "openai/gpt-oss-20b",
    ttftMs: 185,
    tps: 820,
    noise: 0.22,
    failing: 0.012,
    price: [0.075, 0.3],
  },
  {
    provider: "together",
    model: "openai/gpt-oss-20b",
    ttftMs: 340,
    tps: 210,
    noise: 0.16,
    failing: 0.008,
    price: [0.05, 0.2],
  },
  {
    provider: "openrouter",
    model: "openai/gpt-oss-20b",
    ttftMs: 710,
    tps: 160,
    noise: 0.3,
    failing: 0.02,
    price: [0.04, 0.15],
  },
  {
    provider: "openrouter",
    model: "openai/gpt-4o-mini",
    ttftMs: 620,
    tps: 84,
    noise: 0.2,
    failing: 0.006,
    price: [0.15, 0.6],
  },
  {
    provider: "groq",
    model: "llama-3.1-8b-instant",
    ttftMs: 150,
    tps: 610,
    noise: 0.12,
    failing: 0.003,
    price: [0.05, 0.08],
  },
  {
    provider: "together",
    model: "mistralai/Mixtral-8x7B-Instruct-v0.1",
    ttftMs: 520,
    tps: 74,
    noise: 0.25,
    failing: 0.05,
    price: [0.6, 0.6],
  },
];

export interface HistoryOptions {
  readonly until: Date;
  readonly hours: number;
  readonly simulated: boolean;
  readonly location?: string;
  readonly profiles?: readonly Profile[];
  readonly seed?: number;
}

/** Runs every 15 minutes back from `until`, the same for the same seed. */
export function history(options: HistoryOptions): { runs: SeedRun[]; results: SeedResult[] } {
  const random = generator(options.seed ?? 7);
  const profiles = options.profiles ?? PROFILES;
  const location = options.location ?? "local";
  const runs: SeedRun[] = [];
  const results: SeedResult[] = [];
  for (let back = options.hours * 4 - 1; back >= 0; back -= 1) {
    const started = options.until.getTime() - back * 15 * 60_000 - 40_000;
    const id = randomUUID();
    runs.push(
      run({
        id,
        run_name: options.simulated ? "simulated-history" : "test-history",
        started_at: new Date(started).toISOString(),
        finished_at: new Date(started + 30_000).toISOString(),
        targets: profiles.length,
        location,
      }),
    );
    // A day's tide that all endpoints share: by the age, so that figures do not hang on when a test is run.
    const tide = 1 + 0.15 * Math.sin((back / (24 * 4)) * 2 * Math.PI);
    profiles.forEach((profile, index) => {
      const common = {
        run_id: id,
        provider: profile.provider,
        model: profile.model,
        created_at: new Date(started + index * 4_000).toISOString(),
        simulated: options.simulated,
        location,
      };
      if (random() < profile.failing) {
        results.push(failure("server_error", common));
        return;
      }
      const ttft = Math.round(profile.ttftMs * tide * Math.exp(profile.noise * gaussian(random)));
      const tps = profile.tps * Math.exp((profile.noise / 2) * gaussian(random));
      const output = Math.round(150 + 60 * random());
      results.push(
        result({
          ...common,
          ttft_ms: ttft,
          answer_ttft_ms: ttft,
          tps,
          output_tokens: output,
          total_latency_ms: Math.round(ttft + (output / tps) * 1_000),
          cost_usd: profile.price ? (520 * profile.price[0] + output * profile.price[1]) / 1_000_000 : 0,
          cost_source: profile.price ? "price" : "unknown",
        }),
      );
    });
  }
  return { runs, results };
}

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
