import { z } from "zod";
import { answerText, type Piece, thoughtText, toPieces } from "./answers.ts";
import { dialectOf } from "./dialects/index.ts";
import type { Answer } from "./dialects/types.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { modelProfile, providerProfile } from "./profiles.ts";
import { createRandom, hashSeed, integer, pick } from "./random.ts";

const part = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);

const requestBody = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: part })).min(1),
  stream: z.literal(true),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: z.int().positive().optional(),
  temperature: z.number().optional(),
  provider: z.looseObject({ only: z.array(z.string()).min(1).optional() }).optional(),
});

/** What a request's body leads to. */
export type Completion =
  | { readonly kind: "bad_request"; readonly model: string | null; readonly body: unknown }
  | { readonly kind: "unknown_model"; readonly model: string; readonly requestId: string | null }
  | {
      readonly kind: "answer";
      readonly model: string;
      readonly requestId: string | null;
      readonly plan: Plan;
      readonly answer: Answer;
      readonly pieces: readonly Piece[];
    };

const uuidAtStart = /^\W{0,3}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/i;

function promptOf(messages: z.infer<typeof requestBody>["messages"]): string {
  return messages
    .map(({ content }) =>
      typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("\n"),
    )
    .join("\n");
}

/**
 * Turns requests into answers. Each provider and model has its own seeded sequence, so what one endpoint says
 * does not depend on how often another one was asked.
 */
export function createCompletions(options: { readonly seed: number; readonly failures: boolean }) {
  const asked = new Map<string, number>();

  return {
    next(slug: string, bodyText: string): Completion {
      const dialect = dialectOf(slug);
      const parsed = requestBody.safeParse(parseJson(bodyText));
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const message = `Simulated: bad request at '${issue?.path.join(".") || "body"}': ${issue?.message}`;
        return {
          kind: "bad_request",
          model: null,
          body: { error: { message, type: "invalid_request_error", param: null, code: null } },
        };
      }
      const request = parsed.data;
      const prompt = promptOf(request.messages);
      const requestId = uuidAtStart.exec(prompt)?.[1] ?? null;
      const provider = providerProfile(slug);
      const model = modelProfile(provider, request.model);
      if (model === undefined || (model.kind !== "chat" && model.kind !== "router"))
        return { kind: "unknown_model", model: request.model, requestId };
      const refused = dialect.badParameter(model, request);
      if (refused !== null) return { kind: "bad_request", model: request.model, body: refused };

      const endpoint = `${slug} ${request.model}`;
      const number = (asked.get(endpoint) ?? 0) + 1;
      asked.set(endpoint, number);
      const random = createRandom(hashSeed(options.seed, endpoint, number));
      const plan = drawPlan(random, model, options.failures ? provider.failureRate : 0);

      const thoughts = model.reasoning === "streamed" ? toPieces(thoughtText(random), "reasoning") : [];
      const hidden = model.reasoning === "hidden" ? 64 * integer(random, 1, 3) : 0;
      const all = [...thoughts, ...toPieces(answerText(random, prompt), "answer")];
      const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
      const pieces = all.slice(0, Math.max(0, limit - hidden));
      const answer: Answer = {
        id: Array.from({ length: 24 }, () => integer(random, 0, 15).toString(16)).join(""),
        created: Math.floor(Date.now() / 1000),
        model,
        usage: {
          promptTokens: Math.ceil(prompt.length / 4.6) + model.promptOverhead,
          completionTokens: pieces.length + hidden,
          reasoningTokens: Math.min(thoughts.length, pieces.length) + hidden,
        },
        includeUsage: request.stream_options?.include_usage === true,
        finish: pieces.length < all.length ? "length" : "stop",
        upstream:
          model.upstreams === undefined
            ? null
            : (request.provider?.only?.[0] ?? pick(random, model.upstreams)),
        queueMs: plan.ttftMs * 0.3,
        promptMs: plan.ttftMs * 0.5,
        completionMs: (pieces.length * 1000) / plan.tps,
        random,
      };
      return { kind: "answer", model: request.model, requestId, plan, answer, pieces };
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
