import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerInWords } from "../data/api-answer.server.ts";
import { siteOf } from "../data/context.server.ts";
import { readModelPage } from "../data/models-page.server.ts";
import { readCard, requireShared } from "../data/share.server.ts";
import { embedPage } from "../lib/share/embed.ts";
import { sharedOf } from "../lib/share/share.ts";

/** A page's table, or an endpoint's chart, for a frame on another site: /embed/<page>. No script, and little of everything. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname, search } = new URL(request.url);
  const page = pathname.slice("/embed".length) || "/";
  const site = siteOf(request, context.site);
  const link = site.origin + sharedOf(page, search).page;
  const html = (
    content: Omit<Parameters<typeof embedPage>[0], "link" | "nonce" | "site">,
    status: number,
    cacheControl: string,
  ) =>
    new Response(embedPage({ ...content, link, nonce: context.nonce, site: site.name }), {
      status,
      headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": cacheControl },
    });
  const answer = await answerInWords(request, context.services, async (services) => {
    const { reader, lockedMetrics } = services;
    const shared = await requireShared(request, services, page, (query) => pathname + query);
    const subject = shared?.subject;
    const [card, course] = await Promise.all([
      shared && readCard(reader, shared, lockedMetrics),
      shared !== null && subject?.kind === "endpoint"
        ? readModelPage(reader, subject, shared.query, lockedMetrics)
        : null,
    ]);
    if (card === null) return html({ card, plot: null, problem: "Not measured here." }, 404, "no-store");
    const plot = course?.ttft?.over ?? null;
    return html({ card, plot, problem: null }, 200, "public, max-age=300, stale-while-revalidate=3600");
  });
  const isTold = answer.status < 400 || answer.headers.get("Content-Type")?.startsWith("text/html");
  if (isTold) return answer;
  return html(
    { card: null, plot: null, problem: "The figures could not be read." },
    answer.status,
    "no-store",
  );
}
