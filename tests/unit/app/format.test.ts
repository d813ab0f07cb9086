import { expect, test } from "vitest";
import {
  formatAgo,
  formatDate,
  formatInteger,
  formatMs,
  formatNumber,
  formatSeconds,
  formatShare,
  formatTick,
  formatTime,
  formatTps,
  formatUsd,
  roughly,
} from "../../../app/lib/format.ts";
import { printedSeed, randomFrom } from "../../support/random.ts";

test.each([
  [formatMs, 412.4, "412 ms"],
  [formatMs, 1_240, "1,240 ms"],
  [formatMs, 3.14, "3.1 ms"],
  [formatMs, 0, "0 ms"],
  [formatMs, -0.04, "0.0 ms"],
  [formatSeconds, 4_120, "4.12 s"],
  [formatSeconds, 1_005, "1.01 s"],
  [formatSeconds, 8_345, "8.35 s"],
  [formatTps, 84.21, "84.2 tok/s"],
  [formatInteger, 2_500, "2,500"],
  [formatUsd, 1.239, "$1.24"],
  [formatUsd, 1.005, "$1.01"],
  [formatUsd, 0.0001235, "$0.000124"],
  [formatUsd, 0.05774, "$0.0577"],
  [formatUsd, 0.00031, "$0.00031"],
  [formatUsd, 0, "$0"],
  [formatUsd, 1e-300, "<$0.0000000000010"],
  [formatShare, 0.9375, "93.8%"],
  [formatShare, 1, "100%"],
  [formatShare, 0, "0%"],
])("%o writes %d as %s", (format, value, text) => {
  expect(format(value)).toBe(text);
});

test("numbers are written as Intl writes them in American English", () => {
  const random = randomFrom(printedSeed("FORMAT_SEED"));
  const fixed = (decimals: number) =>
    new Intl.NumberFormat("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: "negative",
    });
  const digits = new Intl.NumberFormat("en-US", { minimumSignificantDigits: 2, maximumSignificantDigits: 3 });
  const upToThree = new Intl.NumberFormat("en-US");
  const intl = [0, 1, 2].map(fixed);
  for (let round = 0; round < 5_000; round += 1) {
    const value = (random() < 0.5 ? -1 : 1) * 10 ** (random() * 20 - 9);
    // Halves as they are written, which the stored number is mostly a little below or above.
    const half = (decimals: number) => (Math.floor(random() * 1e6) + 0.5) / 10 ** decimals;
    for (const [decimals, format] of intl.entries())
      for (const number of [value, half(decimals)])
        expect(formatNumber(number, decimals)).toBe(format.format(number));
    const small = 10 ** -(random() * 9);
    const smallHalf = (100 + Math.floor(random() * 900) + 0.5) / 10 ** (3 + Math.floor(random() * 6));
    for (const number of [small, smallHalf]) expect(formatUsd(number)).toBe(`$${digits.format(number)}`);
  }
  for (const tick of [0, 0.001, 0.025, 0.5, 1, 1.25, 20, 999, 1_000, 12_500, 1_000_000])
    expect(formatTick(tick)).toBe(upToThree.format(tick));
});

test("rounding makes no outage disappear and invents no success", () => {
  expect(formatShare(0.99999)).toBe("99.9%");
  expect(formatShare(0.00001)).toBe("0.1%");
});

test.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])("%s is n/a in every unit", (value) => {
  for (const format of [formatMs, formatSeconds, formatTps, formatInteger, formatUsd, formatShare]) {
    expect(format(value)).toBe("n/a");
  }
});

test("times are in UTC wherever they are read", () => {
  expect(formatTime("2026-11-23T14:05:59.123+02:00")).toBe("23 Nov, 12:05 UTC");
  expect(formatDate("2026-08-16T00:00:00Z")).toBe("16 Aug 2026");
  expect(formatTime("soon")).toBe("n/a");
});

test.each([
  [0, "just now"],
  [59, "just now"],
  [60, "1 min ago"],
  [3_599, "59 min ago"],
  [3_600, "1 h ago"],
  [47 * 3_600, "47 h ago"],
  [48 * 3_600, "2 days ago"],
  // A clock that runs a little behind the database's.
  [-5, "just now"],
])("%d seconds are %s", (seconds, text) => {
  const now = "2026-11-23T12:00:00Z";
  expect(formatAgo(new Date(Date.parse(now) - seconds * 1_000).toISOString(), now)).toBe(text);
});

test.each([
  ["2026-11-28T10:00:00Z", "2026-11-28T10:01:00Z", "a few minutes"],
  ["2026-11-28T10:00:00Z", "2026-11-28T10:12:31Z", "about 15 min"],
  ["2026-11-28T10:00:00Z", "2026-11-28T11:25:00Z", "about 85 min"],
  ["2026-11-28T10:00:00Z", "2026-11-28T11:40:00Z", "about 2 h"],
  ["2026-10-30T10:03:00Z", "2026-11-28T19:00:00Z", "about 29 days"],
  ["2026-11-28T10:00:00Z", "2026-11-28T09:00:00Z", ""],
])("from %s to %s is %s, no more than a probe of every 15 minutes knows", (from, to, words) => {
  expect(roughly(from, to)).toBe(words);
});
