/** Colours for what CSS cannot reach: a canvas. The same as the acid tokens in tailwind.css. */
export const ACID = {
  bg: "#0a0e14",
  surface: "#1a1f29",
  border: "#2d3748",
  text: "#e2e8f0",
  muted: "#94a3b8",
  primary: "#3b82f6",
  link: "#7cb0ff",
  warning: "#f59e0b",
} as const;

export const MONO = '"JetBrains Mono Variable", ui-monospace, monospace';
