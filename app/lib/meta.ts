import type { MetaDescriptor } from "@remix-run/cloudflare";

export interface PageMeta {
  /** Without the site's name, which the head adds (components/ui/site-head.tsx). */
  readonly title: string;
  readonly description: string;
  /** False: one of many addresses of a page, or one that is not there for long. */
  readonly index?: boolean;
}

/** What a page's head says of it; addresses, the image and the site's name come from components/ui/site-head.tsx. */
export function pageMeta({ title, description, index = true }: PageMeta): MetaDescriptor[] {
  return [
    { title },
    { name: "description", content: description },
    { property: "og:title", content: title },
    { property: "og:description", content: description },
    ...(index ? [] : [{ name: "robots", content: "noindex" }]),
  ];
}
