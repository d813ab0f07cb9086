/**
 * Reads one hostile body in a process of its own, whose heap node bounds (--max-old-space-size).
 * Argument: the body's name. Prints `{tookMs, usedMb}`: CPU time, the best of three, and what the heap holds before it.
 */
import { readFeed } from "../../../workers/benchmark/catalog/feed.ts";
import { readList } from "../../../workers/benchmark/catalog/read-list.ts";
import { fetchAnswer, MAX_ANSWER_BYTES, MAX_VALUES } from "../../../workers/benchmark/jobs/fetch-answer.ts";
import { ask, chunk, ending } from "../probe/ask.ts";

const repeated = (unit: string, size: number): string =>
  unit.repeat(Math.ceil(size / unit.length)).slice(0, size);

/** A list as near to the most that is read, in bytes or in values, as whole items come. */
function listOf(item: string): string {
  const values = item.replace(/[^,[{]/g, "").length + 1;
  const count = Math.floor(Math.min((MAX_ANSWER_BYTES - 20) / (item.length + 1), (MAX_VALUES - 3) / values));
  return `{"data":[${repeated(`${item},`, count * (item.length + 1) - 1)}]}`;
}

const LISTS: Readonly<Record<string, string>> = {
  "list of empty objects": "{}",
  "list of nested lists": "[[[[[[[[]]]]]]]]",
  // As many as there may be, each with much in it.
  "list of large models": `{"id":"a-model","pricing":{"prompt":"1"},"tags":[${"1,".repeat(20)}1],"description":"${"d".repeat(500)}"}`,
  "list of long names": `{"id":"${"n".repeat(4_000)}"}`,
  "list of escapes": `{"id":"${"\\u4f59".repeat(600)}"}`,
};

/** Small events that are no JSON, as many as a body holds. */
const EVENTS: Readonly<Record<string, string>> = {
  "stream of brackets": "data:[\n\n",
  "stream of braces": "data: {\n\n",
  "stream of closed braces": "data:{x}\n\n",
  "stream of quotes": 'data:"\n\n',
  "stream of quoted braces": 'data:"{x}"\n\n',
  "stream of words": "data:x\n\n",
  "stream of errors": "error:{\n",
  "stream of named words": "event:error\ndata:x\n\n",
  "stream of bare braces": "{x}\n\n",
};

async function fetched(body: string): Promise<string> {
  const { text } = await fetchAnswer("https://provider.invalid/models", {
    headers: {},
    timeoutMs: 20_000,
    secrets: [],
    fetch: async () => new Response(body),
  });
  return text;
}

/** Whatever it is taken for: that it is refused is an answer too. */
async function attempt(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ListError") throw error;
  }
}

/** @returns what reads it: the body is made before. */
function reader(name: string): () => Promise<void> {
  const item = LISTS[name];
  if (item !== undefined) {
    const body = listOf(item);
    return () => attempt(async () => readList("openai", "openai", await fetched(body)));
  }
  if (name === "feed of empty providers") {
    const providers = Array.from({ length: MAX_VALUES / 2 - 1 }, (_, n) => `"${n.toString(36)}":{}`);
    const body = `{${providers.join(",")}}`;
    return () => attempt(async () => readFeed(await fetched(body)));
  }
  const event = EVENTS[name];
  if (event !== undefined) {
    const bytes = chunk({ content: "fine" }) + repeated(event, 4 * 1024 * 1024);
    return async () => {
      await ask({ reads: [{ atMs: 5, bytes }] });
    };
  }
  const usage = { prompt_tokens: 9, completion_tokens: 3, queue_time: repeated("12 sk-", 3_000_000) };
  const [bytes, status] =
    name === "error page"
      ? ([repeated("<title key: sk- quota ", 64 * 1024), 429] as const)
      : ([chunk({ content: "fine" }) + ending(name === "queue_time" ? usage : null), 200] as const);
  return async () => {
    await ask({ reads: [{ atMs: 5, bytes }], status });
  };
}

const [name = "nothing"] = process.argv.slice(2);
// The code is warm, and its own memory counted, before it is the body's turn.
await ask({ reads: [{ atMs: 5, bytes: chunk({ content: "fine" }) + ending(null) }] });
globalThis.gc?.();
const usedMb = process.memoryUsage().heapUsed / 1_048_576;
const read = reader(name);
let tookMs = Number.POSITIVE_INFINITY;
for (let turn = 0; turn < 3; turn += 1) {
  // CPU time: what the machine does beside is not the reader's.
  const started = process.cpuUsage();
  await read();
  const { user, system } = process.cpuUsage(started);
  tookMs = Math.min(tookMs, (user + system) / 1_000);
}
console.log(JSON.stringify({ tookMs, usedMb }));
