/** Stands where a figure would, when the operator keeps that metric for paying readers. */
export function LockedState({ metric }: { metric: string }) {
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap rounded border border-acid-border px-1.5 py-0.5 text-acid-muted text-xs">
      <span aria-hidden="true">🔒</span>
      <span className="sr-only">{`${metric} is locked. `}</span>
      Upgrade to Pro
    </span>
  );
}
