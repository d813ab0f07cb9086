import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerProgram } from "../data/api-answer.server.ts";
import { siteOf } from "../data/context.server.ts";
import { readOverview } from "../data/overview.server.ts";
import { endpointPath, identityPath, providerPath } from "../lib/models-path.ts";
import { PAGES } from "../lib/site.ts";
import { xmlText } from "../lib/xml.ts";

/** The pages that search engines should know: those of the site, and each that is about something measured. */
export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => ({}),
    async (_, { reader, lockedMetrics }) => {
      const { origin } = siteOf(request, context.site);
      const { endpoints } = await readOverview(reader, { window: "24h", location: null }, lockedMetrics);
      const paths = new Set([
        ...PAGES.map(({ path }) => path),
        ...endpoints.map(({ provider }) => providerPath(provider)),
        ...endpoints.flatMap(({ identity }) => (identity == null ? [] : [identityPath(identity)])),
        ...endpoints.map(endpointPath),
      ]);
      const urls = [...paths].map((path) => `<url><loc>${xmlText(origin + path)}</loc></url>\n`);
      return new Response(
        `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.join("")}</urlset>
`,
        {
          headers: {
            "Content-Type": "application/xml; charset=utf-8",
            "Cache-Control": "public, max-age=3600",
          },
        },
      );
    },
    { extra: "left out" },
  );
}
