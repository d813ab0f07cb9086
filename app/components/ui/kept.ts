import { useLocation } from "@remix-run/react";
import {
  type EndpointId,
  endpointKey,
  endpointPath,
  identityPath,
  providerPath,
} from "../../lib/models-path.ts";
import { COMPARISON_QUERY, comparisonHref, keptTime, keptWindow } from "../../lib/queries.ts";

/*
 * Links that go on with the time and the place of the page they stand on. Both are read from its address, so no page need
 * hand them down.
 */

let last = { search: "", time: "", window: "" };

/** Read once for all links of a page, of which there are hundreds. */
function useKept(): typeof last {
  const { search } = useLocation();
  if (last.search !== search) last = { search, time: keptTime(search), window: keptWindow(search) };
  return last;
}

/** A search that stands in for a page keeps nothing. */
const join = (path: string, query: string) => (path.includes("?") ? path : path + query);

/** The addresses of pages that a page leads to, with its window or span and its place. */
export function useWays() {
  const { time, window } = useKept();
  return {
    endpoint: (endpoint: EndpointId) => join(endpointPath(endpoint), time),
    identity: (identity: string) => join(identityPath(identity), time),
    provider: (slug: string) => join(providerPath(slug), window),
    compare: (...endpoints: readonly EndpointId[]) =>
      comparisonHref({
        ...COMPARISON_QUERY.parse(new URLSearchParams(time)),
        with: endpoints.map(endpointKey),
      }),
  };
}
