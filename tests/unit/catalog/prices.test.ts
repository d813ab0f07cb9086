import { describe, expect, it } from "vitest";
import type { HeldPrice } from "../../../workers/benchmark/catalog/changes.ts";
import type { Price } from "../../../workers/benchmark/catalog/listed.ts";
import { dearestHour, jumpingParts, priceAt, samePrice } from "../../../workers/benchmark/catalog/price.ts";
import { decidePrice, type PriceContext } from "../../../workers/benchmark/catalog/price-decision.ts";
import { readTimeOfDay } from "../../../workers/benchmark/catalog/price-hours.ts";
import { openrouterPrice } from "../../../workers/benchmark/catalog/price-overrides.ts";
import fc from "../../support/fast-check.ts";

const per = (input: number, output: number, cachedInput: number | null = null): Price => ({
  input,
  output,
  cachedInput,
});

describe("a price that is in doubt", () => {
  const source = "a list";
  const day = (n: number) => new Date(`2026-11-${String(n).padStart(2, "0")}T03:30:00Z`);
  const decide = (
    price: Price,
    context: Partial<PriceContext>,
    held: HeldPrice | null,
    before: Price | null,
  ) =>
    decidePrice({ id: "m", price: before && { ...before, source }, heldPrice: held }, price, {
      source,
      now: day(1),
      ...context,
    });
  const heldOn = (n: number, days: number, price: Price): HeldPrice => ({
    ...price,
    source,
    at: day(n - days + 1).toISOString(),
    days,
    day: day(n).toISOString().slice(0, 10),
  });

  it("is taken on the third day on which its source says it, however often it is asked on one", () => {
    const [right, wrong] = [per(0.15, 1.5), per(0.01, 0.1)];
    expect(decide(right, {}, null, wrong)).toMatchObject({ record: null, hold: { days: 1 } });
    expect(decide(right, { now: day(1) }, heldOn(1, 1, right), wrong)).toMatchObject({
      record: null,
      hold: null,
    });
    expect(decide(right, { now: day(2) }, heldOn(1, 1, right), wrong)).toMatchObject({ hold: { days: 2 } });
    const third = decide(right, { now: day(3) }, heldOn(2, 2, right), wrong);
    expect(third).toMatchObject({ record: right, hold: null });
  });

  it("is the same one still when it moved a little, and another one when it jumped again", () => {
    const near = decide(per(0.16, 1.6), { now: day(2) }, heldOn(1, 1, per(0.15, 1.5)), per(0.1, 0.1));
    expect(near.hold).toMatchObject({ days: 2, input: 0.16 });
    const far = decide(per(0.15, 150), { now: day(2) }, heldOn(1, 1, per(0.15, 1.5)), per(0.1, 0.1));
    expect(far.hold).toMatchObject({ days: 1 });
  });

  it("is taken at once where a second source says the same, and not where it says otherwise", () => {
    const price = per(20, 40);
    expect(decide(price, { second: per(20.5, 39) }, null, per(1, 2)).record).toMatchObject(price);
    expect(decide(price, { second: per(1, 2) }, null, per(1, 2)).hold).toMatchObject(price);
  });

  it("does not hold parts that are in no doubt", () => {
    // A cached price cut to a twentieth beside an ordinary change of the others.
    const cut = decide(per(1.2, 2.4, 0.01), {}, null, per(1, 2, 0.5));
    expect(cut.record).toMatchObject(per(1.2, 2.4, 0.5));
    expect(cut.hold).toMatchObject(per(1.2, 2.4, 0.01));
    const input = decide(per(0.05, 2.4), {}, null, per(1, 2));
    expect(input.record).toMatchObject(per(1, 2.4));
    expect(decide(per(0.05, 0.1, 0.01), {}, null, per(1, 2, 0.5)).record).toBeNull();
  });

  it("is a first one far from what others charge for the same model", () => {
    const peers = [per(0.65, 3), per(0.22, 0.88), per(0.3, 2.9)];
    expect(decide(per(0.01, 0.1), { peers }, null, null)).toMatchObject({ record: null, hold: { days: 1 } });
    expect(decide(per(0.15, 1.5), { peers }, null, null).record).toMatchObject(per(0.15, 1.5));
    expect(decide(per(0.01, 0.1), { peers: [] }, null, null).record).toMatchObject(per(0.01, 0.1));
    // What somebody gives away says nothing of what it costs.
    expect(decide(per(0.01, 0.1), { peers: [per(0, 0)] }, null, null).record).not.toBeNull();
    expect(
      decide(per(0.01, 0.1), { peers, now: day(3) }, heldOn(2, 2, per(0.01, 0.1)), null).record,
    ).not.toBeNull();
  });

  it("never waits for ever: whatever a source goes on saying is the price after three days", () => {
    const amount = fc.double({ min: 0, max: 1_000, noNaN: true });
    const price = fc.record({ input: amount, output: amount, cachedInput: fc.option(amount) });
    fc.assert(
      fc.property(price, price, fc.array(price), (before, after, peers) => {
        let held: HeldPrice | null = null;
        let now: Price | null = before;
        for (let n = 1; n <= 3; n++) {
          const { record, hold, release } = decide(after, { peers, now: day(n) }, held, now);
          if (record) now = { input: record.input, output: record.output, cachedInput: record.cachedInput };
          if (hold) held = { ...after, source, at: day(n).toISOString(), days: hold.days, day: hold.day };
          else if (record || release) held = null;
        }
        expect(now).toEqual(after);
      }),
    );
  });
});

