import { Link as RouterLink } from "@remix-run/react";
import type { AnchorHTMLAttributes } from "react";

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** Path and query, as the page's own address has them. */
  readonly to: string;
  /** The page is loaded as a document, and not into this one. */
  readonly reloadDocument?: boolean;
  readonly preventScrollReset?: boolean;
}

/**
 * A link to a page of this site. On the server, where nobody clicks, it is what it becomes in HTML and nothing more:
 * resolving addresses that are whole already took a fifth of the time that a page with many links takes to render.
 */
export function Link({ to, reloadDocument = false, preventScrollReset = false, ...anchor }: LinkProps) {
  if (import.meta.env.SSR) return <a {...anchor} href={to} />;
  return (
    <RouterLink
      {...anchor}
      to={to}
      discover="none"
      reloadDocument={reloadDocument}
      preventScrollReset={preventScrollReset}
    />
  );
}
