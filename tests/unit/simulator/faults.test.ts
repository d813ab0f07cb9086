import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Simulator, startSimulator } from "../../../local/simulator/index.ts";
import { ask, send } from "./ask.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ seed: 11, speed: 50, failures: false });
});
afterEach(() => simulator.stop());

const four = [
  ["openai", "gpt-4o-mini"],
  ["groq", "llama-3.1-8b-instant"],
  ["together", "openai/gpt-oss-20b"],
  ["openrouter", "openai/gpt-4o-mini"],
] as const;

describe("what the simulator refuses", () => {
  it.each(four)("%s: no key or a wrong one with 401, an unknown model with 404", async (slug, model) => {
    expect((await ask(simulator.url, slug, model, { key: null })).status).toBe(401);
    expect((await ask(simulator.url, slug, model, { key: "wrong-key" })).status).toBe(401);
    const unknown = await ask(simulator.url, slug, "no/such-model");
    expect(unknown.status).toBe(404);
    expect(unknown.body).toContain("no/such-model");
  });

  it("says numbers for codes at OpenRouter and words at OpenAI", async () => {
    const codeOf = (body: string) =>
      z.object({ error: z.looseObject({ code: z.unknown() }) }).parse(JSON.parse(body));
    const refused = (slug: string, model: string) => ask(simulator.url, slug, model, { key: "wrong" });
    expect(codeOf((await refused("openrouter", "openai/gpt-4o-mini")).body).error.code).toBe(401);
    expect(codeOf((await refused("openai", "gpt-4o-mini")).body).error.code).toBe("invalid_api_key");
  });

  it("answers what is no streamed completion with 400", async () => {
    expect((await ask(simulator.url, "openai", "gpt-4o-mini", { body: { stream: false } })).status).toBe(400);
    expect((await ask(simulator.url, "openai", "gpt-4o-mini", { body: { messages: [] } })).status).toBe(400);
    const garbage = await fetch(`${simulator.url}/openai/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer x" },
      body: "{",
    });
    expect(garbage.status).toBe(400);
  });

  it("has nothing at other addresses", async () => {
    expect((await fetch(`${simulator.url}/openai/messages`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${simulator.url}/openai/chat/completions`)).status).toBe(404);
    expect((await fetch(`${simulator.url}/`)).status).toBe(404);
  });
});

describe("a fault that is set", () => {
  it.each(four)("%s: rate_limit is a 429 with Retry-After, and only this provider's", async (slug, model) => {
    simulator.setFault(slug, "rate_limit");
    const refused = await ask(simulator.url, slug, model);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    for (const [other, theirs] of four) {
      if (other !== slug) expect((await ask(simulator.url, other, theirs)).status).toBe(200);
    }
  });

  it.each(four)("%s: server_error is a 5xx", async (slug, model) => {
    simulator.setFault(slug, "server_error");
    expect((await ask(simulator.url, slug, model)).status).toBeGreaterThanOrEqual(500);
  });

  it("down drops the connection without an answer, the models list too", async () => {
    simulator.setFault("groq", "down");
    await expect(ask(simulator.url, "groq", "openai/gpt-oss-20b")).rejects.toThrow("fetch failed");
    await expect(fetch(`${simulator.url}/groq/models`)).rejects.toThrow("fetch failed");
    expect(simulator.log().map(({ status }) => status)).toEqual([null, null]);
  });

  it("silent accepts a request and never answers", async () => {
    simulator.setFault("openai", "silent");
    const asked = send(simulator.url, "openai", "gpt-4o-mini", { signal: AbortSignal.timeout(300) });
    await expect(asked).rejects.toThrow("aborted due to timeout");
  });

  it("truncate breaks off after some pieces and before the end", async () => {
    simulator.setFault("together", "truncate");
    const response = await send(simulator.url, "together", "openai/gpt-oss-20b");
    const [text, error] = await drain(response);
    expect(text).toContain('"delta"');
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(error).toBe("terminated");
  });

  it("stall sends some pieces, then nothing, and holds the line", async () => {
    simulator.setFault("openai", "stall");
    const response = await send(simulator.url, "openai", "gpt-4o-mini", { signal: AbortSignal.timeout(800) });
    const [text, error] = await drain(response);
    expect(text).toContain('"content":"-"');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(error).toContain("aborted due to timeout");
  });

  it("endless goes on until the client leaves, and then ends by itself", async () => {
    simulator.setFault("groq", "endless");
    const leaving = new AbortController();
    const response = await send(simulator.url, "groq", "llama-3.1-8b-instant", { signal: leaving.signal });
    let bytes = 0;
    await expect(async () => {
      for await (const piece of response.body ?? []) {
        bytes += piece.length;
        if (bytes > 200_000) leaving.abort();
      }
    }).rejects.toThrow("aborted");
    expect(bytes).toBeGreaterThan(200_000);
    await expect.poll(() => simulator.log().at(-1)?.endedMs).toBeTypeOf("number");
  });

  it("stream_error is each provider's own way of failing inside a 200", async () => {
    for (const [slug] of four) simulator.setFault(slug, "stream_error");
    const [openai, groq, together, openrouter] = await Promise.all(
      four.map(([slug, model]) => ask(simulator.url, slug, model)),
    );
    expect(openai?.status).toBe(200);
    expect(openai?.chunks.at(-1)?.error?.message).toContain("Simulated");
    expect(openai?.done).toBe(false);
    expect(groq?.events.at(-1)?.event).toBe("error");
    expect(together?.chunks.at(-1)?.error).toBeDefined();
    expect(openrouter?.chunks.at(-1)?.error).toMatchObject({ code: 502 });
  });

  it("can be set and taken back from another process", async () => {
    const control = (body: unknown) =>
      fetch(`${simulator.url}/_control`, { method: "POST", body: JSON.stringify(body) });
    expect((await control({ provider: "openai", fault: "rate_limit" })).status).toBe(200);
    expect((await ask(simulator.url, "openai", "gpt-4o-mini")).status).toBe(429);
    expect((await control({ provider: "openai", fault: null })).status).toBe(200);
    expect((await ask(simulator.url, "openai", "gpt-4o-mini")).status).toBe(200);
    expect((await control({ provider: "openai", fault: "explode" })).status).toBe(400);
  });

  it("can be set by nobody without the key, where there is one", async () => {
    const guarded = await startSimulator({ speed: 50, failures: false, controlKey: "of-whoever-started-it" });
    try {
      const control = (headers: Record<string, string>) =>
        fetch(`${guarded.url}/_control`, {
          method: "POST",
          headers,
          body: JSON.stringify({ provider: "openai", fault: "rate_limit" }),
        });
      expect((await control({})).status).toBe(401);
      expect((await control({ authorization: "Bearer another" })).status).toBe(401);
      expect((await ask(guarded.url, "openai", "gpt-4o-mini")).status).toBe(200);
      expect((await control({ authorization: "Bearer of-whoever-started-it" })).status).toBe(200);
      expect((await ask(guarded.url, "openai", "gpt-4o-mini")).status).toBe(429);
    } finally {
      await guarded.stop();
    }
  });
});

/** Reads what comes, and says how it ended: null for a proper end. */
async function drain(response: Response): Promise<[string, string | null]> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const piece of response.body ?? []) text += decoder.decode(piece, { stream: true });
    return [text, null];
  } catch (error) {
    return [text, error instanceof Error ? error.message : String(error)];
  }
}
