import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { encodeCursor } from "../lib/api/cursor.ts";
import {
  badParameters,
  notFound,
  problemResponse,
  REDIRECT_HEADERS,
  taggedResponse,
} from "../lib/api/http.ts";
import { type Parameter, type Parameters, readQuery, type Values } from "../lib/api/parameters.ts";
import { isOpen, type Part } from "../lib/locks.ts";
import { logFailure } from "../lib/log.ts";
import { readProblem } from "../lib/problem.ts";
import type { Services } from "./context.server.ts";
import type { Filters } from "./known-values.server.ts";
import { INCOMPLETE_CACHE_CONTROL } from "./page.server.ts";
import { withServices } from "./problem.server.ts";
import type { Reader } from "./reader.server.ts";

type Ready = Extract<Services, { ok: true }>;

/**
 * Answers a program: the query by its parameters, what goes wrong as application/problem+json.
 * @param parameters what may be sent; made from the services, since locked metrics take some away
 * @param options `extra`: of an address that others put into their pages, where readers' and proxies' own parameters hang
 * on; they are sent to the address without those, as caches should see one for one answer
 */
export function answerProgram<P extends Parameters>(
  request: Request,
  services: Services,
  parameters: (services: Ready, sent: URLSearchParams) => P,
  answer: (query: Values<P>, services: Ready) => Promise<Response>,
  { extra = "refused" }: { readonly extra?: "refused" | "left out" } = {},
): Promise<Response> {
  return answerInWords(request, services, async (ready) => {
    const { pathname, searchParams: sent } = new URL(request.url);
    const known = parameters(ready, sent);
    const ours = new URLSearchParams([...sent].filter(([name]) => Object.hasOwn(known, name)));
    if (extra === "left out" && ours.size < sent.size) return redirectTo(pathname, ours);
    const query = readQuery(known, sent);
    return query.ok ? answer(query.values, ready) : problemResponse(badParameters(query.errors));
  });
}

/** Answers, with what goes wrong as application/problem+json, and a redirect that is thrown as it is. */
export async function answerInWords(
  request: Request,
  services: Services,
  answer: (services: Ready) => Promise<Response>,
): Promise<Response> {
  try {
    return await withServices(services, answer);
  } catch (thrown) {
    if (thrown instanceof Response) {
      for (const [name, value] of Object.entries(REDIRECT_HEADERS)) thrown.headers.set(name, value);
      return thrown;
    }
    const failure = asFailure(thrown);
    const { title, explanation, details } = readProblem(failure.status, failure.body);
    if (failure.body === undefined) logFailure("api_failed", request, thrown);
    return problemResponse(
      {
        type: "/api#problems",
        title,
        status: failure.status,
        detail: [explanation, ...details].join(" "),
      },
      failure.status === 429 ? { "Retry-After": "10" } : {},
    );
  }
}

function redirectTo(pathname: string, query: URLSearchParams): Response {
  const address = query.size === 0 ? pathname : `${pathname}?${query}`;
  return new Response(null, { status: 302, headers: { ...REDIRECT_HEADERS, Location: address } });
}

/** What `withServices` throws is made for pages: a body beside its status. Anything else is a fault of ours. */
function asFailure(thrown: unknown): { status: number; body: unknown } {
  if (
    typeof thrown === "object" &&
    thrown !== null &&
    "data" in thrown &&
    "init" in thrown &&
    typeof thrown.init === "object" &&
    thrown.init !== null &&
    "status" in thrown.init &&
    typeof thrown.init.status === "number"
  ) {
    return { status: thrown.init.status, body: thrown.data };
  }
  return { status: 500, body: undefined };
}

export interface ListPage {
  readonly entries: readonly object[];
  /** What the next page begins after; null on the last. */
  readonly next: readonly (string | number)[] | null;
  readonly simulated: boolean;
  /** What stands beside the page. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** The loader of a list: a page as JSON with its ETag, and its successor as a Link. */
export function listLoader<P extends Parameters & { limit: Parameter<number> & { fallback: number } }>(
  list: string,
  parameters: (services: Ready, sent: URLSearchParams) => P,
  read: (reader: Reader, query: Values<P>, locked: Ready["lockedMetrics"]) => Promise<ListPage>,
  {
    part,
    besideNothing,
  }: {
    /** Where this is locked, the list is not there. */
    readonly part?: Part;
    /** What stands beside an empty page. */
    readonly besideNothing?: (query: Values<P>) => ListPage["beside"];
  } = {},
) {
  return ({ request, context }: LoaderFunctionArgs): Promise<Response> =>
    answerProgram(request, context.services, parameters, async (query, { reader, lockedMetrics, known }) => {
      if (part !== undefined && !isOpen(part, lockedMetrics)) {
        return problemResponse(notFound("What this list holds is locked here."));
      }
      // A list's parameters of these names are these filters.
      const isUnknown = (await known.unknown(reader, query as Filters)).length > 0;
      const page = isUnknown
        ? { entries: [], next: null, simulated: false, beside: besideNothing?.(query) }
        : await read(reader, query, lockedMetrics);
      const cursor = page.next && encodeCursor(list, page.next);
      const next = cursor && withCursor(new URL(request.url), cursor);
      const body = {
        simulated: page.simulated,
        ...page.beside,
        page: { limit: query.limit, next_cursor: cursor, next },
        data: page.entries,
      };
      return jsonResponse(request, body, {
        ...(isUnknown ? { "Cache-Control": INCOMPLETE_CACHE_CONTROL } : {}),
        ...(next === null ? {} : { Link: `<${next}>; rel="next"` }),
      });
    });
}

export function jsonResponse(
  request: Request,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return taggedResponse(request, `${JSON.stringify(body)}\n`, {
    "Content-Type": "application/json; charset=utf-8",
    ...headers,
  });
}

function withCursor(url: URL, cursor: string): string {
  const query = new URLSearchParams(url.search);
  query.set("cursor", cursor);
  return `${url.pathname}?${query}`;
}
