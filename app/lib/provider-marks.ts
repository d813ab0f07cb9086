/** One or two letters and a colour: our own sign for a provider, never its trademark. */
export interface ProviderMark {
  readonly letters: string;
  readonly color: string;
}

const MARKS: Readonly<Record<string, ProviderMark>> = {
  openai: { letters: "O", color: "#7cb0ff" },
  groq: { letters: "G", color: "#fb7185" },
  together: { letters: "T", color: "#a78bfa" },
  openrouter: { letters: "Or", color: "#94a3b8" },
  anthropic: { letters: "A", color: "#f0a97a" },
  gemini: { letters: "Ge", color: "#60a5fa" },
  mistral: { letters: "M", color: "#fb923c" },
  deepseek: { letters: "D", color: "#818cf8" },
  xai: { letters: "x", color: "#e2e8f0" },
  cerebras: { letters: "C", color: "#f97316" },
  fireworks: { letters: "F", color: "#c084fc" },
  deepinfra: { letters: "Di", color: "#34d399" },
  perplexity: { letters: "P", color: "#2dd4bf" },
};

/** The sign for a provider's slug; one that is not known gets its first letter. */
export function providerMark(slug: string): ProviderMark {
  const known = Object.hasOwn(MARKS, slug) ? MARKS[slug] : undefined;
  return known ?? { letters: [...slug][0]?.toUpperCase() ?? "?", color: "#94a3b8" };
}
