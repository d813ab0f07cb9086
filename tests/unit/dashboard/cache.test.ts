import { expect, it } from "vitest";
import { withCachePolicy } from "../../../workers/dashboard/cache.ts";

it.each([
  { status: 200, own: "public, max-age=5", inFront: "public, max-age=900, stale-while-revalidate=300" },
  { status: 200, own: "public, max-age=5, s-maxage=15", inFront: "public, max-age=15" },
  { status: 200, own: "private, max-age=60", inFront: null },
  { status: 200, own: null, inFront: null },
  { status: 302, own: "public, max-age=5", inFront: null },
  { status: 503, own: "public, max-age=5, s-maxage=15", inFront: null },
  { status: 200, own: "public, max-age=5", isSlow: true, inFront: "public, max-age=15" },
  { status: 200, own: "public, max-age=5, s-maxage=5", isSlow: true, inFront: "public, max-age=5" },
  { status: 503, own: null, isSlow: true, inFront: null },
])("a $status that says $own is kept in front as $inFront", ({ status, own, isSlow, inFront }) => {
  const response = new Response(null, { status, headers: own === null ? {} : { "Cache-Control": own } });
  const { headers } = withCachePolicy(response, isSlow);
  expect(headers.get("Cloudflare-CDN-Cache-Control")).toBe(inFront);
  expect(headers.get("Cache-Tag")).toBe(inFront === null ? null : "data");
});
