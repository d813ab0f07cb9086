import type { LockableMetric } from "../lib/locks.ts";
import { endpointKey, parseEndpointPath, parseIdentityPath, parseProviderPath } from "../lib/models-path.ts";
import { COMPARISON_QUERY, MODEL_QUERY, MOST_COMPARED, type ModelQuery } from "../lib/queries.ts";
import { rankEndpoints } from "../lib/ranking.ts";
import type { Card } from "../lib/share/card.ts";
import { readFigures, writeFigures } from "../lib/share/share.ts";
import type { Endpoint } from "../lib/types.ts";
import { readEndpoint } from "./models-page.server.ts";
import { readOverview } from "./overview.server.ts";
import { type OpenServices, requireAddress, requireKnown } from "./page.server.ts";
import type { Reader } from "./reader.server.ts";

/** What a page is about, by its address. */
type Subject =
  | { readonly kind: "all" }
  | { readonly kind: "endpoint"; readonly provider: string; readonly model: string }
  | { readonly kind: "some"; readonly keys: readonly string[] }
  | { readonly kind: "identity" | "provider"; readonly name: string };

/** What an image or a table is asked for. */
export interface SharedPage {
  readonly subject: Subject;
  readonly query: ModelQuery;
}

/**
 * What an image or a table of a page is asked for, at its one address and by names that the data has: anybody can think of
 * others.
 * @param write its address with a query
 * @returns null where there is no such page, or nothing is known of what it is about
 * @throws a redirect to its one address; what `KnownValues.unknown` throws
 */
export async function requireShared(
  request: Request,
  services: OpenServices,
  page: string,
  write: (search: string) => string,
): Promise<SharedPage | null> {
  const figures = readFigures(page, new URL(request.url).searchParams);
  // As people write slashes and colons, and as Remix hands them on.
  requireAddress(request, write(writeFigures(figures)), write(COMPARISON_QUERY.format(figures)));
  const subject = subjectOf(page, figures.with);
  if (subject === null || (await isUnknown(services, subject))) return null;
  await requireKnown(services, { location: figures.location }, ({ location = null }) =>
    write(writeFigures({ ...figures, location })),
  );
  return { subject, query: { ...MODEL_QUERY.defaults, window: figures.window, location: figures.location } };
}

async function isUnknown({ known, reader }: OpenServices, subject: Subject): Promise<boolean> {
  if (subject.kind === "all") return false;
  const unknown =
    subject.kind === "some"
      ? await known.unknownEndpoints(reader, subject.keys)
      : await known.unknown(reader, subject.kind === "endpoint" ? subject : { [subject.kind]: subject.name });
  return unknown.length > 0;
}

function subjectOf(pathname: string, compared: readonly string[]): Subject | null {
  if (pathname === "/") return { kind: "all" };
  if (pathname === "/compare")
    return compared.length === 0 ? null : { kind: "some", keys: compared.slice(0, MOST_COMPARED) };
  const endpoint = parseEndpointPath(pathname);
  if (endpoint !== null) return { kind: "endpoint", ...endpoint };
  const identity = parseIdentityPath(pathname);
  if (identity !== null) return { kind: "identity", name: identity };
  const provider = parseProviderPath(pathname);
  return provider === null ? null : { kind: "provider", name: provider };
}

/**
 * A page's figures in few words, without locked metrics.
 * @returns null where nothing was measured of what it is about
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readCard(
  reader: Reader,
  { subject, query }: SharedPage,
  locked: ReadonlySet<LockableMetric>,
): Promise<Card | null> {
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
