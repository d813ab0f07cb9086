import { Link } from "@remix-run/react";

export function SiteHeader() {
  return (
    <header className="border-acid-border border-b bg-acid-panel">
      <div className="mx-auto flex w-full max-w-[90rem] items-center gap-3 px-4 py-3 md:px-6">
        <Link to="/" className="flex items-center gap-2.5 rounded font-semibold text-base tracking-tight">
          <Mark />
          Benchmark Engine
        </Link>
        <p className="hidden text-acid-muted text-xs md:block">
          How fast AI providers answer, measured from the outside
        </p>
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true" fill="none">
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
