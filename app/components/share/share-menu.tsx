import { useLocation } from "@remix-run/react";
import { sharedOf } from "../../lib/share/share.ts";
import { useSite } from "../ui/site-head.tsx";

/** What a page can be shown by elsewhere: plain addresses and code to copy, so that it works without scripts. */
export function ShareMenu() {
  const { origin } = useSite();
  const { pathname, search } = useLocation();
  const { page, image, embed, badge, csv } = sharedOf(pathname, search);
  const markdown = badge === null ? null : `[![${pathname}](${origin}${badge})](${origin}${page})`;
  const frame =
    embed === null
      ? null
      : `<iframe src="${origin}${embed}" width="640" height="360" style="border:0" loading="lazy" title="Benchmark"></iframe>`;
  return (
    <details key={pathname} className="relative text-xs">
      <summary className="cursor-pointer rounded py-1.5 text-acid-muted hover:text-acid-text sm:text-sm">
        Share
      </summary>
      <div className="absolute bottom-full z-40 mb-2 grid w-80 max-w-[85vw] gap-3 rounded-lg border border-acid-border bg-acid-surface p-3">
        <Copy name="Link" text={origin + page} />
        {markdown !== null && <Copy name="Badge (Markdown)" text={markdown} />}
        {frame !== null && <Copy name="Embed code" text={frame} />}
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          <Way to={image} name="Image" />
          {csv !== null && <Way to={csv} name="CSV" />}
          {embed !== null && <Way to={embed} name="Embed preview" />}
        </p>
      </div>
    </details>
  );
}

function Copy({ name, text }: { name: string; text: string }) {
  return (
    <label className="grid gap-1 text-acid-muted">
      {name}
      <input
        readOnly
        value={text}
        onFocus={({ currentTarget }) => currentTarget.select()}
        className="figure-text w-full rounded border border-acid-border bg-acid-bg px-2 py-1.5 text-acid-text"
      />
    </label>
  );
}

/** A file, not a page of ours: the browser itself goes there. */
function Way({ to, name }: { to: string; name: string }) {
  return (
    <a href={to} className="py-1 text-acid-link underline underline-offset-4">
      {name}
    </a>
  );
}
