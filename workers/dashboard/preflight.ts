/** What programs read, from any page of any site. */
const FOR_PROGRAMS = /^\/(api\/v1(\/|$)|badge\/|results\.csv$|feed\.xml$)/;

export function isForPrograms(path: string): boolean {
  return FOR_PROGRAMS.test(path);
}

/** How long a browser may remember the answer; Chromium keeps none for longer than this. */
const REMEMBER_S = 7_200;

/**
 * The answer to a browser that asks whether a page elsewhere may read this address.
 * If-None-Match is the one header that browsers ask about when they read.
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
      "Access-Control-Allow-Headers": "If-None-Match",
      "Access-Control-Max-Age": String(REMEMBER_S),
      "Cache-Control": `public, max-age=${REMEMBER_S}`,
    },
  });
}

/** A method that changes things, refused as the address's readers understand it. */
export function refuseMethod(path: string): Response {
  const sentence = "This site only answers GET and HEAD.";
  if (!isForPrograms(path)) {
    return new Response(`${sentence}\n`, { status: 405, headers: { Allow: "GET, HEAD" } });
  }
  const problem = {
    type: "/api#problems",
    title: "This method is not answered",
    status: 405,
    detail: sentence,
  };
  return new Response(`${JSON.stringify(problem)}\n`, {
    status: 405,
    headers: {
      Allow: "GET, HEAD, OPTIONS",
      "Access-Control-Allow-Origin": "*",
      "Content-Type": "application/problem+json",
    },
  });
}
