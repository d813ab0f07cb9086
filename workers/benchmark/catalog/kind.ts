import type { ModelKind } from "./listed.ts";

/** What a name says of a model that nothing else is known of; the first that fits. */
const BY_NAME: readonly (readonly [RegExp, ModelKind])[] = [
  [/[:@/-]batch$/, "batch"],
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
  [/^(?:text-|code-)?(?:davinci|babbage|curie|ada)(?:-|:|$)|^gpt-3\.5-turbo-instruct|^aqa$/, "completion"],
];

/**
 * Models that their maker's API answers elsewhere than at /chat/completions, by provider.
 * https://platform.openai.com/docs/models: "Responses API only"
 * https://ai.google.dev/gemini-api/docs/models: the Interactions, Live and Computer Use APIs
 */
const ELSEWHERE: ReadonlyMap<string, RegExp> = new Map([
  ["openai", /^(?:o\d|gpt-[\d.]+)(?:-[a-z]+)?-pro\b|codex|deep-research|computer-use/],
  ["gemini", /deep-research|computer-use|antigravity|streaming|(?:^|-)agent(?:-|$)/],
]);

/** What a model is for, as far as its name says so; chat where it says nothing. */
export function kindByName(provider: string, name: string): ModelKind {
  const id = baseOfFineTune(name.toLowerCase());
  if (ELSEWHERE.get(provider)?.test(id)) return "other";
  return BY_NAME.find(([pattern]) => pattern.test(id))?.[1] ?? "chat";
}

/** What was fine-tuned: `ft:<base>:<account>:…`. A fine-tune answers where its base does. */
function baseOfFineTune(id: string): string {
  return /^ft:([^:]+)/.exec(id)?.[1] ?? id;
}

/** Words with which lists and hubs say what a model is for. */
const WORDS: ReadonlyMap<string, ModelKind> = new Map(
  Object.entries({
    chat: "chat",
    "chat-completion": "chat",
    "chat-completions": "chat",
    conversational: "chat",
    "text-generation": "chat",
    "image-text-to-text": "chat",
    batch: "batch",
    completion: "completion",
    embed: "embedding",
    embedding: "embedding",
    embeddings: "embedding",
    "text-embedding": "embedding",
    "feature-extraction": "embedding",
    "sentence-similarity": "embedding",
    image: "image",
    "image-generation": "image",
    "text-to-image": "image",
    "image-to-image": "image",
    video: "video",
    "text-to-video": "video",
    "image-to-video": "video",
    "video-generation": "video",
    audio: "audio",
    speech: "audio",
    tts: "audio",
    stt: "audio",
    asr: "audio",
    realtime: "audio",
    transcribe: "audio",
    transcription: "audio",
    "audio-transcription": "audio",
    "text-to-speech": "audio",
    "speech-to-text": "audio",
    "automatic-speech-recognition": "audio",
    rerank: "rerank",
    reranker: "rerank",
    reranking: "rerank",
    moderation: "moderation",
    classification: "other",
    ocr: "other",
    "text-classification": "other",
    "token-classification": "other",
    "fill-mask": "other",
    "object-detection": "other",
    "zero-shot-image-classification": "other",
  } satisfies Readonly<Record<string, ModelKind>>),
);

/** What a list says of an item, in whatever words it has. */
export interface StatedPurpose {
  /** Of which one says what the model is for: a type, tags, a task. */
  readonly words: readonly string[];
  /** What goes in and comes out; empty where nothing is said. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whether it takes part in chat completions; undefined where nothing is said. */
  readonly chats: boolean | undefined;
}

/** What a model is for: what its list says of it, and its name where the list leaves it open. */
export function kindOf(provider: string, name: string, stated: StatedPurpose): ModelKind {
  const byName = kindByName(provider, name);
  const words = stated.words.flatMap((word) => WORDS.get(word.toLowerCase().replaceAll(/[ _]/g, "-")) ?? []);
  if (words.includes("chat")) return byName === "batch" || byName === "router" ? byName : "chat";
  const [word] = words;
  if (word) return word;
  const otherOutput = kindOfOutputs(stated.outputs);
  if (stated.chats === false) return otherOutput ?? (byName === "chat" ? "other" : byName);
  if (otherOutput) return otherOutput;
  // What gives nothing but text makes no pictures and no vectors, whatever it is called.
  const onlyText = stated.outputs.length > 0;
  return onlyText && (byName === "image" || byName === "video" || byName === "embedding") ? "chat" : byName;
}

function kindOfOutputs(outputs: readonly string[]): ModelKind | null {
  const kinds = outputs.flatMap((output) =>
    output === "text" ? [] : [WORDS.get(output.toLowerCase()) ?? "other"],
  );
  return kinds[0] ?? null;
}
