import type { ZodError } from "zod";
import { MAX_TOKEN_CHARS } from "../settings/values.ts";
import { readConfig } from "./config.ts";
import {
  type CoordinatorStatus,
  type JobName,
  type MuteAnswer,
  type MuteRequest,
  muteRequest,
  type RunAnswer,
  type RunRequest,
  type TestAnswer,
} from "./coordinator/api.ts";
import { type ModelsAnswer, type ModelsRequest, modelsRequest } from "./jobs/manage-models.ts";
import { type ProvidersAnswer, type ProvidersRequest, providersRequest } from "./jobs/manage-providers.ts";
import { consoleWriter, createLog, describeError } from "./log.ts";

/** What the admin API asks of the coordinator. */
export interface CoordinatorClient {
  requestRun(request: RunRequest): Promise<RunAnswer>;
  requestJobs(jobs: readonly JobName[]): Promise<void>;
  models(request: ModelsRequest): Promise<ModelsAnswer>;
  providers(request: ProvidersRequest): Promise<ProvidersAnswer>;
  mute(request: MuteRequest): Promise<MuteAnswer>;
  testAlerts(): Promise<TestAnswer>;
  status(): Promise<CoordinatorStatus>;
}

interface AdminEnv {
  readonly ADMIN_RATE_LIMIT?: { limit(options: { key: string }): Promise<{ success: boolean }> };
  readonly [setting: string]: unknown;
}

interface Route {
  readonly method: "GET" | "POST";
  readonly answer: (coordinator: CoordinatorClient, request: Request) => Promise<Response>;
}

const ROUTES: Readonly<Record<string, Route>> = {
  "/api/benchmark": {
    method: "POST",
    answer: async (coordinator) => {
      const answer = await coordinator.requestRun({
        runName: "manual-run",
        triggeredBy: "manual",
        scheduledFor: null,
      });
      return json(answer.state === "accepted" ? 202 : 409, { status: answer.state, run_id: answer.runId });
    },
  },
  "/api/sync-prices": {
    method: "POST",
    answer: async (coordinator) => {
      await coordinator.requestJobs(["sync-prices"]);
      return json(202, { status: "accepted" });
    },
  },
  "/api/sync-models": {
    method: "POST",
    answer: async (coordinator) => {
      await coordinator.requestJobs(["sync-models"]);
      return json(202, { status: "accepted" });
    },
  },
  "/api/models": {
    method: "POST",
    answer: async (coordinator, request) => {
      const wanted = modelsRequest.safeParse(await readJson(request));
      if (!wanted.success) return badRequest(wanted.error);
      const answer = await coordinator.models(wanted.data);
      return json(answer.state === "unknown" ? 404 : 200, answer);
    },
  },
  "/api/providers": {
    method: "POST",
    answer: async (coordinator, request) => {
      const wanted = providersRequest.safeParse(await readJson(request));
      if (!wanted.success) return badRequest(wanted.error);
      const answer = await coordinator.providers(wanted.data);
      return json(answer.state === "unknown" ? 404 : answer.state === "refused" ? 409 : 200, answer);
    },
  },
  "/api/alerts/test": {
    method: "POST",
    answer: async (coordinator) => json(200, await coordinator.testAlerts()),
  },
  "/api/alerts/mute": {
    method: "POST",
    answer: async (coordinator, request) => {
      const wanted = muteRequest.safeParse(await readJson(request));
      if (!wanted.success) return badRequest(wanted.error);
      const answer = await coordinator.mute(wanted.data);
      return json("unknown" in answer ? 404 : 200, answer);
    },
  },
  "/api/status": {
    method: "GET",
    answer: async (coordinator) => json(200, await coordinator.status()),
  },
};

export const ADMIN_PATHS: readonly string[] = Object.keys(ROUTES);

/**
 * The admin API. Each route wants `Authorization: Bearer <ADMIN_TOKEN>` and answers in small JSON:
 * 401 without a readable token, 403 with a wrong one or where none is configured, 429 when asked too
 * often, 404 and 405 for what is not there.
 */
export async function handleAdminRequest(
  request: Request,
  env: AdminEnv,
  coordinator: () => CoordinatorClient,
): Promise<Response> {
  const path = new URL(request.url).pathname;
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!route) return json(404, { error: "not_found" });
  if (request.method !== route.method)
    return json(405, { error: "method_not_allowed" }, { allow: route.method });

  const address = request.headers.get("cf-connecting-ip") ?? "local";
  if (env.ADMIN_RATE_LIMIT && !(await env.ADMIN_RATE_LIMIT.limit({ key: address })).success) {
    return json(429, { error: "too_many_requests" }, { "retry-after": "60" });
  }

  const log = createLog(consoleWriter, []);
  try {
    const { adminToken } = readConfig(env);
    if (!adminToken) return json(403, { error: "closed" });
    const token = bearerToken(request.headers.get("authorization"));
    if (token === null) return json(401, { error: "unauthorized" }, { "www-authenticate": "Bearer" });
    if (!(await sameSecret(token, adminToken))) {
      log.warn("admin_refused", { path });
      return json(403, { error: "forbidden" });
    }
    return await route.answer(coordinator(), request);
  } catch (error) {
    log.error("admin_failed", { path, reason: describeError(error) });
    return json(500, { error: "internal_error" });
  }
}

const MAX_BODY_CHARS = 4_096;

/** The body as JSON; undefined where it is none, or too long to be a request of ours. */
async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_CHARS) return undefined;
  const text = await request.text();
  if (text.length > MAX_BODY_CHARS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bearerToken(header: string | null): string | null {
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(header ?? "")?.[1] ?? null;
  return token !== null && token.length <= MAX_TOKEN_CHARS ? token : null;
}

/** Compares digests, so that neither the time taken nor a length tells anything of the secret. */
async function sameSecret(given: string, wanted: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [a, b] = await Promise.all(
    [given, wanted].map(
      async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))),
    ),
  );
  let difference = 0;
  for (let i = 0; i < 32; i++) difference |= (a?.[i] ?? 0) ^ (b?.[i] ?? 0);
  return difference === 0;
}

function badRequest({ issues: [issue] }: ZodError): Response {
  const detail = `${issue?.path.join(".") || "body"}: ${issue?.message ?? "malformed"}`;
  return json(400, { error: "bad_request", detail });
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, {
    status,
    headers: {
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "permissions-policy": "interest-cohort=()",
      ...headers,
    },
  });
}
