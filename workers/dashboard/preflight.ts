import { badgeResponse } from "../../app/lib/api/badge.ts";

/** What programs read, from any page of any site. */
const FOR_PROGRAMS =
  /^\/(api\/v1(\/|$)|badge\/|results\.csv$|feed\.xml$|metrics$|og[./]|embed(\/|$)|sitemap\.xml$|robots\.txt$)/;

export function isForPrograms(path: string): boolean {
  return FOR_PROGRAMS.test(path);
}

/** Where agents ask, by POST; it reads only, too. */
export function isForAgents(path: string): boolean {
  return path === "/mcp";
}

/** What has no reader but a program: its limits, its turns and its refusals are a program's. */
export function isForTools(path: string): boolean {
  return isForPrograms(path) || isForAgents(path);
}

/** What other sites may show in a frame: it has no script and nothing to press that changes anything. */
export function isFramable(path: string): boolean {
  return /^\/embed(\/|$)/.test(path);
}

/** How long a browser may remember the answer; Chromium keeps none for longer than this. */
const REMEMBER_S = 7_200;

/**
 * The answer to a browser that asks whether a page elsewhere may read this address. With any headers: what is public is
 * public however it is asked for, and many libraries add headers of their own to each request. `*` leaves out one, Authorization.
 * @returns null where the address is not for programs
 */
export function preflight(path: string): Response | null {
  if (!isForPrograms(path)) return null;
  return new Response(null, {
    status: 204,
    headers: {
      Allow: "GET, HEAD, OPTIONS",
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "GET, HEAD",
      "Access-Control-Allow-Headers": "*, Authorization",
      "Access-Control-Max-Age": String(REMEMBER_S),
      "Cache-Control": `public, max-age=${REMEMBER_S}`,
    },
  });
}

/** A method that changes things, refused as the address's readers understand it. */
export function refuseMethod(path: string): Response {
  const allow = isForAgents(path) ? "POST" : isForPrograms(path) ? "GET, HEAD, OPTIONS" : "GET, HEAD";
  const detail = isForAgents(path)
    ? "This address only answers POST."
    : "This site only answers GET and HEAD.";
  return refusal(path, 405, "This method is not answered", detail, { Allow: allow });
}

/** A page elsewhere that asks as an agent would (DNS rebinding). */
export function refuseOrigin(path: string): Response {
  return refusal(
    path,
    403,
    "This origin is not answered",
    "Agents ask from no page, or from this site's own.",
    {},
  );
}

/** A parameter that no address has. */
export function refuseParameter(path: string, name: string): Response {
  return refusal(path, 400, "Invalid parameter", `${name}: no address here has this parameter.`, {});
}

/** The rate limits of wrangler.toml count minutes. */
export function tooMany(path: string): Response {
  if (isBadge(path)) return badgeResponse("too many requests");
  const detail = "Too many requests came from this address. Ask again in a minute.";
  return refusal(path, 429, "Too many requests", detail, { "Retry-After": "60" });
}

function isBadge(path: string): boolean {
  return path.startsWith("/badge/");
}

function refusal(
  path: string,
  status: number,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>>,
): Response {
  if (!isForTools(path)) return new Response(`${detail}\n`, { status, headers });
  return new Response(`${JSON.stringify({ type: "/api#problems", title, status, detail })}\n`, {
    status,
    headers: {
      ...headers,
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "Retry-After",
      "Content-Type": "application/problem+json",
    },
  });
}
