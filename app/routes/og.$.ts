import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerInWords } from "../data/api-answer.server.ts";
import { siteOf } from "../data/context.server.ts";
import { readCard, requireShared } from "../data/share.server.ts";
import { CORS_HEADERS, notFound, problemResponse } from "../lib/api/http.ts";
import { cardPicture } from "../lib/share/card-picture.ts";

/** A page's figures as a PNG: /og.png of the overview, /og/<page>.png of any other, with the page's own window. */
export function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname } = new URL(request.url);
  const page = /^\/og(\/.+)?\.png$/.exec(pathname);
  return answerInWords(request, context.services, async (services) => {
    const shared =
      page && (await requireShared(request, services, page[1] ?? "/", (search) => pathname + search));
    const card = shared && (await readCard(services.reader, shared, services.lockedMetrics));
    if (card === null) return problemResponse(notFound("No page with an image has this address."));
    const { name, origin } = siteOf(request, context.site);
    return new Response(await cardPicture(card, { name, host: new URL(origin).host }), {
      headers: {
        ...CORS_HEADERS,
        "Content-Type": "image/png",
        "Cache-Control": "public, max-age=300, stale-while-revalidate=3600",
        // Links are shown on other sites.
        "Cross-Origin-Resource-Policy": "cross-origin",
      },
    });
  });
}
