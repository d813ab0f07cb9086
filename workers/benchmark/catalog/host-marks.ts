import { isLine } from "./identity-facts.ts";

/**
 * What a host puts before or behind the names of others' models, in small letters: `#` is a digit, `*` any part of a
 * path, `~` a region of a cloud. Where a row has both ends, the second goes only with the first. A host that nobody
 * has met yet is another row.
 */
interface HostMark {
  readonly host: string;
  readonly before?: string;
  readonly behind?: string;
}

const MARKS: readonly HostMark[] = [
  // Names that move, which they say by themselves.
  { host: "OpenRouter", before: "~" },
  { host: "OpenRouter", before: "openrouter/" },
  { host: "Synthetic", before: "hf:" },
  // How the line to the model is secured.
  { host: "Venice", before: "e2ee-", behind: "-p" },
  { host: "NanoGPT", before: "tee/" },
  { host: "SiliconFlow", before: "pro/" },
  { host: "SiliconFlow", before: "lora/" },
  { host: "Fireworks", before: "accounts/*/models/" },
  { host: "Fireworks", before: "accounts/*/routers/" },
  { host: "Fireworks, through a gateway", before: "fireworks_ai/" },
  { host: "Together, through a gateway", before: "together_ai/" },
  { host: "Gemini", before: "models/" },
  { host: "Gemini, through a gateway", before: "gemini/" },
  { host: "Google Vertex", before: "publishers/*/models/" },
  { host: "Google Vertex", before: "vertex/" },
  { host: "Google Vertex", before: "vertex_ai/" },
  { host: "Google Vertex", behind: "@default" },
  { host: "Google Vertex", behind: "@latest" },
  { host: "Google Vertex", behind: "@###" },
  { host: "Google Vertex", behind: "@########" },
  { host: "a cloud's region", behind: "@~" },
  { host: "Bedrock", before: "bedrock/" },
  ...["apac", "au", "ca", "eu", "global", "jp", "us", "us-gov"].map((region) => ({
    host: "Bedrock's regions",
    before: `${region}.`,
  })),
  { host: "Azure", before: "azure/" },
  { host: "Azure", before: "azure_ai/" },
  { host: "Azure", before: "azure-openai/" },
  { host: "Cloudflare", before: "@cf/" },
  { host: "Cloudflare", before: "@hf/" },
  { host: "Cloudflare, through a gateway", before: "workers-ai/" },
  { host: "NVIDIA", before: "nim/" },
  { host: "NVIDIA, through a gateway", before: "nvidia_nim/" },
  { host: "Databricks", before: "databricks-" },
  { host: "Parasail", before: "parasail-" },
  { host: "Novita", before: "novita/" },
  { host: "Nebius", before: "nebius/" },
  { host: "SambaNova", before: "sambanova/" },
  { host: "Hyperbolic", before: "hyperbolic/" },
  { host: "GitHub Models", before: "github/" },
  { host: "Hugging Face, through a gateway", before: "huggingface/" },
  { host: "Ollama", before: "ollama/" },
  { host: "Ollama", behind: ":latest" },
];

const DIGIT = "#";

function pattern(mark: string): string {
  return mark
    .split("")
    .map((char) =>
      char === DIGIT
        ? "\\d"
        : char === "*"
          ? "[^/]+"
          : char === "~" && mark.length > 1
            ? "[a-z]+-[a-z]+\\d?"
            : char.replace(/[.~@:/_-]/, "\\$&"),
    )
    .join("");
}

const BEFORE = MARKS.flatMap(({ before, behind }) =>
  before === undefined
    ? []
    : [new RegExp(`^${pattern(before)}(.+?)${behind === undefined ? "" : `(?:${pattern(behind)})?`}$`)],
);
const BEHIND = new RegExp(
  `(?:${MARKS.flatMap(({ before, behind }) => (before === undefined && behind ? [pattern(behind)] : [])).join("|")})$`,
);

/** More marks than this nobody puts on one name. */
const MAX_MARKS = 4;

/** An id without the marks of who serves it. @param id in small letters */
export function withoutHostMarks(provider: string, id: string): string {
  // Some hosts put their own name before every other: databricks-gpt-5-1.
  let name = !isLine(provider) && id.startsWith(`${provider}-`) ? id.slice(provider.length + 1) : id;
  for (let n = 0; n < MAX_MARKS; n++) {
    const found = BEFORE.map((mark) => mark.exec(name)?.[1]).find((rest) => rest !== undefined);
    const bare = (found ?? name).replace(BEHIND, "");
    if (bare === name || bare === "") break;
    name = bare;
  }
  return name;
}
