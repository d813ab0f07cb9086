import "./tailwind.css";
import inter from "@fonts/inter.woff2";
import jetbrainsMono from "@fonts/jetbrains-mono.woff2";
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Links, Outlet, ScrollRestoration } from "@remix-run/react";
import type { ReactNode } from "react";
import { BeginInSteps } from "./components/ui/drawn-in-steps.tsx";
import { ErrorPage } from "./components/ui/error-page.tsx";
import { LateScripts } from "./components/ui/late-scripts.tsx";
import { useNonce } from "./components/ui/nonce.tsx";
import { RefreshFailure } from "./components/ui/refresh-failure.tsx";
import { SiteFooter } from "./components/ui/site-footer.tsx";
import { SiteHead } from "./components/ui/site-head.tsx";
import { SiteHeader } from "./components/ui/site-header.tsx";
import { siteOf } from "./data/context.server.ts";
import { DEFAULT_NAME } from "./lib/site.ts";

export const links: LinksFunction = () => [
  { rel: "icon", href: "/favicon.ico", sizes: "32x32" },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
  { rel: "apple-touch-icon", href: "/apple-touch-icon.png" },
  { rel: "alternate", type: "application/atom+xml", title: "Changes and incidents", href: "/feed.xml" },
  // Beside the style sheet, not after it: text is painted with them, or without when they are late.
  ...[inter, jetbrainsMono].map((href) => ({
    rel: "preload",
    as: "font" as const,
    type: "font/woff2",
    href,
    crossOrigin: "anonymous" as const,
  })),
];

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: data?.name ?? DEFAULT_NAME }];

export function loader({ request, context }: LoaderFunctionArgs) {
  return siteOf(request, context.site);
}

/** The site stays what it is. */
export const shouldRevalidate = () => false;

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="theme-color" content="#0a0e14" />
        <SiteHead />
        <Links />
      </head>
      <body className="flex min-h-dvh flex-col font-sans text-sm antialiased">
        <BeginInSteps nonce={nonce} />
        <a
          href="#main"
          className="sr-only z-50 rounded bg-acid-primary px-3 py-2 text-acid-bg focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <SiteHeader />
        <main id="main" className="mx-auto w-full max-w-[90rem] flex-1 px-4 pb-10 md:px-6">
          {children}
        </main>
        <SiteFooter />
        <ScrollRestoration nonce={nonce} />
        <LateScripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return (
    <>
      <Outlet />
      <RefreshFailure />
    </>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
