import { countTokens } from "./metrics/tokens.ts";
import { tokensPerSecond } from "./metrics/tps.ts";
import { exchange } from "./network/exchange.ts";

const EVENTS = 300;
const DEADLINES = {
  headersMs: 1_000,
  firstTokenMs: 1_000,
  firstTokenReasoningMs: 1_000,
  idleMs: 1_000,
  totalMs: 1_000,
  maxBodyBytes: 1_048_576,
};

/** Measures a made-up stream in memory and throws the result away; no request leaves the process. */
export async function rehearse(): Promise<void> {
  let clock = 0;
  const { observation } = await exchange(
    { url: "http://rehearsal.invalid/", headers: {}, body: "{}" },
    { deadlines: DEADLINES, reasoning: false },
    {
      fetch: async () => new Response(answer(), { headers: { "content-type": "text/event-stream" } }),
      now: () => {
        clock += 1;
        return clock;
      },
      date: () => new Date(0),
      colo: null,
    },
  );
  const { usage, all } = observation;
  const { output, reasoning } = countTokens(usage, {
    promptChars: 100,
    outputChars: all.chars,
    maxOutputTokens: EVENTS,
  });
  tokensPerSecond({ ...observation, outputTokens: output, reasoningTokens: reasoning });
}

function answer(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      sent += 1;
      if (sent > EVENTS) {
        controller.enqueue(
          encoder.encode('data: {"choices":[],"usage":{"completion_tokens":300}}\n\ndata: [DONE]\n\n'),
        );
        controller.close();
        return;
      }
      const key = sent < EVENTS / 4 ? "reasoning_content" : "content";
      const delta = { role: "assistant", [key]: ` word${sent}` };
      const choices = [{ index: 0, delta, finish_reason: sent === EVENTS ? "stop" : null }];
      controller.enqueue(encoder.encode(`data: ${JSON.stringify({ id: "rehearsal", choices })}\n\n`));
    },
  });
}
