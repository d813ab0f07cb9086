import { describe, expect, test } from "vitest";
import { byTrouble, type Day, GRADES, gradeDay, type ProviderState } from "../../../app/lib/status.ts";
import { monthWords } from "../../../app/lib/status-words.ts";

const day = (failures: number, of: number): Day => ({ successes: of - failures, failures });

describe("a day's grade", () => {
  test.each([
    [day(0, 96), "good"],
    [day(1, 96), "few"],
    [day(1, 400), "few"],
    [day(2, 96), "some"],
    [day(10, 100), "some"],
    [day(11, 100), "many"],
    [day(25, 100), "many"],
    [day(26, 100), "bad"],
    [day(96, 96), "bad"],
    [day(0, 0), null],
    [null, null],
  ])("goes by the share of provider failures (%#)", (given, grade) => {
    expect(gradeDay(given)).toBe(grade);
  });

  test("is one of five, and told in words", () => {
    expect(GRADES).toHaveLength(5);
    expect(monthWords([day(0, 9), day(1, 9), null])).toBe("2 of 30 days measured, 1 with provider failures");
    expect(monthWords([null])).toBe("Not measured in 30 days");
  });
});

test("what fails comes first, what nobody knows last", () => {
  const states: ProviderState[] = ["up", "unknown", "degraded", "down", "partly"];
  expect(states.toSorted(byTrouble)).toEqual(["down", "partly", "degraded", "up", "unknown"]);
});
