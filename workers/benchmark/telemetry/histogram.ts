import * as z from "zod";

/** What was seen since a beginning; counts only grow. One more bucket than there are boundaries. */
export const histogramSchema = z.object({
  counts: z.array(z.number()),
  sum: z.number(),
  min: z.number(),
  max: z.number(),
});
export type Histogram = Readonly<z.infer<typeof histogramSchema>>;

/** With one more value; a bucket holds what is above the boundary before it, its own boundary included. */
export function withValue(
  before: Histogram | undefined,
  value: number,
  boundaries: readonly number[],
): Histogram {
  const at = boundaries.findIndex((boundary) => value <= boundary);
  const counts = before ? [...before.counts] : new Array<number>(boundaries.length + 1).fill(0);
  const bucket = at === -1 ? boundaries.length : at;
  counts[bucket] = (counts[bucket] ?? 0) + 1;
  return {
    counts,
    sum: (before?.sum ?? 0) + value,
    min: Math.min(before?.min ?? value, value),
    max: Math.max(before?.max ?? value, value),
  };
}

export function countOf({ counts }: Histogram): number {
  return counts.reduce((sum, n) => sum + n, 0);
}
