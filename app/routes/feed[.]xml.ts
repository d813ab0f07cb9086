import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerProgram } from "../data/api-answer.server.ts";
import { readFeed } from "../data/api-feed.server.ts";
import { siteOf } from "../data/context.server.ts";
import { INCOMPLETE_CACHE_CONTROL } from "../data/page.server.ts";
import { atomFeed } from "../lib/api/feed.ts";
import { taggedResponse } from "../lib/api/http.ts";
import { FEED_QUERY } from "../lib/api/queries.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => FEED_QUERY,
    async (query, { reader, lockedMetrics, known }) => {
      // Without parameters of others, and in one order: the same filters, the same feed.
      const filters = Object.entries(query).flatMap(([name, value]) =>
        value === null ? [] : [[name, value]],
      );
      const self = filters.length === 0 ? "/feed.xml" : `/feed.xml?${new URLSearchParams(filters)}`;
      const isUnknown = (await known.unknown(reader, query)).length > 0;
      const entries = isUnknown ? [] : await readFeed(reader, query, lockedMetrics);
      return taggedResponse(request, atomFeed(siteOf(request, context.site), self, entries), {
        "Content-Type": "application/atom+xml; charset=utf-8",
        "Cache-Control": isUnknown
          ? INCOMPLETE_CACHE_CONTROL
          : "public, max-age=300, stale-while-revalidate=3600",
      });
    },
    { extra: "left out" },
  );
}
