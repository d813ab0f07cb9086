import type { Endpoint, EndpointKind } from "./types.ts";

/** One endpoint in the plot of speed against price. */
export interface ScatterPoint {
  readonly name: string;
  readonly model: string;
  readonly kind: EndpointKind | null;
  readonly simulated: boolean;
  /** USD per million tokens at this prompt's mix. */
  readonly price: number;
  /** Median, tokens per second. */
  readonly tps: number;
  readonly n: number;
  /** Place in the plot, 0 to 1 from the left and from the bottom. */
  readonly x: number;
  readonly y: number;
}

export interface ScatterPlot {
  readonly points: readonly ScatterPoint[];
  readonly priceTicks: readonly Tick[];
  readonly speedTicks: readonly Tick[];
  /** Endpoints without a rate or a known price. */
  readonly left: number;
}

export interface Tick {
  readonly value: number;
  /** Place, 0 to 1. */
  readonly at: number;
}

/** A price of nothing has no logarithm; it stands at the axis' begin. */
const FREE_AT = 0.03;

/**
 * Speed against price, both on logarithmic axes, since both reach over some powers of ten: equal distances are equal
 * ratios. Null where no endpoint has both.
 */
export function priceSpeedPoints(endpoints: readonly Endpoint[]): ScatterPlot | null {
  const known = endpoints.flatMap((endpoint) => {
    const [price, tps] = [endpoint.cost?.per_million ?? null, endpoint.tps?.p50 ?? null];
    return price === null || tps === null || !(tps > 0) || !(price >= 0) ? [] : [{ endpoint, price, tps }];
  });
  if (known.length === 0) return null;
  const prices = logAxis(
    known.flatMap(({ price }) => (price > 0 ? [price] : [])),
    FREE_AT * 2,
  );
  const speeds = logAxis(
    known.map(({ tps }) => tps),
    0,
  );
  return {
    points: known.map(({ endpoint, price, tps }) => ({
      name: endpoint.provider_name,
      model: endpoint.model,
      kind: endpoint.kind,
      simulated: endpoint.simulated,
      price: significant(price),
      tps: significant(tps),
      n: endpoint.tps?.n ?? 0,
      x: place(price > 0 ? prices.at(price) : FREE_AT),
      y: place(speeds.at(tps)),
    })),
    priceTicks: prices.ticks,
    speedTicks: speeds.ticks,
    left: endpoints.length - known.length,
  };
}

/** Round ends (1, 2 or 5 times a power of ten) around the values, and the round values between them. */
function logAxis(values: readonly number[], begin: number): { at: (value: number) => number; ticks: Tick[] } {
  const smallest = values.length === 0 ? 1 : Math.min(...values);
  const largest = values.length === 0 ? 1 : Math.max(...values);
  const low =
    [...rounds(Math.floor(Math.log10(smallest)) - 1, 2)].filter((value) => value < smallest).pop() ??
    smallest / 2;
  const high = rounds(Math.floor(Math.log10(largest)), 2).find((value) => value > largest) ?? largest * 2;
  const at = (value: number) => begin + (Math.log(value / low) / Math.log(high / low)) * (1 - begin);
  const decades = Math.ceil(Math.log10(high / low));
  const inside = rounds(Math.floor(Math.log10(low)), decades + 2).filter(
    (value) => value >= low * 0.999 && value <= high * 1.001,
  );
  // Up to two powers of ten show 1, 2 and 5 of each; more show the powers alone.
  const wanted = decades > 2 ? inside.filter((value) => Math.abs(Math.log10(value) % 1) < 1e-9) : inside;
  return { at, ticks: wanted.map((value) => ({ value, at: place(at(value)) })) };
}

/** 1, 2 and 5 times each of so many powers of ten. */
function rounds(power: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => power + index).flatMap((exponent) =>
    [1, 2, 5].map((factor) => Number(`${factor}e${exponent}`)),
  );
}

function place(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** Four digits that count: what the page shows of it. */
function significant(value: number): number {
  return Number(value.toPrecision(4));
}