describe("a price by the hour", () => {
  const usd = (prompt: number, completion: number) => ({
    prompt: String(prompt / 1e6),
    completion: String(completion / 1e6),
  });
  const peak = { ...usd(2, 4), utc_start: 100, utc_end: 400 };
  const night = { ...usd(1, 2), utc_start: 1_630, utc_end: 30 };

  it("is what holds most of the day, with the hours at which another holds, whenever it is read", () => {
    const offPeak = { ...usd(1, 2), utc_start: 400, utc_end: 100 };
    const readOffPeak = openrouterPrice({ ...usd(1, 2), overrides: [peak, offPeak] });
    const readAtPeak = openrouterPrice({ ...usd(2, 4), overrides: [offPeak, peak] });
    expect(readOffPeak).toEqual({ ...per(1, 2), hours: [{ from: "01:00", to: "04:00", ...per(2, 4) }] });
    expect(readAtPeak).toEqual(readOffPeak);
  });

  it("leaves the listed price wherever no window says otherwise, over midnight too", () => {
    expect(openrouterPrice({ ...usd(2, 4), overrides: [night] })).toEqual({
      ...per(2, 4),
      hours: [{ from: "16:30", to: "00:30", ...per(1, 2) }],
    });
  });

  it("keeps of a window's parts those that it leaves out", () => {
    const overrides = [{ completion: "0.000001", utc_start: 0, utc_end: 800 }];
    expect(openrouterPrice({ ...usd(2, 4), input_cache_read: "0.0000005", overrides })).toEqual({
      ...per(2, 4, 0.5),
      hours: [{ from: "00:00", to: "08:00", ...per(2, 1, 0.5) }],
    });
  });

  it.each([
    ["for prompts longer than ours", { ...usd(9, 9), min_prompt_tokens: 200_000 }],
    ["at times that are none", { ...usd(9, 9), utc_start: 2_500, utc_end: 100 }],
    ["at times of no length", { ...usd(9, 9), utc_start: 100, utc_end: 100 }],
    ["with half of its time", { ...usd(9, 9), utc_start: 100 }],
    ["on days of the week", { ...usd(9, 9), utc_start: 100, utc_end: 400, days: ["sat"] }],
    ["that is no price", { prompt: "-1", completion: "x", utc_start: 100, utc_end: 400 }],
    ["that is no object", "cheap"],
  ])("takes no notice of one %s", (_what, override) => {
    expect(openrouterPrice({ ...usd(1, 2), overrides: [override] })).toEqual(per(1, 2));
  });

  it("holds at the time of a request", () => {
    const price = openrouterPrice({ ...usd(3, 6), overrides: [peak, night] });
    const at = (time: string) => price && priceAt(price, new Date(`2026-11-28T${time}:59.999Z`)).input;
    expect(["00:29", "00:30", "00:59", "01:00", "03:59", "04:00", "16:29", "16:30", "23:59"].map(at)).toEqual(
      [1, 3, 3, 2, 2, 3, 3, 1, 1],
    );
    expect(price && dearestHour(price)).toEqual({ input: 3, output: 6 });
  });

  it("agrees with the windows it was made of at every minute of the day", () => {
    const time = fc
      .integer({ min: 0, max: 23 })
      .chain((h) => fc.integer({ min: 0, max: 59 }).map((m) => h * 100 + m));
    const window = fc.record({ utc_start: time, utc_end: time, usd: fc.integer({ min: 1, max: 4 }) });
    const minute = (hhmm: number) => Math.floor(hhmm / 100) * 60 + (hhmm % 100);
    fc.assert(
      fc.property(fc.array(window, { maxLength: 6 }), (windows) => {
        const overrides = windows.map(({ usd: n, ...times }) => ({ ...usd(n, n), ...times }));
        const price = openrouterPrice({ ...usd(9, 9), overrides });
        for (let now = 0; now < 1_440; now += 7) {
          const holds = windows.find(({ utc_start, utc_end }) => {
            const [from, to] = [minute(utc_start), minute(utc_end)];
            return from < to ? from <= now && now < to : from > to && (from <= now || now < to);
          });
          const at = new Date(Date.UTC(2026, 10, 28, 0, now));
          expect(price && priceAt(price, at).input).toBe(holds?.usd ?? 9);
        }
      }),
    );
  });

  it.each([
    [100, 60],
    [1_630, 990],
    [0, 0],
    [2_400, 1_440],
    ["16:30", 990],
    ["16:30:00Z", 990],
    ["0030", 30],
    [1_299, null],
    [-100, null],
    [16.5, null],
    [null, null],
  ])("reads the time %j as %s minutes", (value, minutes) => {
    expect(readTimeOfDay(value)).toBe(minutes);
  });

  it("has jumped where it did at any hour, and is the same only at the same hours", () => {
    const hours = [{ from: "01:00", to: "04:00", ...per(2, 4) }];
    expect(jumpingParts(per(1, 2), { ...per(1, 2), hours })).toEqual([]);
    expect(
      jumpingParts(per(1, 2), { ...per(1, 2), hours: [{ from: "01:00", to: "04:00", ...per(11, 4) }] }),
    ).toEqual(["input"]);
    expect(samePrice(per(1, 2), { ...per(1, 2), hours })).toBe(false);
    expect(samePrice({ ...per(1, 2), hours }, { ...per(1, 2), hours: [...hours] })).toBe(true);
  });
});
