import { identify } from "./identity.ts";

const LINES =
  /^(?:o\d|gpt-oss|gpt-[5-9]|deepseek-r\d|qwq|magistral|grok-[4-9]|minimax-m\d|gemini-(?:2\.5-pro|[3-9])|sonar-deep)/;

/**
 * Whether a model thinks before it answers without being told to, as far as its name says: it is then given more
 * output and asked for little effort. Where this is wrong, `models.reasoning` can be set by hand, and
 * `reasoning_by_hand` with it.
 */
export function reasonsByDefault(provider: string, name: string): boolean {
  const { family, variant } = identify(provider, name);
  if (variant.includes("without-thinking")) return false;
  if (variant.includes("thinking")) return true;
  // Somebody's own version of a line thinks as the line does.
  const line = family.replace(/^.*\//, "");
  return LINES.test(line) && !/-chat\b|^gpt-\d+(?:\.\d+)?-chat|guard/.test(line);
}
