import type { Price, PricedHours, TokenPrice } from "./listed.ts";
import { sameTokenPrice } from "./price.ts";

const DAY_MINUTES = 24 * 60;
/** More windows than this a day is no tariff. */
const MAX_WINDOWS = 24;

/** A price that holds between two minutes of the day; `to` may be on the next. */
export interface PricedWindow {
  readonly from: number;
  readonly to: number;
  readonly price: TokenPrice;
}

/**
 * A price with its hours, written in one way whatever the hour at which it was read: what holds for most of the day is
 * the price, and the hours at which another holds stand beside it.
 *
 * @param now what the list gives as the price; it holds wherever no window says otherwise.
 */
export function priceWithHours(now: TokenPrice, windows: readonly PricedWindow[]): Price {
  if (windows.length === 0 || windows.length > MAX_WINDOWS) return now;
  const priceOf = (minute: number) =>
    windows.find(({ from, to }) =>
      from < to ? from <= minute && minute < to : from <= minute || minute < to,
    )?.price ?? now;
  const starts = [...new Set(windows.flatMap(({ from, to }) => [from, to % DAY_MINUTES]))].sort(
    (a, b) => a - b,
  );
  const spans: { from: number; minutes: number; price: TokenPrice }[] = [];
  for (const [n, from] of starts.entries()) {
    const to = starts[n + 1] ?? (starts[0] ?? 0) + DAY_MINUTES;
    const price = priceOf(from);
    const last = spans.at(-1);
    if (last && sameTokenPrice(last.price, price)) last.minutes += to - from;
    else spans.push({ from, minutes: to - from, price });
  }
  const [first, last] = [spans[0], spans.at(-1)];
  if (first && last && first !== last && sameTokenPrice(first.price, last.price)) {
    last.minutes += first.minutes;
    spans.shift();
  }
  const usual = usualPrice(spans);
  const hours = spans
    .filter(({ price }) => !sameTokenPrice(price, usual))
    .map(
      ({ from, minutes, price }): PricedHours => ({
        from: timeOf(from),
        to: timeOf(from + minutes),
        ...price,
      }),
    )
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  return hours.length > 0 ? { ...usual, hours } : usual;
}

/** What holds for the longest time in all; the cheaper where two hold as long. */
function usualPrice(spans: readonly { readonly minutes: number; readonly price: TokenPrice }[]): TokenPrice {
  const lasting = (of: TokenPrice) =>
    spans.reduce((sum, { minutes, price }) => sum + (sameTokenPrice(price, of) ? minutes : 0), 0);
  const [first, ...others] = spans.map(({ price }) => price);
  if (!first) throw new RangeError("a day without a price");
  return others.reduce((best, price) => {
    const longer = lasting(price) - lasting(best);
    return longer > 0 || (longer === 0 && price.output < best.output) ? price : best;
  }, first);
}

/**
 * A time of day as lists write it: 1630 and "1630" (hours and minutes run together), "16:30", "16:30:00Z".
 *
 * @returns minutes since midnight, up to 1440; null where it is none.
 */
export function readTimeOfDay(value: unknown): number | null {
  const text = typeof value === "number" ? String(value).padStart(4, "0") : value;
  if (typeof text !== "string") return null;
  const [, hours = "", minutes = ""] = /^(\d{1,2}):?(\d{2})(?::\d{2})?Z?$/.exec(text.trim()) ?? [];
  const time = Number(hours) * 60 + Number(minutes);
  return hours !== "" && Number(minutes) < 60 && time <= DAY_MINUTES ? time : null;
}

function timeOf(minute: number): string {
  const within = minute % DAY_MINUTES;
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}
