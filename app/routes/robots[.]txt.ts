import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { siteOf } from "../data/context.server.ts";
import { requireAddress } from "../data/page.server.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  requireAddress(request, "/robots.txt");
  const { origin } = siteOf(request, context.site);
  // Tables and frames repeat what pages say.
  const text = `User-agent: *
Disallow: /results.csv
Disallow: /embed
Allow: /

Sitemap: ${origin}/sitemap.xml
`;
  return new Response(text, {
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=3600" },
  });
}
