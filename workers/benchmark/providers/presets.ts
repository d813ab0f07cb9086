import type { Dialect, Provider } from "./types.ts";

/** What is known of a kind of server before it is asked; what it is asked for says the rest. */
export interface Preset {
  readonly name: string;
  readonly kind: Provider["kind"];
  /** Where it stands unless it is told otherwise; null where that depends on an account or a region. */
  readonly baseUrl: string | null;
  /** How its base URL looks, where it has none of its own. */
  readonly baseUrlForm?: string;
  readonly dialect: Pick<Dialect, "auth" | "modelsList" | "feedKey" | "warmupPath">;
}

export const PRESETS = {
  /** https://docs.ollama.com/api/openai-compatibility */
  ollama: { name: "Ollama", kind: "direct", baseUrl: "http://127.0.0.1:11434/v1", dialect: {} },
  /** https://lmstudio.ai/docs/developer/openai-compat */
  lmstudio: { name: "LM Studio", kind: "direct", baseUrl: "http://127.0.0.1:1234/v1", dialect: {} },
  /** https://docs.vllm.ai/en/stable/serving/openai_compatible_server */
  vllm: { name: "vLLM", kind: "direct", baseUrl: "http://127.0.0.1:8000/v1", dialect: {} },
  /** https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
  llamacpp: { name: "llama.cpp", kind: "direct", baseUrl: "http://127.0.0.1:8080/v1", dialect: {} },
  /** https://docs.litellm.ai/docs/simple_proxy */
  litellm: { name: "LiteLLM", kind: "proxy", baseUrl: "http://127.0.0.1:4000/v1", dialect: {} },
  /** https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: its list has base models, not deployments. */
  azure: {
    name: "Azure OpenAI",
    kind: "direct",
    baseUrl: null,
    baseUrlForm: "https://RESOURCE.openai.azure.com/openai/v1",
    dialect: { auth: "api-key", modelsList: null, feedKey: "azure" },
  },
  /** https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html */
  bedrock: {
    name: "Amazon Bedrock",
    kind: "direct",
    baseUrl: null,
    baseUrlForm: "https://bedrock-runtime.REGION.amazonaws.com/openai/v1",
    dialect: { modelsList: null, feedKey: "amazon-bedrock" },
  },
  /** https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility */
  "workers-ai": {
    name: "Workers AI",
    kind: "direct",
    baseUrl: null,
    baseUrlForm: "https://api.cloudflare.com/client/v4/accounts/ACCOUNT/ai/v1",
    dialect: { modelsList: null, feedKey: "cloudflare-workers-ai" },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

export function presetOf(name: PresetName): Preset {
  return PRESETS[name];
}
