import type { Ask, DatedPrice, ModelsList, Provider, RequestParameters } from "./types.ts";

const MODELS_LIST: ModelsList = {
  path: "/models",
  dialect: "openai",
  pageAfter: "after",
  isPublic: false,
  hasPrices: false,
};

/** What sets one OpenAI-compatible provider apart. Only slug, name and base URL have no default. */
export interface OpenAiCompatible {
  readonly slug: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly kind?: Provider["kind"];
  readonly prices?: readonly DatedPrice[];
  readonly warmupPath?: string;
  /** Where its models list differs from the standard's; null where there is none. */
  readonly modelsList?: Partial<ModelsList> | null;
  /** Its key in the public price feed, where that is not the slug. */
  readonly feedKey?: string;
  readonly requestFeeUsd?: number;
  readonly minimumGapMs?: number;
  /** The name of the limit on output tokens; `max_tokens` unless the provider has left it behind. */
  readonly maxTokensAs?: "max_tokens" | "max_completion_tokens";
  /** Models that refuse a temperature; where this is set, every reasoning model counts as one. */
  readonly noTemperature?: RegExp;
  /** Usage in a stream must be asked for, and asking is accepted. */
  readonly includeUsage?: boolean;
  /** Parameters that keep the thinking of a reasoning model short, for models that take them. */
  readonly lowEffort?: { readonly models: RegExp; readonly parameters: RequestParameters };
  /** Of a proxy that can be told which upstream alone may serve a request: how. */
  readonly pin?: (upstream: string) => RequestParameters;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Completes the description of a provider that speaks `POST {base}/chat/completions` with a Bearer key. */
export function openAiCompatible(provider: OpenAiCompatible): Provider {
  const { slug, name, baseUrl } = provider;
  return {
    slug,
    name,
    baseUrl,
    kind: provider.kind ?? "direct",
    logoUrl: `/logos/${slug}.svg`,
    prices: provider.prices ?? [],
    chatPath: "/chat/completions",
    warmupPath: provider.warmupPath ?? "/models",
    modelsList: provider.modelsList === null ? null : { ...MODELS_LIST, ...provider.modelsList },
    feedKey: provider.feedKey ?? slug,
    requestFeeUsd: provider.requestFeeUsd ?? 0,
    pinsUpstreams: provider.pin !== undefined,
    minimumGapMs: provider.minimumGapMs ?? 0,
    headers: (apiKey) => ({ authorization: `Bearer ${apiKey}`, ...provider.headers }),
    parameters: (ask) => parameters(provider, ask),
  };
}

function parameters(
  provider: OpenAiCompatible,
  { model, reasoning, maxOutputTokens, upstream }: Ask,
): RequestParameters {
  const { maxTokensAs, noTemperature, includeUsage, lowEffort, pin } = provider;
  const refused = noTemperature !== undefined && (reasoning || noTemperature.test(model));
  return {
    [maxTokensAs ?? "max_tokens"]: maxOutputTokens,
    ...(refused ? {} : { temperature: 0 }),
    ...(includeUsage === true ? { stream_options: { include_usage: true } } : {}),
    ...(reasoning && lowEffort?.models.test(model) ? lowEffort.parameters : {}),
    ...(upstream ? pin?.(upstream) : {}),
  };
}
