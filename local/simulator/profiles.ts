/** How one model at one provider behaves. Times in milliseconds, rates in tokens per second. */
export interface ModelProfile {
  readonly id: string;
  /** What the provider calls the model in its answers, where that differs (a dated snapshot). */
  readonly answersAs?: string;
  readonly kind: "chat" | "embedding" | "audio" | "image" | "router";
  readonly contextWindow: number;
  /** USD per million tokens. */
  readonly inputPrice: number;
  readonly outputPrice: number;
  readonly ttftMs: number;
  readonly ttftSigma: number;
  readonly tps: number;
  readonly tpsSigma: number;
  /** streamed: it streams its reasoning before the answer; hidden: reasoning is billed but never shown. */
  readonly reasoning: "none" | "streamed" | "hidden";
  /** Who may serve a proxied request. */
  readonly upstreams?: readonly string[];
  /** Template tokens that this model's chat format adds to every prompt. */
  readonly promptOverhead: number;
}

/** A provider as the simulator plays it. */
export interface ProviderProfile {
  readonly slug: string;
  readonly models: readonly ModelProfile[];
  /** Share of requests that fail by themselves. */
  readonly failureRate: number;
  /** Accepts any model name: for providers that have no list of their own here. */
  readonly anyModel: boolean;
}

const chat = {
  kind: "chat",
  ttftSigma: 0.2,
  tpsSigma: 0.1,
  reasoning: "none",
  promptOverhead: 8,
} as const;

const notChat = {
  ttftMs: 200,
  ttftSigma: 0.1,
  tps: 100,
  tpsSigma: 0.1,
  reasoning: "none",
  promptOverhead: 0,
} as const;

const thinkingAloud = { ...chat, reasoning: "streamed", promptOverhead: 68 } as const;

