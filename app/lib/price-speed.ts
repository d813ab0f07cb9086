import { providerMark } from "./provider-marks.ts";
import type { Endpoint, EndpointKind } from "./types.ts";

/** One endpoint in the plot of speed against price. */
export interface ScatterPoint {
  readonly provider: string;
  readonly name: string;
  /** The provider's colour, by its place in the palette. */
  readonly hue: number;
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
  /** See `packPoint`. */
  readonly points: readonly string[];
  /** Places of the points that no other is both faster and cheaper than, cheapest first. */
  readonly frontier: readonly (readonly [x: number, y: number])[];
  readonly labels: readonly ScatterLabel[];
  readonly priceTicks: readonly Tick[];
  readonly speedTicks: readonly Tick[];
  /** Endpoints without a rate or a known price. */
  readonly left: number;
}

/** A point's name where it covers nothing: in any box, or only in a wide one. */
export interface ScatterLabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly side: "left" | "right";
  readonly isBelow: boolean;
  readonly isWide: boolean;
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
  const points = known.map(
    ({ endpoint, price, tps }): ScatterPoint => ({
      provider: endpoint.provider,
      name: endpoint.provider_name,
      hue: providerMark(endpoint.provider).hue,
      model: endpoint.model,
      kind: endpoint.kind,
      simulated: endpoint.simulated,
      price: significant(price),
      tps: significant(tps),
      n: endpoint.tps?.n ?? 0,
      x: place(price > 0 ? prices.at(price) : FREE_AT),
      y: place(speeds.at(tps)),
    }),
  );
  const best = frontier(points);
  return {
    points: points.map(packPoint),
    frontier: best.map(({ x, y }) => [x, y] as const),
    labels: placeLabels([...best, ...points.filter((point) => !best.includes(point))]),
    priceTicks: prices.ticks,
    speedTicks: speeds.ticks,
    left: endpoints.length - known.length,
  };
}

/** A point as one line, which is a third as long to send as an object; the model comes last, since it may hold any sign. */
function packPoint({
  x,
  y,
  tps,
  price,
  n,
  kind,
  simulated,
  hue,
  provider,
  name,
  model,
}: ScatterPoint): string {
  return [
    x,
    y,
    tps,
    price,
    n,
    kind ?? "",
    simulated ? 1 : 0,
    hue,
    provider.replaceAll("|", "/"),
    name.replaceAll("|", "/"),
    model,
  ].join("|");
}

export function unpackPoint(line: string): ScatterPoint {
  const [x, y, tps, price, n, kind, simulated, hue, provider = "", name = "", ...model] = line.split("|");
  return {
    x: Number(x),
    y: Number(y),
    tps: Number(tps),
    price: Number(price),
    n: Number(n),
    kind: kind === "direct" || kind === "proxy" ? kind : null,
    simulated: simulated === "1",
    hue: Number(hue),
    provider,
    name,
    model: model.join("|"),
  };
}

/** The points that no other is both faster and cheaper than, cheapest first. */
function frontier(points: readonly ScatterPoint[]): ScatterPoint[] {
  let fastest = 0;
  return [...points]
    .sort((a, b) => a.price - b.price || b.tps - a.tps)
    .filter(({ tps }) => {
      if (tps <= fastest) return false;
      fastest = tps;
      return true;
    });
}

/** Boxes that names are placed for, in pixels: on a phone, and beside another chart. */
const NARROW = { width: 300, height: 288 };
const WIDE = { width: 580, height: 288 };
const MOST_LABELS = 20;
const LETTER = 6;

/** Names of points, the first ones first, each where it covers neither a point nor a name. */
function placeLabels(points: readonly ScatterPoint[]): ScatterLabel[] {
  const labels: ScatterLabel[] = [];
  for (const isWide of [false, true]) {
    const box = isWide ? WIDE : NARROW;
    const taken = labels.map((label) => areaOf(label, box));
    const dots = points.map(({ x, y }) => around(x * box.width, (1 - y) * box.height));
    for (const point of points) {
      const text = `${point.name} ${shorten(point.model)}${point.simulated ? ", simulated" : ""}`;
      if (
        labels.length >= MOST_LABELS ||
        labels.some(({ x, y, text: of }) => x === point.x && y === point.y && of === text)
      )
        continue;
      const candidates = (["right", "left"] as const).flatMap((side) =>
        [false, true].map(
          (isBelow): ScatterLabel => ({ x: point.x, y: point.y, text, side, isBelow, isWide }),
        ),
      );
      const fitting = candidates.find((label) => {
        const area = areaOf(label, box);
        const fits =
          area.left >= 0 &&
          area.right <= box.width &&
          area.top >= 0 &&
          area.bottom <= box.height &&
          ![taken, dots].some((areas) => areas.some((other) => overlaps(area, other)));
        if (fits) taken.push(area);
        return fits;
      });
      if (fitting !== undefined) labels.push(fitting);
    }
  }
  return labels;
}

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function areaOf({ x, y, text, side, isBelow }: ScatterLabel, { width, height }: typeof NARROW): Area {
  const [from, base] = [x * width + (side === "right" ? 8 : -8), (1 - y) * height + (isBelow ? 14 : -5)];
  const length = [...text].length * LETTER;
  return {
    left: side === "right" ? from : from - length,
    right: side === "right" ? from + length : from,
    top: base - 10,
    bottom: base + 3,
  };
}

function around(x: number, y: number): Area {
  return { left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 };
}

function overlaps(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** A model's name without its maker, cut to what fits. */
function shorten(model: string): string {
  const name = [...(model.split("/").at(-1) || model)];
  return name.length > 20 ? `${name.slice(0, 19).join("")}…` : name.join("");
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
