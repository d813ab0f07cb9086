import { providerMark } from "./provider-marks.ts";

/** How a line is told from the others: by its colour, and by the mark on its points. */
export interface LineLook {
  readonly color: string;
  /** A path within 5 px around its point. */
  readonly mark: string;
}

/** Circle, square, triangle, diamond, cross, the triangle upside down. */
const MARKS = [
  "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0Z",
  "M-3-3H3V3H-3Z",
  "M0-4.2L4.2 3.2H-4.2Z",
  "M0-4.6L4.6 0L0 4.6L-4.6 0Z",
  "M-1.3-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3Z",
  "M0 4.2L-4.2-3.2H4.2Z",
] as const;

/** Light on dark, and far from each other. */
const COLORS = ["#7cb0ff", "#fb7185", "#34d399", "#fbbf24", "#c084fc", "#22d3ee", "#e2e8f0"] as const;

/** Colours that are nearer than this (0 to 765) are taken for one another. */
const TOO_NEAR = 130;

/** Looks for endpoints on one plot: each in its provider's colour, or in another where that one is taken. */
export function lineLooks(providers: readonly string[]): LineLook[] {
  const taken: string[] = [];
  return providers.map((provider, index) => {
    const free = (color: string) => taken.every((other) => distance(color, other) >= TOO_NEAR);
    const color =
      [providerMark(provider).color, ...COLORS].find(free) ?? COLORS[index % COLORS.length] ?? COLORS[0];
    taken.push(color);
    return { color, mark: MARKS[index % MARKS.length] ?? MARKS[0] };
  });
}

function distance(a: string, b: string): number {
  const [x, y] = [channels(a), channels(b)];
  return x.reduce((sum, value, index) => sum + Math.abs(value - (y[index] ?? 0)), 0);
}

function channels(color: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}
