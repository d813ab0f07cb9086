import { Form } from "@remix-run/react";
import { useId } from "react";
import { formatTick } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { PricesQuery } from "../../lib/prices-query.ts";

import { LockedState } from "../ui/locked-state.tsx";

/** Tokens a month, in the address: the page can be linked to with one's own figures. */
export function UsageForm({ query, locked }: { query: PricesQuery; locked: readonly LockableMetric[] }) {
  const field = (name: "in" | "out" | "cached") => {
    const { value, raw, problem } = query[name];
    return { name, value: problem === null ? formatTick(value) : raw, problem };
  };
  return (
    <Form
      method="get"
      action="/prices"
      preventScrollReset
      className="flex flex-wrap items-start gap-x-5 gap-y-4"
    >
      <Field
        {...field("in")}
        label="Input tokens a month"
        hint="What you send: prompts, documents, history. 10M is ten million."
      />
      <Field
        {...field("out")}
        label="Output tokens a month"
        hint="What models generate, reasoning included."
      />
      <Field
        {...field("cached")}
        label="Cached input (%)"
        hint="Charged at the cached price where there is one."
      />
      <Field name="q" label="Filter" value={query.search} hint="Provider or model; optional." />
      {query.show === "all" && <input type="hidden" name="show" value="all" />}
      {query.sort !== "monthly" && <input type="hidden" name="sort" value={query.sort} />}
      {query.dir !== "best" && <input type="hidden" name="dir" value={query.dir} />}
      <button
        type="submit"
        className="mt-5 rounded-md border border-acid-link bg-acid-surface px-4 py-2 font-medium text-sm hover:bg-acid-border"
      >
        Calculate
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
  problem = null,
}: {
  name: string;
  label: string;
  value: string;
  hint: string;
  problem?: string | null;
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
        aria-invalid={problem === null ? undefined : true}
        className="figure-text mt-1 w-full rounded-md border border-acid-muted/60 bg-acid-bg px-2.5 py-1.5 text-sm aria-[invalid]:border-acid-danger"
      />
      <p
        id={`${id}-hint`}
        className={`mt-1 text-2xs leading-relaxed ${problem === null ? "text-acid-muted" : "text-acid-warning"}`}
      >
        {problem ?? hint}
      </p>
    </div>
  );
}
