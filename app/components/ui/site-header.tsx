import { useLocation } from "@remix-run/react";
import { PAGES } from "../../lib/site.ts";
import { Link } from "./link.tsx";
import { useSite } from "./site-head.tsx";

export function SiteHeader() {
  const { pathname } = useLocation();
  const { name } = useSite();
  return (
    <header className="border-acid-border border-b bg-acid-panel">
      <div className="mx-auto flex w-full max-w-[90rem] flex-wrap items-center gap-x-6 gap-y-1 px-4 py-2 md:px-6">
        <Link
          to="/"
          className="flex min-w-0 items-center gap-2.5 rounded py-1 font-semibold text-base tracking-tight [overflow-wrap:anywhere]"
        >
          <Mark />
          <span className="min-w-0">{name}</span>
        </Link>
        {/* On a phone the pages stand in two rows: nothing to open, nothing hidden beyond an edge. */}
        <nav aria-label="Pages" className="w-full lg:w-auto">
          <ul className="-mx-2 grid grid-cols-4 sm:flex">
            {PAGES.map(({ path, name: page }) => {
              const here =
                path === "/" ? pathname === "/" : pathname === path || pathname.startsWith(`${path}/`);
              return (
                <li key={path}>
                  <Link
                    to={path}
                    // A page inside a section is not the section's page itself.
                    aria-current={here ? (pathname === path ? "page" : "true") : undefined}
                    className="block whitespace-nowrap rounded px-2 py-1.5 text-acid-muted text-xs transition-colors hover:text-acid-text aria-[current]:text-acid-text aria-[current]:underline aria-[current]:decoration-2 aria-[current]:decoration-acid-primary aria-[current]:underline-offset-[6px] sm:text-sm"
                  >
                    {page}
                  </Link>
                </li>
              );
            })}
          </ul>
        </nav>
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-7 shrink-0" aria-hidden="true" fill="none">
      <rect width="32" height="32" rx="7" fill="#0a0e14" stroke="#2d3748" />
      <path
        d="M6 21h5l3-11 4 15 3-9h5"
        stroke="#10b981"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
