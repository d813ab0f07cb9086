import { Form } from "@remix-run/react";
import { useId } from "react";
import { formatInteger } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/metrics.ts";
import type { PricesQuery } from "../../lib/prices.ts";
import { LockedState } from "../ui/locked-state.tsx";

/** Tokens a month, in the address: the page can be linked to with one's own figures. */
export function UsageForm({ query, locked }: { query: PricesQuery; locked: readonly LockableMetric[] }) {
  const { usage, raw, problems } = query;
  const problem = (field: "in" | "out" | "cached") => problems.find((other) => other.field === field)?.line;
  const text = (field: "in" | "out" | "cached", value: number) =>
    problem(field) === undefined ? formatInteger(value) : raw[field];
  return (
    <Form
      method="get"
      action="/prices"
      preventScrollReset
      className="flex flex-wrap items-start gap-x-5 gap-y-4"
    >
      <Field
        name="in"
        label="Tokens in, a month"
        value={text("in", usage.input)}
        problem={problem("in")}
        hint="What you send: prompts, documents, history. 10M is ten million."
      />
      <Field
        name="out"
        label="Tokens out, a month"
        value={text("out", usage.output)}
        problem={problem("out")}
        hint="What models write, thoughts included."
      />
      <Field
        name="cached"
        label="Of the input, cached (%)"
        value={problem("cached") === undefined ? String(usage.cachedPercent) : raw.cached}
        problem={problem("cached")}
        hint="Charged at the cached price where there is one."
      />
      <Field
        name="q"
        label="Only names with"
        value={query.search}
        hint="Provider or model; may stay empty."
      />
      {query.show === "all" && <input type="hidden" name="show" value="all" />}
      <button
        type="submit"
        className="mt-5 rounded-md border border-acid-link bg-acid-surface px-4 py-2 font-medium text-sm hover:bg-acid-border"
      >
        Work it out
      </button>
      {locked.includes("cost") && (
        <p className="w-full text-sm">
          <LockedState metric="Monthly cost" />
        </p>
      )}
    </Form>
  );
}

function Field({
  name,
  label,
  value,
  hint,
  problem,
}: {
  name: string;
  label: string;
  value: string;
  hint: string;
  problem?: string | undefined;
}) {
  const id = useId();
  return (
    <div className="w-full sm:w-48">
      <label htmlFor={id} className="block text-xs">
        {label}
      </label>
      <input
        id={id}
        name={name}
        defaultValue={value}
        autoComplete="off"
        maxLength={name === "q" ? 100 : 40}
        inputMode={name === "q" ? "search" : "text"}
        aria-describedby={`${id}-hint`}
        aria-invalid={problem === undefined ? undefined : true}
        className="figure-text mt-1 w-full rounded-md border border-acid-muted/60 bg-acid-bg px-2.5 py-1.5 text-sm aria-[invalid]:border-acid-danger"
      />
      <p
        id={`${id}-hint`}
        className={`mt-1 text-2xs leading-relaxed ${problem === undefined ? "text-acid-muted" : "text-acid-warning"}`}
      >
        {problem ?? hint}
      </p>
    </div>
  );
}
