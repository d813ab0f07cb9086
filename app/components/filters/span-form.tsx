import { Form } from "@remix-run/react";
import { inputMoment, type SpanQuery, spanWords } from "../../lib/span.ts";

export interface SpanFormProps {
  readonly query: SpanQuery;
  /** The page's address without a query. */
  readonly action: string;
  /** What else the address says, by parameter; null where it does not. */
  readonly keep: Readonly<Record<string, string | readonly string[] | null>>;
}

const FIELD =
  "figure-text rounded-md border border-acid-border bg-acid-bg px-2 py-1.5 text-acid-text text-xs [color-scheme:dark]";

/** A time of one's own beside the named windows: two moments in UTC, sent as a plain form. */
export function SpanForm({ query, action, keep }: SpanFormProps) {
  const chosen = spanWords(query);
  return (
    <details className="relative" data-span-form>
      <summary
        aria-current={chosen === "" ? undefined : "true"}
        className="figure-text cursor-pointer rounded-lg border border-acid-border bg-acid-panel px-3 py-2 text-acid-muted text-xs marker:content-none hover:text-acid-text aria-[current]:text-acid-text aria-[current]:shadow-[inset_0_-2px_0_var(--color-acid-primary)]"
      >
        {chosen || "custom range"}
      </summary>
      <Form
        // Another span makes another form: what was typed does not outlive it.
        key={`${query.from} ${query.to}`}
        action={action}
        className="mt-2 flex flex-wrap items-end gap-3 rounded-lg border border-acid-border bg-acid-panel p-3 text-xs"
        preventScrollReset
      >
        {Object.entries(keep).map(([name, values]) =>
          [values ?? []]
            .flat()
            .map((value) => <input key={`${name} ${value}`} type="hidden" name={name} value={value} />),
        )}
        {(["from", "to"] as const).map((end) => (
          <label key={end} className="grid gap-1 text-acid-muted">
            {end === "from" ? "From (UTC)" : "To (UTC)"}
            <input
              type="datetime-local"
              name={end}
              required
              defaultValue={query[end] === null ? undefined : inputMoment(query[end])}
              className={FIELD}
            />
          </label>
        ))}
        <button
          type="submit"
          className="rounded-md border border-acid-border bg-acid-surface px-3 py-1.5 hover:border-acid-muted"
        >
          Show
        </button>
        <p className="basis-full text-acid-muted">At most 30 days.</p>
      </Form>
    </details>
  );
}