/** Medians and spreads are set by hand to look like each provider; they measure nothing. */
const known: readonly ProviderProfile[] = [
  {
    slug: "openai",
    failureRate: 0.008,
    anyModel: false,
    models: [
      {
        ...chat,
        id: "gpt-4o-mini",
        answersAs: "gpt-4o-mini-2024-07-18",
        contextWindow: 128_000,
        inputPrice: 0.15,
        outputPrice: 0.6,
        ttftMs: 450,
        ttftSigma: 0.2,
        tps: 72,
        tpsSigma: 0.07,
      },
      {
        ...chat,
        id: "gpt-4.1-mini",
        answersAs: "gpt-4.1-mini-2025-04-14",
        contextWindow: 1_047_576,
        inputPrice: 0.4,
        outputPrice: 1.6,
        ttftMs: 520,
        tps: 78,
      },
      {
        ...chat,
        id: "gpt-5-nano",
        answersAs: "gpt-5-nano-2025-08-07",
        contextWindow: 400_000,
        inputPrice: 0.05,
        outputPrice: 0.4,
        ttftMs: 900,
        ttftSigma: 0.35,
        tps: 140,
        reasoning: "hidden",
      },
      {
        ...notChat,
        id: "text-embedding-3-small",
        kind: "embedding",
        contextWindow: 8_191,
        inputPrice: 0.02,
        outputPrice: 0,
      },
      { ...notChat, id: "whisper-1", kind: "audio", contextWindow: 448, inputPrice: 0, outputPrice: 0 },
    ],
  },
  {
    slug: "groq",
    failureRate: 0.012,
    anyModel: false,
    models: [
      {
        ...chat,
        id: "llama-3.1-8b-instant",
        contextWindow: 131_072,
        inputPrice: 0.05,
        outputPrice: 0.08,
        ttftMs: 150,
        ttftSigma: 0.18,
        tps: 740,
        tpsSigma: 0.08,
        promptOverhead: 35,
      },
      {
        ...thinkingAloud,
        id: "openai/gpt-oss-20b",
        contextWindow: 131_072,
        inputPrice: 0.075,
        outputPrice: 0.3,
        ttftMs: 175,
        tps: 910,
      },
      {
        ...chat,
        id: "llama-3.3-70b-versatile",
        contextWindow: 131_072,
        inputPrice: 0.59,
        outputPrice: 0.79,
        ttftMs: 190,
        tps: 310,
        promptOverhead: 35,
      },
      {
        ...notChat,
        id: "whisper-large-v3",
        kind: "audio",
        contextWindow: 448,
        inputPrice: 0,
        outputPrice: 0,
      },
    ],
  },
  {
    slug: "together",
    failureRate: 0.014,
    anyModel: false,
    models: [
      {
        ...chat,
        id: "mistralai/Mixtral-8x7B-Instruct-v0.1",
        contextWindow: 32_768,
        inputPrice: 0.6,
        outputPrice: 0.6,
        ttftMs: 350,
        tps: 128,
      },
      {
        ...thinkingAloud,
        id: "openai/gpt-oss-20b",
        contextWindow: 131_072,
        inputPrice: 0.05,
        outputPrice: 0.2,
        ttftMs: 330,
        ttftSigma: 0.26,
        tps: 190,
      },
      {
        ...chat,
        id: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        contextWindow: 131_072,
        inputPrice: 0.88,
        outputPrice: 0.88,
        ttftMs: 410,
        tps: 98,
      },
      {
        ...notChat,
        id: "black-forest-labs/FLUX.1-schnell",
        kind: "image",
        contextWindow: 0,
        inputPrice: 0,
        outputPrice: 0,
      },
    ],
  },
  {
    slug: "openrouter",
    failureRate: 0.012,
    anyModel: false,
    models: [
      {
        ...chat,
        id: "openai/gpt-4o-mini",
        contextWindow: 128_000,
        inputPrice: 0.15,
        outputPrice: 0.6,
        // The model's own 450 ms and about 200 ms of being passed on.
        ttftMs: 650,
        ttftSigma: 0.28,
        tps: 69,
        tpsSigma: 0.16,
        upstreams: ["OpenAI", "OpenAI", "OpenAI", "Azure"],
      },
      {
        ...thinkingAloud,
        id: "openai/gpt-oss-20b",
        contextWindow: 131_072,
        inputPrice: 0.03,
        outputPrice: 0.14,
        ttftMs: 520,
        ttftSigma: 0.36,
        tps: 165,
        tpsSigma: 0.3,
        upstreams: ["DeepInfra", "Together", "Groq", "Novita"],
      },
      {
        ...chat,
        id: "meta-llama/llama-3.3-70b-instruct:free",
        contextWindow: 65_536,
        inputPrice: 0,
        outputPrice: 0,
        ttftMs: 1_100,
        ttftSigma: 0.4,
        tps: 45,
        upstreams: ["Venice"],
      },
      {
        ...chat,
        id: "openrouter/auto",
        kind: "router",
        contextWindow: 2_000_000,
        // A router has no price of its own; the provider lists -1.
        inputPrice: -1,
        outputPrice: -1,
        ttftMs: 800,
        tps: 70,
        upstreams: ["OpenAI"],
      },
    ],
  },
  {
    slug: "anthropic",
    failureRate: 0.008,
    anyModel: false,
    models: [
      {
        ...chat,
        id: "claude-haiku-4-5",
        answersAs: "claude-haiku-4-5-20251001",
        contextWindow: 200_000,
        inputPrice: 1,
        outputPrice: 5,
        ttftMs: 560,
        tps: 135,
      },
    ],
  },
];

const generic = {
  ...chat,
  contextWindow: 131_072,
  inputPrice: 0.2,
  outputPrice: 0.6,
  ttftMs: 400,
  tps: 110,
} as const;

/** The provider's profile; an unknown slug gets one that takes any model name. */
export function providerProfile(slug: string): ProviderProfile {
  return (
    known.find((provider) => provider.slug === slug) ?? {
      slug,
      failureRate: 0.01,
      anyModel: true,
      models: [
        { ...generic, id: `${slug}-small` },
        { ...generic, id: `${slug}-large`, ttftMs: 700, tps: 55 },
      ],
    }
  );
}

/**
 * The model's profile at a provider, or undefined when the provider does not know it. A provider without
 * a list of its own knows every name but those that begin with "unknown".
 */
export function modelProfile(provider: ProviderProfile, model: string): ModelProfile | undefined {
  const listed = provider.models.find(
    (candidate) => candidate.id === model || (candidate.answersAs ?? candidate.id) === model,
  );
  if (listed !== undefined) return listed;
  if (!provider.anyModel || model === "" || model.startsWith("unknown")) return undefined;
  return { ...generic, id: model };
}

/** All endpoints with a profile of their own that answer completions, as "slug/model". */
export function knownEndpoints(): string[] {
  return known.flatMap(({ slug, models }) =>
    models.filter(({ kind }) => kind === "chat").map(({ id }) => `${slug}/${id}`),
  );
}
