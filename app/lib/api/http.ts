import type { ParameterError } from "./parameters.ts";
import type { Problem } from "./schemas.ts";

/** For the caller; the cache in front of the dashboard keeps figures until they change. */
export const CACHE_FOR_READING = "public, max-age=5";

/** Any page may read: the data is public and no answer depends on who asks. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "ETag, Link, Content-Disposition",
};

/** A redirect may be followed by whoever may read what it leads to, a page that embeds an image included. */
export const REDIRECT_HEADERS: Readonly<Record<string, string>> = {
  ...CORS_HEADERS,
  "Cross-Origin-Resource-Policy": "cross-origin",
};

export const PROBLEM_TYPE = "application/problem+json";

/**
 * Text as a response with a strong ETag, 304 where the caller has it already.
 * The tag is of the bytes themselves, so what must not count as a change must not be in the text.
 */
export async function taggedResponse(
  request: Request,
  text: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const tag = `"${Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
  const all = { "Cache-Control": CACHE_FOR_READING, ...CORS_HEADERS, ...headers, ETag: tag };
  if (matches(request.headers.get("If-None-Match"), tag)) {
    const { "Content-Type": _, ...kept } = all as Record<string, string>;
    return new Response(null, { status: 304, headers: kept });
  }
  return new Response(text, { headers: all });
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly (a cache that compresses may have made ours weak), or `*`. */
export function matches(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === tag);
}

export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { "Cache-Control": "no-store", ...CORS_HEADERS, ...headers, "Content-Type": PROBLEM_TYPE },
  });
}

export function badParameters(errors: readonly ParameterError[]): Problem {
  return {
    type: "/api#problems",
    title: "Invalid parameter",
    status: 400,
    detail: errors.map(({ parameter, detail }) => `${parameter}: ${detail}`).join(". "),
    errors: errors.map(({ parameter, detail }) => ({ parameter, detail })),
  };
}

export function notFound(detail: string): Problem {
  return { type: "/api#problems", title: "Not found", status: 404, detail };
}
