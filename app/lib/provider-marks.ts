/** One or two letters and a colour: our own sign for a provider, never its trademark. */
export interface ProviderMark {
  readonly letters: string;
  readonly color: string;
  /** The colour's place in the palette: the class `sign-<hue>` has it. */
  readonly hue: number;
}

/** Told apart on the dark ground, 4.5:1 and more. The same as `sign-0` and on in tailwind.css. */
export const PALETTE = [
  "#7cb0ff",
  "#fb7185",
  "#a78bfa",
  "#cbd5e1",
  "#f0a97a",
  "#38bdf8",
  "#facc15",
  "#818cf8",
  "#f9a8d4",
  "#fb923c",
  "#c084fc",
  "#34d399",
  "#2dd4bf",
  "#a3e635",
] as const;

const MARKS: Readonly<Record<string, readonly [letters: string, hue: number]>> = {
  openai: ["O", 0],
  groq: ["G", 1],
  together: ["T", 2],
  openrouter: ["Or", 3],
  anthropic: ["A", 4],
  gemini: ["Ge", 5],
  mistral: ["M", 6],
  deepseek: ["D", 7],
  xai: ["x", 8],
  cerebras: ["C", 9],
  fireworks: ["F", 10],
  deepinfra: ["Di", 11],
  perplexity: ["P", 12],
};

/** The sign for a provider's slug; one that is not known gets its first letter and a colour of its own name. */
export function providerMark(slug: string): ProviderMark {
  const [letters, hue] = (Object.hasOwn(MARKS, slug) ? MARKS[slug] : undefined) ?? [
    [...slug][0]?.toUpperCase() ?? "?",
    [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7) % PALETTE.length,
  ];
  return { letters, hue, color: PALETTE[hue] ?? PALETTE[0] };
}
