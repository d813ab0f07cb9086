import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { type Completion, createCompletions } from "./completions.ts";
import { dialectOf } from "./dialects/index.ts";
import type { Dialect, Refusal } from "./dialects/types.ts";
import { FAULTS, type Fault, SLOW_FACTOR } from "./faults.ts";
import { createJournal, type Entry, type SimulatedRequest } from "./journal.ts";
import { providerProfile } from "./profiles.ts";
import { pause, streamAnswer } from "./stream.ts";

export type { Fault } from "./faults.ts";
export type { SimulatedRequest } from "./journal.ts";

export interface SimulatorOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** The same seed plays the same answers, delays and failures. */
  readonly seed?: number;
  /** Divides every delay; 1 is lifelike. */
  readonly speed?: number;
  /** Whether requests also fail by themselves now and then (about one in a hundred). Default true. */
  readonly failures?: boolean;
  /** Where it is set, faults are set over the wire only by who sends it as a bearer token. */
  readonly controlKey?: string;
}

export interface Simulator {
  /** `{url}/{slug}/chat/completions`, `{url}/{slug}/models`, `{url}/anthropic/messages`. */
  readonly url: string;
  stop(): Promise<void>;
  /** The newest 10,000 requests in order of arrival. */
  log(): readonly SimulatedRequest[];
  setFault(slug: string, fault: Fault | null): void;
}

const control = z.strictObject({
  provider: z.string().min(1),
  fault: z.enum(FAULTS).nullable(),
});

const MAX_BODY_BYTES = 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error("The request's body is over 1 MiB.");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** What is wrong with the request's key, or null. Any key is good but those that begin with "wrong". */
function keyProblem(request: IncomingMessage): Refusal | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const header = request.headers["x-api-key"];
  const key = bearer ?? (typeof header === "string" ? header : "");
  if (key === "") return "missing_key";
  return key.startsWith("wrong") ? "wrong_key" : null;
}

/** Aborts when the client has gone or the response is done. */
function lifetimeOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  response.once("error", () => controller.abort());
  return controller.signal;
}

/**
 * Starts the simulator on 127.0.0.1. It plays language model providers well enough to be measured: their wire
 * formats, refusals, delays and speeds. Rejects when the port is taken (`code` EADDRINUSE).
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, seed = 1, speed = 1, failures = true, controlKey } = options;
  const journal = createJournal();
  const faults = new Map<string, Fault>();
  const completions = createCompletions({ seed, failures });

  const refuse = (
    response: ServerResponse,
    entry: Entry,
    dialect: Dialect,
    reason: Refusal,
    model: string,
  ) => {
    const refusal = dialect.refuse(reason, model);
    entry.set({ status: refusal.status, course: reason });
    sendJson(response, refusal.status, refusal.body, refusal.headers);
  };

  /** A fault that strikes before any answer; true when it did. */
  const strike = async (
    fault: Fault | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    entry: Entry,
    signal: AbortSignal,
  ): Promise<boolean> => {
    if (fault === "down") {
      entry.set({ course: fault });
      request.socket.destroy();
      return true;
    }
    if (fault === "silent") {
      entry.set({ course: fault });
      await pause(2 ** 31 - 1, signal);
      response.destroy();
      return true;
    }
    return false;
  };

  const listModels = async (
    slug: string,
    request: IncomingMessage,
    response: ServerResponse,
    entry: Entry,
  ) => {
    const signal = lifetimeOf(response);
    const dialect = dialectOf(slug);
    if (await strike(faults.get(slug), request, response, entry, signal)) return;
    await pause(25 / speed, signal);
    const problem = dialect.publicModels ? null : keyProblem(request);
    if (problem !== null) return refuse(response, entry, dialect, problem, "");
    entry.set({ status: 200 });
    sendJson(response, 200, dialect.models(providerProfile(slug)));
  };

  const complete = async (slug: string, request: IncomingMessage, response: ServerResponse, entry: Entry) => {
    const arrivedMs = performance.now();
    const signal = lifetimeOf(response);
    const dialect = dialectOf(slug);
    const fault = faults.get(slug);
    if (await strike(fault, request, response, entry, signal)) return;
    const body = await readBody(request);
    const problem = keyProblem(request);
    if (problem !== null) return refuse(response, entry, dialect, problem, "");

    const completion: Completion = completions.next(slug, body);
    if (completion.kind === "bad_request") {
      entry.set({ status: 400, course: "bad_request", model: completion.model });
      return sendJson(response, 400, completion.body);
    }
    entry.set({ model: completion.model, requestId: completion.requestId });
    if (completion.kind === "unknown_model")
      return refuse(response, entry, dialect, "unknown_model", completion.model);

    const { plan, answer, pieces } = completion;
    const course = fault === "slow" ? "ok" : (fault ?? plan.outcome);
    const pace = fault === "slow" ? speed / SLOW_FACTOR : speed;
    if (course === "rate_limit" || course === "server_error") {
      await pause(Math.min(plan.ttfbMs, 120) / speed, signal);
      return refuse(response, entry, dialect, course, completion.model);
    }
    entry.set({ course, status: 200 });
    const breaking = course === "truncate" || course === "stream_error" || course === "stall";
    const ending = breaking
      ? ({ kind: course, at: plan.breaksAt } as const)
      : ({ kind: course === "endless" ? "endless" : "proper" } as const);
    await streamAnswer(
      response,
      dialect,
      answer,
      pieces,
      { ...plan, speed: pace },
      ending,
      arrivedMs,
      signal,
    );
  };

  const handleControl = async (request: IncomingMessage, response: ServerResponse) => {
    if (controlKey !== undefined && request.headers.authorization !== `Bearer ${controlKey}`)
      return sendJson(response, 401, { error: "Faults are set with the key of whoever started this." });
    const parsed = control.safeParse(parseJson(await readBody(request)));
    if (!parsed.success) {
      return sendJson(response, 400, {
        error: `Send {"provider": "<slug>", "fault": one of ${FAULTS.join(", ")} or null}.`,
      });
    }
    setFault(parsed.data.provider, parsed.data.fault);
    sendJson(response, 200, { faults: Object.fromEntries(faults) });
  };

  const setFault = (slug: string, fault: Fault | null) => {
    if (fault === null) faults.delete(slug);
    else faults.set(slug, fault);
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "/", "http://simulator").pathname;
    const where = `${request.method} ${path}`;
    if (where === "GET /_log") return sendJson(response, 200, journal.read());
    if (where === "DELETE /_log") {
      journal.clear();
      return sendJson(response, 200, []);
    }
    if (where === "POST /_control") return handleControl(request, response);

    const match = /^\/([a-z0-9][a-z0-9-]*)\/(models|chat\/completions|messages)$/.exec(path);
    const slug = match?.[1];
    const wanted = match?.[2] === "models" ? "GET" : "POST";
    const speaksMessages = match?.[2] === "messages";
    const answers = match?.[2] === "models" || speaksMessages === (slug === "anthropic");
    if (slug === undefined || request.method !== wanted || !answers) {
      return sendJson(response, 404, {
        error: { message: `Simulated: nothing answers ${where}.`, code: 404 },
      });
    }
    const entry = journal.begin(wanted === "GET" ? "warmup" : "measured", slug);
    response.once("close", () => entry.end());
    await (wanted === "GET" ? listModels : complete)(slug, request, response, entry);
  };

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message: `Simulator: ${String(error)}` } });
    });
  });
  // Real providers keep a connection open for minutes: between two runs' requests it must not be closed.
  server.keepAliveTimeout = 120_000;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${address.port}`,
    log: journal.read,
    setFault,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
