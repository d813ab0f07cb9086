import type { Random } from "../random.ts";
import type { Answer } from "./types.ts";

/** One server-sent event with JSON data. */
export function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export const done = "data: [DONE]\n\n";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export function letterString(random: Random, length: number): string {
  let out = "";
  for (let i = 0; i < length; i++) out += letters[Math.floor(random() * letters.length)] ?? "x";
  return out;
}

/** The name under which a provider answers for a model. */
export function answeringModel(answer: Answer): string {
  return answer.model.answersAs ?? answer.model.id;
}

/** Seconds with the digits that Groq prints. */
export function seconds(ms: number): number {
  return Math.round(ms * 1e6) / 1e9;
}

/** Rate limit headers in the form that OpenAI and Groq share. */
export function rateLimitHeaders(requests: number, tokens: number): Record<string, string> {
  return {
    "x-ratelimit-limit-requests": String(requests),
    "x-ratelimit-limit-tokens": String(tokens),
    "x-ratelimit-remaining-requests": String(requests - 1),
    "x-ratelimit-remaining-tokens": String(tokens - 700),
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "1m26.4s",
  };
}

export const usdPerToken = (perMillion: number): number => perMillion / 1_000_000;
