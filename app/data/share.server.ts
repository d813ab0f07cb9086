import type { LockableMetric } from "../lib/locks.ts";
import { endpointKey, parseEndpointPath } from "../lib/models-path.ts";
import { MODEL_QUERY, type ModelQuery } from "../lib/queries.ts";
import { rankEndpoints } from "../lib/ranking.ts";
import type { Card } from "../lib/share/card.ts";
import type { Endpoint } from "../lib/types.ts";
import { readEndpoint } from "./models-page.server.ts";
import { readOverview } from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

/** What a page is about, by its address. */
type Subject =
  | { readonly kind: "all" }
  | { readonly kind: "endpoint"; readonly provider: string; readonly model: string }
  | { readonly kind: "some"; readonly keys: readonly string[] }
  | { readonly kind: "identity" | "provider"; readonly name: string };

/** @returns null for a page that is not about endpoints */
export function subjectOf(pathname: string, query: URLSearchParams): Subject | null {
  if (pathname === "/") return { kind: "all" };
  if (pathname === "/compare") {
    const keys = [...query.getAll("with"), query.get("a"), query.get("b")].filter((key) => key !== null);
    return keys.length === 0 ? null : { kind: "some", keys: keys.slice(0, 6) };
  }
  const endpoint = parseEndpointPath(pathname);
  if (endpoint !== null) return { kind: "endpoint", ...endpoint };
  const [, section, part = ""] = /^\/(models|providers)\/([^/]+)$/.exec(pathname) ?? [];
  if (section === undefined) return null;
  try {
    return { kind: section === "models" ? "identity" : "provider", name: decodeURIComponent(part) };
  } catch {
    return null; // A stray per cent sign.
  }
}

/**
 * A page's figures in few words, without locked metrics.
 * @returns null where there is no such page, or nothing is known of what it is about
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readCard(
  reader: Reader,
  pathname: string,
  params: URLSearchParams,
  locked: ReadonlySet<LockableMetric>,
): Promise<Card | null> {
  const subject = subjectOf(pathname, params);
  if (subject === null) return null;
  const query = MODEL_QUERY.parse(params);
  if (subject.kind === "endpoint") {
    const endpoint = await readEndpoint(reader, subject, query, locked);
    return endpoint && card(endpoint.model, [endpoint], query, endpoint.newest_at, query.location);
  }
  const { endpoints, as_of, location } = await readOverview(reader, query, locked);
  const measured = endpoints.filter(({ attempts }) => attempts > 0);
  if (subject.kind === "all") {
    const title = "How fast are AI providers right now?";
    return card(title, ranked(measured, query), query, as_of, location);
  }
  const about = measured.filter((endpoint) =>
    subject.kind === "some"
      ? subject.keys.includes(endpointKey(endpoint))
      : subject.name === (subject.kind === "identity" ? endpoint.identity : endpoint.provider),
  );
  const [first] = about;
  if (first === undefined) return null;
  const names = new Set(about.map(({ provider_name }) => provider_name));
  const title =
    subject.kind === "identity"
      ? subject.name
      : subject.kind === "provider"
        ? first.provider_name
        : [...names].join(" vs ");
  return card(title, sorted(about, query), query, as_of, location);
}

/** Best first. A picture has no room to say why an endpoint has no rank: those come in only where there are no others. */
function ranked(endpoints: readonly Endpoint[], { window }: ModelQuery): Endpoint[] {
  const standings = rankEndpoints("lowestTtft", endpoints, window);
  const inRank = standings.filter(({ unranked }) => unranked === null);
  return (inRank.length > 0 ? inRank : standings).map(({ endpoint }) => endpoint);
}

/** All of them, whatever their rank. */
function sorted(endpoints: readonly Endpoint[], { window }: ModelQuery): Endpoint[] {
  return rankEndpoints("lowestTtft", endpoints, window).map(({ endpoint }) => endpoint);
}

function card(
  title: string,
  endpoints: readonly Endpoint[],
  { window }: ModelQuery,
  asOf: string | null,
  location: string | null,
): Card {
  return {
    title,
    endpoints,
    window,
    asOf,
    location,
    simulated: endpoints.some(({ simulated }) => simulated),
  };
}
