import { baseUrlOf, type Reader } from "./types.ts";

/** The least that any reader of the format must do: decode, split lines, parse each event, look at the text. */
export function parseReader(now: () => number): Reader {
  return async (task) => {
    const start = now();
    const response = await fetch(`${baseUrlOf(task)}/chat/completions`, { method: "POST", body: "{}" });
    const decoder = new TextDecoder();
    let rest = "";
    let outputTokens = 0;
    let first: number | null = null;
    for await (const bytes of response.body ?? []) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.startsWith("data: {")) continue;
        const chunk = JSON.parse(line.slice(6)) as { choices: { delta?: { content?: string } }[] };
        if (!chunk.choices[0]?.delta?.content) continue;
        first ??= now() - start;
        outputTokens += 1;
      }
    }
    const nothing = { tps: null, inputTokens: null, costUsd: null, failure: null };
    return { ...nothing, ttftMs: first, totalMs: now() - start, outputTokens };
  };
}
