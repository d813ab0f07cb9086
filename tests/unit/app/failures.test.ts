import { describe, expect, test } from "vitest";
import { FAILURES, failureMeaning, failureTitle } from "../../../app/lib/failures.ts";
import { ERROR_KINDS } from "../../../workers/benchmark/probe/types.ts";

describe("the words for failures", () => {
  test("name every kind that the probe writes, in its order, and no other", () => {
    expect(Object.keys(FAILURES)).toEqual([...ERROR_KINDS]);
  });

  test("are there for a kind that is missing, unknown, or a name that means something else", () => {
    expect(failureMeaning("timeout")).toContain("deadline");
    for (const odd of [null, "status 404", "constructor", "__proto__", ""]) {
      expect(failureMeaning(odd)).toBe("Stored without a known kind; judged by its HTTP status");
      expect(failureTitle(odd)).toBe(odd ?? "failed");
    }
  });

  test("call a connection that failed to every provider at once ours", () => {
    expect(failureTitle("network", "provider")).toBe("no connection");
    expect(failureTitle("network", "probe")).toBe("our connection was down");
    expect(failureTitle("timeout", "probe")).toBe("timed out");
  });
});
