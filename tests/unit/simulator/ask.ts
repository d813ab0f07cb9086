import { createParser } from "eventsource-parser";
import { z } from "zod";

const usage = z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() });

/** The parts of a chunk that these tests look at; the rest stays for them to look at too. */
const chunk = z.looseObject({
  id: z.string().optional(),
  model: z.string().optional(),
  provider: z.string().nullish(),
  choices: z
    .array(
      z.looseObject({
        text: z.string().optional(),
        finish_reason: z.string().nullable(),
        delta: z.looseObject({
          role: z.string().optional(),
          content: z.string().optional(),
          reasoning: z.string().optional(),
          reasoning_details: z.array(z.looseObject({ text: z.string() })).optional(),
        }),
      }),
    )
    .optional(),
  usage: usage.nullish(),
  x_groq: z.looseObject({ id: z.string().optional(), usage: usage.optional() }).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});
export type Chunk = z.infer<typeof chunk>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Data of all events but `[DONE]`, as chunks of a chat completion. */
  readonly chunks: readonly Chunk[];
  readonly events: readonly { readonly event: string | undefined; readonly data: string }[];
  readonly comments: readonly string[];
  readonly done: boolean;
  readonly text: string;
  readonly reasoning: string;
}

export const BULLETS = "Summarise the text in exactly three bullets of 40 to 60 words.";

export interface Question {
  readonly key?: string | null;
  readonly prompt?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

/** Sends one streamed completion request. */
export function send(url: string, slug: string, model: string, question: Question = {}): Promise<Response> {
  const { key = "simulated", prompt = BULLETS, body = {}, signal } = question;
  const path = slug === "anthropic" ? "messages" : "chat/completions";
  return fetch(`${url}/${slug}/${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === null
        ? {}
        : slug === "anthropic"
          ? { "x-api-key": key }
          : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: prompt }], ...body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Sends one request and reads the answer to its end. */
export async function ask(
  url: string,
  slug: string,
  model: string,
  question: Question = {},
): Promise<Answer> {
  const response = await send(url, slug, model, question);
  const body = await response.text();
  const events: { event: string | undefined; data: string }[] = [];
  const comments: string[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => void events.push({ event, data }),
    onComment: (comment) => void comments.push(comment),
  });
  parser.feed(body);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const chunks =
    isStream && slug !== "anthropic"
      ? events.filter(({ data }) => data !== "[DONE]").map(({ data }) => chunk.parse(JSON.parse(data)))
      : [];
  const deltas = chunks.flatMap(({ choices }) => choices ?? []).map(({ delta }) => delta);
  return {
    status: response.status,
    headers: response.headers,
    body,
    chunks,
    events,
    comments,
    done: events.at(-1)?.data === "[DONE]",
    text: deltas.map(({ content }) => content ?? "").join(""),
    reasoning: deltas.map(({ reasoning }) => reasoning ?? "").join(""),
  };
}
