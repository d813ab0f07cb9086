/**
 * Cloudflare's location hints, and in which of them the data centres lie that Durable Objects have been seen in:
 * https://developers.cloudflare.com/durable-objects/reference/data-location/#provide-a-location-hint,
 * https://where.durableobjects.live, names of data centres as on https://www.cloudflarestatus.com. A data centre that
 * is not listed is in no region that we could hold it against.
 */
const COLOS = {
  wnam: "LAX SJC SEA PDX SFO SMF SAN LAS PHX SLC DEN YVR",
  enam: "IAD EWR ORD ATL DFW MIA BOS PHL CLT IAH MSP DTW CMH IND STL MCI TPA YYZ YUL",
  sam: "GRU GIG FOR EZE SCL BOG LIM",
  weur: "LHR MAN EDI DUB AMS BRU CDG MRS LYS FRA DUS HAM MUC TXL ZRH GVA MAD BCN LIS MXP FCO CPH OSL ARN GOT",
  eeur: "WAW PRG VIE BUD OTP SOF ATH HEL RIX TLL VNO KBP BEG ZAG",
  "apac-ne": "NRT KIX FUK OKA ICN TPE HKG",
  "apac-se": "SIN KUL BKK CGK MNL SGN HAN",
  apac: "BOM DEL MAA BLR HYD CCU",
  oc: "SYD MEL BNE PER ADL CBR AKL CHC",
  afr: "JNB CPT DUR NBO MBA LOS CAI",
  me: "DXB DOH BAH RUH TLV AMM",
} as const;

export type Region = keyof typeof COLOS;
/** The order in which settings name them. */
export const REGIONS = [
  "wnam",
  "enam",
  "sam",
  "weur",
  "eeur",
  "apac",
  "apac-ne",
  "apac-se",
  "oc",
  "afr",
  "me",
] as const satisfies readonly Region[];

/** Hints that Cloudflare takes, while it starts no Durable Object there: it puts it into another region. */
const NOT_OFFERED: ReadonlySet<string> = new Set<Region>(["sam", "afr", "me"]);

const regionOf = new Map<string, Region>(
  REGIONS.flatMap((region) => COLOS[region].split(" ").map((colo) => [colo, region] as const)),
);

/** True where a Durable Object hinted there certainly runs elsewhere. */
export function isPlacedElsewhere(region: string): boolean {
  return NOT_OFFERED.has(region);
}

/** The region that a data centre lies in; null where that is not known. */
export function regionOfColo(colo: string | null): Region | null {
  return colo === null ? null : (regionOf.get(colo) ?? null);
}

/** Whether a row measured in a data centre claims a region that this lies outside of; unknown ones do not. */
export function isOutsideRegion(location: string, colo: string | null): boolean {
  const actual = regionOfColo(colo);
  const claimed = REGIONS.find((region) => region === location);
  if (actual === null || claimed === undefined) return false;
  // "apac" is all of Asia and the Pacific's islands, of which the other two are parts.
  return claimed !== actual && !(claimed === "apac" && actual.startsWith("apac-"));
}
