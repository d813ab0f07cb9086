import { TextLink } from "./text-link.tsx";

export interface PagerProps {
  readonly label: string;
  readonly page: number;
  readonly pages: number;
  readonly href: (page: number) => string;
}

/** The way to the pages before and after this one; nothing where there is only one. */
export function Pager({ label, page, pages, href }: PagerProps) {
  if (pages < 2) return null;
  return (
    <nav aria-label={label} className="mt-4 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
      {page > 1 && (
        <TextLink to={href(page - 1)} rel="prev">
          ← Previous
        </TextLink>
      )}
      <span className="text-acid-muted">{`Page ${page} of ${pages}`}</span>
      {page < pages && (
        <TextLink to={href(page + 1)} rel="next">
          Next →
        </TextLink>
      )}
    </nav>
  );
}
