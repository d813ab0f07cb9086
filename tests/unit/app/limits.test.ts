import { expect, test } from "vitest";
import { keepsLimit, limits, readLimits } from "../../../app/lib/limits.ts";

test.each([
  ["ttft<=800", "ttft<=800"],
  [" TTFT <= 800 , success >= 99.5;tps>100 ", "ttft<=800,success>=99.5,tps>100"],
  ["ttft ≤ 800", "ttft<=800"],
  ["ttft<=800,nothing<3,ttft=5,<7,cost<-1,cost<1e9", "ttft<=800"],
  ["constructor<1", ""],
  ["", ""],
  ["\0ttft<1", "ttft<1"],
  [`${"ttft<1,".repeat(100)}`, Array(8).fill("ttft<1").join(",")],
])("limits are read from %j as %j", (written, read) => {
  expect(limits.read(written, new URLSearchParams())).toBe(read);
});

test("a limit is kept by figures on its side, and never by one that is not known", () => {
  const [limit] = readLimits("ttft<800");
  if (limit === undefined) throw new Error("it is one");
  expect([799, 800, null, undefined].map((value) => keepsLimit(value, limit))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
