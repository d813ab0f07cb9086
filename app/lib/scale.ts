/** A linear axis from 0: its end and its ticks, in the data's unit. */
export interface Scale {
  readonly max: number;
  readonly step: number;
  readonly ticks: readonly number[];
}

/**
 * The shortest axis from 0 in round steps (1, 2, 2.5 or 5 times a power of ten) that holds the largest value.
 * @param largest the largest value to show; anything not positive gives an axis from 0 to 1
 * @param steps about how many steps to make
 */
export function linearScale(largest: number, steps = 4): Scale {
  const top = Number.isFinite(largest) && largest > 0 ? largest : 1;
  const rough = top / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.ceil(top / step - 1e-9);
  return { max: step * count, step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** A share of 1 for an SVG length, no longer than it needs to be. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
