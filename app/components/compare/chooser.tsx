import { Form, Link } from "@remix-run/react";
import { COMPARISON_QUERY, type ComparisonQuery, comparisonHref } from "../../lib/queries.ts";
import { SideLetter } from "./side-letter.tsx";

export interface ChooserOption {
  readonly provider: string;
  readonly provider_name: string;
  readonly model: string;
}

/** A form that asks for the same page with other endpoints; it needs no script. */
export function Chooser({ query, choices }: { query: ComparisonQuery; choices: readonly ChooserOption[] }) {
  return (
    <Form
      method="get"
      action="/compare"
      className="panel grid gap-3 p-4 md:grid-cols-[1fr_auto_1fr_auto] md:items-end"
    >
      <Choice side="a" chosen={query.a} choices={choices} />
      <Link
        to={comparisonHref(query, { a: query.b, b: query.a })}
        preventScrollReset
        title="Make A of B and B of A"
        className="hidden rounded-lg border border-acid-border px-3 py-2 text-acid-muted hover:text-acid-text md:block"
      >
        <span aria-hidden="true">⇄</span>
        <span className="sr-only">Swap A and B</span>
      </Link>
      <Choice side="b" chosen={query.b} choices={choices} />
      {query.window !== COMPARISON_QUERY.defaults.window && (
        <input type="hidden" name="window" value={query.window} />
      )}
      {query.location !== null && <input type="hidden" name="location" value={query.location} />}
      <button
        type="submit"
        className="rounded-lg bg-acid-link px-4 py-2 font-semibold text-acid-bg hover:bg-acid-text"
      >
        Compare
      </button>
    </Form>
  );
}

function Choice({
  side,
  chosen,
  choices,
}: {
  side: "a" | "b";
  chosen: string | null;
  choices: readonly ChooserOption[];
}) {
  const listed = choices.some(({ provider, model }) => `${provider}/${model}` === chosen);
  return (
    <label className="grid min-w-0 gap-1.5">
      <span className="flex items-center gap-2 text-acid-muted text-xs">
        <SideLetter side={side} />
        {side === "a" ? "First provider + model" : "Second provider + model"}
      </span>
      {/* A new choice in the address makes it a new element: what the reader picked before does not linger. */}
      <select
        key={chosen}
        name={side}
        defaultValue={chosen ?? ""}
        required
        className="w-full min-w-0 rounded-lg border border-acid-border bg-acid-bg px-3 py-2 text-acid-text"
      >
        <option value="">Choose …</option>
        {chosen !== null && !listed && <option value={chosen}>{chosen}</option>}
        {choices.map(({ provider, provider_name, model }) => (
          <option key={`${provider}/${model}`} value={`${provider}/${model}`}>
            {`${provider_name} ${model}`}
          </option>
        ))}
      </select>
    </label>
  );
}
