import { ShareMenu } from "../share/share-menu.tsx";
import { TextLink } from "./text-link.tsx";

export function SiteFooter() {
  return (
    <footer className="border-acid-border border-t">
      <div className="mx-auto grid w-full max-w-[90rem] gap-3 px-4 py-6 text-acid-muted text-xs leading-relaxed md:px-6">
        <p>
          Every 15 minutes each endpoint gets one streaming request, one at a time. Failures count against
          reliability and are excluded from speeds. All times are UTC.
        </p>
        <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
          <ShareMenu />
          <TextLink to="/methodology">How it is measured</TextLink>
          <TextLink to="/api">API</TextLink>
          <a href="/feed.xml" className="text-acid-link underline underline-offset-4">
            Feed
          </a>
          <a href="/results.csv" className="text-acid-link underline underline-offset-4">
            Results of 30 days (CSV)
          </a>
        </div>
      </div>
    </footer>
  );
}
