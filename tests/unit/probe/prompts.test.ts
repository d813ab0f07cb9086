import { describe, expect, it } from "vitest";
import {
  BENCHMARK_PROMPT,
  promptMessage,
  promptVersion,
  SHORT_PROMPT,
} from "../../../workers/benchmark/probe/prompts.ts";

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Buffer.from(digest).toString("hex");
}

describe("the prompts", () => {
  it("begin with the request's id, so that no cache has seen their start", () => {
    for (const prompt of ["standard", "short"] as const) {
      const id = crypto.randomUUID();
      expect(promptMessage(prompt, id).startsWith(id)).toBe(true);
    }
  });

  it("have a version that is made of their text alone, and so changes with it", async () => {
    expect(await promptVersion("standard")).toBe((await sha256(BENCHMARK_PROMPT)).slice(0, 12));
    expect(await promptVersion("short")).toBe(`short-${(await sha256(SHORT_PROMPT)).slice(0, 12)}`);
  });

  it("ask for three bullets of 40 to 60 words about a text of about 500 tokens", () => {
    expect(BENCHMARK_PROMPT).toMatch(/exactly three bullets/);
    expect(BENCHMARK_PROMPT).toMatch(/40 to 60 words/);
    // English prose like this has 4.2 to 4.8 characters a token with the tokenizers in use.
    expect(BENCHMARK_PROMPT.length / 4.8).toBeGreaterThan(440);
    expect(BENCHMARK_PROMPT.length / 4.2).toBeLessThan(560);
  });
});
