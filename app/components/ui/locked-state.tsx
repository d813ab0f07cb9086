/** Stands where a figure would, when the operator keeps that metric for paying readers. */
export function LockedState({ metric }: { metric: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded border border-acid-border px-1.5 py-0.5 font-sans text-acid-muted text-xs lg:whitespace-nowrap">
      {/* Drawn, since not every system has the sign in a font; the sign itself is there for who copies the text. */}
      <svg viewBox="0 0 12 14" aria-hidden="true" className="h-3 w-2.5 shrink-0">
        <path d="M3 6V4a3 3 0 0 1 6 0v2" fill="none" strokeWidth="1.5" className="stroke-acid-muted" />
        <rect x="1" y="6" width="10" height="7" rx="1.5" className="fill-acid-muted" />
      </svg>
      <span aria-hidden="true" className="sr-only">
        🔒
      </span>
      <span className="sr-only">{`${metric} is locked. `}</span>
      Upgrade to Pro
    </span>
  );
}
