import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a server of one's own behaves: whatever is left out it takes, and does as OpenAI's chat completions do. */
export interface Strictness {
  /** Parameters that it refuses. */
  readonly refuses?: readonly string[];
  /** The status of a refusal; 400 where it is left out. */
  readonly status?: number;
  /** What it says of a refusal, where that is not the parameter's name. */
  readonly says?: string;
  /** Limits that it takes and does not keep to. */
  readonly ignores?: readonly string[];
  readonly usage?: "asked" | "always" | "never";
  readonly thoughts?: "streamed" | "counted";
  readonly key?: string;
  readonly keyHeader?: "authorization" | "api-key";
  /** Null: it has no list. */
  readonly models?: readonly string[] | null;
  /** So many requests for completions are answered with this status first. */
  readonly first?: { readonly count: number; readonly status: number };
}

export interface StrictServer {
  readonly url: string;
  /** Bodies of the requests for completions, oldest first. */
  readonly asked: readonly Record<string, unknown>[];
  /** Their headers. */
  readonly headers: readonly NodeJS.Dict<string | string[]>[];
  behave(strictness: Strictness): void;
  stop(): Promise<void>;
}

const WORDS = 120;
const OWN = new Set(["model", "messages", "stream"]);

/** A server that speaks OpenAI's chat completions and is as strict as it is told to be. */
export async function startStrictServer(strictness: Strictness = {}): Promise<StrictServer> {
  let now = strictness;
  let failures = 0;
  const asked: Record<string, unknown>[] = [];
  const headers: NodeJS.Dict<string | string[]>[] = [];
  const server = createServer(async (request, response) => {
    const json = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const { keyHeader = "authorization", key } = now;
    const wanted = keyHeader === "authorization" ? `Bearer ${key}` : key;
    if (key !== undefined && request.headers[keyHeader] !== wanted) {
      return json(401, { error: { message: "Incorrect API key provided.", code: "invalid_api_key" } });
    }
    const models = now.models === undefined ? ["lab-model"] : now.models;
    if (request.url === "/v1/models" && models !== null) {
      return json(200, { object: "list", data: models.map((id) => ({ id, object: "model" })) });
    }
    if (request.url !== "/v1/chat/completions") return json(404, { error: { message: "Not found" } });
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    asked.push(body);
    headers.push(request.headers);
    if (now.first && failures < now.first.count) {
      failures += 1;
      return json(now.first.status, { error: { message: "Try again." } });
    }
    const known = models ?? ["lab-model"];
    if (!known.includes(String(body.model))) {
      return json(404, {
        error: { message: `The model ${body.model} does not exist`, code: "model_not_found" },
      });
    }
    const refused = Object.keys(body).find((name) => !OWN.has(name) && now.refuses?.includes(name));
    if (refused !== undefined) {
      const message = now.says ?? `Unsupported parameter: ${refused}`;
      return json(now.status ?? 400, { error: { message, type: "invalid_request_error", param: refused } });
    }
    answer(body, now, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    headers,
    behave(strictness) {
      now = strictness;
      failures = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(
  body: Record<string, unknown>,
  { usage = "asked", thoughts, ignores = [] }: Strictness,
  response: ServerResponse,
): void {
  const limits = ["max_tokens", "max_completion_tokens"].filter((name) => !ignores.includes(name));
  const limit = limits.map((name) => body[name]).find((value) => typeof value === "number") ?? WORDS;
  const count = Math.min(WORDS, limit);
  const thought = thoughts === undefined ? 0 : Math.floor(count / 2);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (delta: object | null, more: object = {}) => {
    const choices = delta === null ? [] : [{ index: 0, delta, finish_reason: null, ...more }];
    response.write(
      `data: ${JSON.stringify({ id: "x", model: body.model, choices, ...(delta === null ? more : {}) })}\n\n`,
    );
  };
  if (thoughts === "streamed") for (let n = 0; n < thought; n++) send({ reasoning_content: `t${n} ` });
  for (let n = thought; n < count; n++) send({ content: `word${n} ` });
  send({}, { finish_reason: count < WORDS ? "length" : "stop" });
  const wantsUsage = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true;
  if (usage === "always" || (usage === "asked" && wantsUsage)) {
    send(null, {
      usage: {
        prompt_tokens: 40,
        completion_tokens: count,
        total_tokens: 40 + count,
        ...(thoughts === undefined ? {} : { completion_tokens_details: { reasoning_tokens: thought } }),
      },
    });
  }
  response.end("data: [DONE]\n\n");
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
