import { describe, expect, it } from "vitest";
import { readConfig } from "../../../workers/benchmark/config.ts";
import { locate } from "../../../workers/benchmark/jobs/colo.ts";
import { isOutsideRegion, REGIONS, regionOfColo } from "../../../workers/benchmark/jobs/regions.ts";
import { createLog } from "../../../workers/benchmark/log.ts";

const trace = (colo: string) => async () => new Response(`fl=1\ncolo=${colo}\n`);

function logged() {
  const events: Record<string, unknown>[] = [];
  return { events, log: createLog((line) => events.push(JSON.parse(line)), []) };
}

describe("a data centre", () => {
  it.each([
    ["enam", "IAD", false],
    ["enam", "AMS", true],
    ["apac", "SIN", false],
    ["apac", "NRT", false],
    ["apac-ne", "SIN", true],
    // Not listed, not read, and a location of one's own: nothing that could be held against it.
    ["enam", "XXX", false],
    ["enam", null, false],
    ["my-rack", "AMS", false],
    ["local", null, false],
  ])("measured for %s in %s is outside its region: %s", (location, colo, outside) => {
    expect(isOutsideRegion(location, colo)).toBe(outside);
  });

  it("lies in one of the regions that can be set, or in none", () => {
    expect(REGIONS).toContain(regionOfColo("NRT"));
    expect(regionOfColo("XXX")).toBeNull();
  });
});

describe("the location of rows", () => {
  it.each(REGIONS)("can be asked for: %s", (region) => {
    expect(readConfig({ PROBE_REGION: region }).region).toBe(region);
  });

  it("is where the data centre is when Cloudflare has none in the region, with a warning", async () => {
    const { events, log } = logged();
    const config = await locate(readConfig({ PROBE_REGION: "afr" }), log, trace("FRA"));
    expect(config).toMatchObject({ region: "afr", location: "weur" });
    expect(events).toMatchObject([
      { event: "region_not_offered", level: "warn", region: "afr", colo: "FRA", location: "weur" },
    ]);
  });

  it("is what was set, and the region where there is one", async () => {
    const { events, log } = logged();
    expect(
      await locate(readConfig({ PROBE_REGION: "me", PROBE_LOCATION: "dubai" }), log, trace("FRA")),
    ).toMatchObject({
      location: "dubai",
    });
    expect(await locate(readConfig({ PROBE_REGION: "enam" }), log, trace("FRA"))).toMatchObject({
      location: "enam",
    });
    expect(events).toEqual([]);
  });
});
