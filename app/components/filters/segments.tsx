import { Link } from "../ui/link.tsx";

export interface SegmentsProps {
  readonly label: string;
  readonly options: readonly {
    readonly text: string;
    readonly title: string;
    readonly to: string;
    readonly chosen: boolean;
  }[];
}

/** A group of which one is chosen, as plain links: it works before and without JavaScript. */
export function Segments({ label, options }: SegmentsProps) {
  return (
    <nav aria-label={label} className="inline-flex rounded-lg border border-acid-border bg-acid-panel p-0.5">
      {options.map((option) => (
        <Link
          key={option.text}
          to={option.to}
          title={option.title}
          preventScrollReset
          aria-current={option.chosen ? "true" : undefined}
          className="figure-text rounded-md px-3 py-1.5 text-acid-muted text-xs transition-colors hover:text-acid-text aria-[current]:bg-acid-surface aria-[current]:text-acid-text aria-[current]:shadow-[inset_0_-2px_0_var(--color-acid-primary)]"
        >
          {option.text}
        </Link>
      ))}
    </nav>
  );
}
