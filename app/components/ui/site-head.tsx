import { Meta, useLocation, useRouteLoaderData } from "@remix-run/react";
import { Children, isValidElement, type ReactElement, type ReactNode } from "react";
import { sharedOf } from "../../lib/share/share.ts";
import { DEFAULT_NAME, type Site } from "../../lib/site.ts";
import type { loader } from "../../root.tsx";

/** The site as the page's first request met it. */
export function useSite(): Site {
  return useRouteLoaderData<typeof loader>("root") ?? { name: DEFAULT_NAME, origin: "" };
}

/** The routes' own meta with the site's name behind the title, the page's one address, and what others show of it. */
export function SiteHead() {
  const { name, origin } = useSite();
  const { pathname, search } = useLocation();
  const { page, image } = sharedOf(pathname, search);
  const address = origin + page;
  // Called, not rendered: the title is to be told apart from the rest.
  const { children } = (Meta() as ReactElement<{ children?: ReactNode }>).props;
  return (
    <>
      {Children.map(children, (child) =>
        isValidElement<{ children?: ReactNode }>(child) && child.type === "title" ? (
          <title>{child.props.children === name ? name : `${String(child.props.children)} | ${name}`}</title>
        ) : (
          child
        ),
      )}
      <link rel="canonical" href={address} />
      <meta property="og:url" content={address} />
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content={name} />
      <meta property="og:image" content={origin + image} />
      <meta property="og:image:width" content="1200" />
      <meta property="og:image:height" content="630" />
      <meta name="twitter:card" content="summary_large_image" />
    </>
  );
}
