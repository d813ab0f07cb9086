import type { MetaDescriptor } from "@remix-run/cloudflare";

export const SITE_NAME = "Benchmark Engine";

export interface PageMeta {
  readonly title: string;
  readonly description: string;
  /** False: one of many addresses of a page, or one that is not there for long. */
  readonly index?: boolean;
}

/** What a page's head says of it. */
export function pageMeta({ title, description, index = true }: PageMeta): MetaDescriptor[] {
  return [
    { title: `${title} | ${SITE_NAME}` },
    { name: "description", content: description },
    { property: "og:title", content: title },
    { property: "og:description", content: description },
    { property: "og:type", content: "website" },
    { property: "og:site_name", content: SITE_NAME },
    { name: "twitter:card", content: "summary" },
    ...(index ? [] : [{ name: "robots", content: "noindex" }]),
  ];
}
