import type {
  Ask,
  Dialect,
  KeyHeader,
  ModelsList,
  Provider,
  ProviderDescription,
  RequestParameters,
} from "./types.ts";

const MODELS_LIST: ModelsList = {
  path: "/models",
  dialect: "openai",
  pageAfter: "after",
  isPublic: false,
  hasPrices: false,
};

const KEY_HEADERS: Readonly<Record<KeyHeader, (apiKey: string) => Record<string, string>>> = {
  bearer: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  "api-key": (apiKey) => ({ "api-key": apiKey }),
  "x-api-key": (apiKey) => ({ "x-api-key": apiKey }),
};

/** How each proxy is told which upstream alone may serve a request. */
const PINS: Readonly<Record<NonNullable<Dialect["pin"]>, (upstream: string) => RequestParameters>> = {
  // https://openrouter.ai/docs/features/provider-routing
  openrouter: (upstream) => ({ provider: { only: [upstream], allow_fallbacks: false } }),
};

/** The setting of a provider's key where its description names no other: `MY_HOST_API_KEY` for the slug `my-host`. */
export function keyVariableOf(slug: string): string {
  return `${variablePrefix(slug)}_API_KEY`;
}

/** What a provider's settings begin with. */
export function variablePrefix(slug: string): string {
  return slug.toUpperCase().replaceAll("-", "_");
}

/** Completes a description with what holds where it says nothing. */
export function providerOf(
  description: ProviderDescription,
  { isStored }: Pick<Provider, "isStored">,
): Provider {
  const { slug, name, kind, baseUrl, keyVariable, prices, dialect = {} } = description;
  const { auth = "bearer", modelsList } = dialect;
  return {
    slug,
    name,
    baseUrl,
    kind: kind ?? "direct",
    keyVariable: keyVariable === undefined ? keyVariableOf(slug) : keyVariable,
    description,
    isStored,
    logoUrl: isStored ? null : `/logos/${slug}.svg`,
    prices: prices ?? [],
    chatPath: dialect.chatPath ?? "/chat/completions",
    warmupPath: dialect.warmupPath ?? "/models",
    modelsList: modelsList === null ? null : { ...MODELS_LIST, ...modelsList },
    feedKey: dialect.feedKey === undefined ? (isStored ? null : slug) : dialect.feedKey,
    requestFeeUsd: dialect.requestFeeUsd ?? 0,
    pinsUpstreams: dialect.pin !== undefined,
    minimumGapMs: dialect.minimumGapMs ?? 0,
    headers: (apiKey) => ({ ...(apiKey === "" ? {} : KEY_HEADERS[auth](apiKey)), ...dialect.headers }),
    parameters: parametersOf(dialect),
  };
}

function parametersOf(dialect: Dialect): (ask: Ask) => RequestParameters {
  const { maxTokensAs = "max_tokens", noTemperature, includeUsage, lowEffort, pin } = dialect;
  const refusesTemperature = noTemperature && new RegExp(noTemperature.models);
  const takesEffort = lowEffort && new RegExp(lowEffort.models);
  return ({ model, reasoning, maxOutputTokens, upstream }) => {
    const refused = (reasoning && noTemperature?.reasoning === true) || refusesTemperature?.test(model);
    return {
      ...(maxTokensAs === null ? {} : { [maxTokensAs]: maxOutputTokens }),
      ...(refused ? {} : { temperature: 0 }),
      ...(includeUsage === true ? { stream_options: { include_usage: true } } : {}),
      ...(reasoning && takesEffort?.test(model) ? lowEffort?.parameters : {}),
      ...(upstream && pin ? PINS[pin](upstream) : {}),
    };
  };
}
