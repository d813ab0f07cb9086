import type { ModelKind } from "./listed.ts";

/** What a name says of a model that nothing else is known of; the first that fits. */
const BY_NAME: readonly (readonly [RegExp, ModelKind])[] = [
  [/(?:^|[/-])router$|^openrouter\/(?:auto|bodybuilder|free)$/, "router"],
  [/rerank|llama-rank/, "rerank"],
  [/embed|retrieval|(?:^|[/-])(?:bge|gte|e5|nomic)-/, "embedding"],
  [/guard|moderation|safety/, "moderation"],
  [
    /whisper|(?:^|[/-])(?:tts|asr|stt)(?:-|$)|-audio(?:-|$)|realtime|transcribe|orpheus|kokoro|speech|native-audio|-live(?:-|$)|lyria|sonic/,
    "audio",
  ],
  [/(?:^|[/-])(?:sora|veo|kling|hailuo|seedance|wan2?)(?:[-.\d]|$)|video/, "video"],
  [
    /-image(?:-|\.|$)|dall-e|(?:^|[/-])(?:imagen|flux|sdxl|seedream|stable-diffusion|playground|nano-banana)(?:[-.\d]|$)|stable-diffusion/,
    "image",
  ],
  [/(?:^|[/-])ocr(?:-|$)/, "other"],
  [/^(?:davinci|babbage|curie|ada)-|^gpt-3\.5-turbo-instruct|^aqa$/, "completion"],
];

/**
 * OpenAI's models that answer elsewhere than at /chat/completions.
 * https://platform.openai.com/docs/models: "Responses API only"
 */
const OPENAI_ELSEWHERE = /^(?:o\d|gpt-[\d.]+)-pro\b|codex|deep-research|computer-use/;

/** What a model is for, as far as its name says so; chat where it says nothing. */
export function kindByName(provider: string, name: string): ModelKind {
  const id = name.toLowerCase();
  if (provider === "openai" && OPENAI_ELSEWHERE.test(id)) return "other";
  return BY_NAME.find(([pattern]) => pattern.test(id))?.[1] ?? "chat";
}
