import { Form } from "@remix-run/react";
import { useId } from "react";
import { choiceKey } from "../../lib/comparison-suggestions.ts";
import type { LineLook } from "../../lib/line-looks.ts";
import { COMPARISON_QUERY, type ComparisonQuery, comparisonHref, MOST_COMPARED } from "../../lib/queries.ts";
import { LineMark } from "../charts/line-key.tsx";
import { Link } from "../ui/link.tsx";

export interface ChooserOption {
  readonly provider: string;
  readonly provider_name: string;
  readonly model: string;
}

export interface ChooserProps {
  readonly query: ComparisonQuery;
  readonly choices: readonly ChooserOption[];
  /** By place, where the endpoints are drawn. */
  readonly looks: readonly LineLook[];
}

/** The endpoints of the comparison: each can be taken out, another added. Links and a form: it needs no script. */
export function Chooser({ query, choices, looks }: ChooserProps) {
  const missing = Math.max(2 - query.with.length, query.with.length < MOST_COMPARED ? 1 : 0);
  const others = choices.filter((choice) => !query.with.includes(choiceKey(choice)));
  return (
    <section aria-label="Endpoints" className="panel flex flex-wrap items-end justify-between gap-3 p-4">
      {query.with.length > 0 && (
        <ul className="flex min-w-0 flex-wrap gap-2">
          {query.with.map((key, place) => (
            <Chosen key={key} name={key} query={query} choices={choices} look={looks[place]} />
          ))}
        </ul>
      )}
      {missing > 0 ? (
        <Form method="get" action="/compare" className="flex flex-wrap items-end gap-3">
          {query.with.map((key) => (
            <input key={key} type="hidden" name="with" value={key} />
          ))}
          {Array.from({ length: missing }, (_, index) => (
            <Choice
              // biome-ignore lint/suspicious/noArrayIndexKey: one more endpoint is its place; another choice in the address makes it anew
              key={`${query.with.join("\n")} ${index}`}
              label={ORDINALS[query.with.length + index] ?? "Add an endpoint"}
              choices={others}
              required={query.with.length < 2}
            />
          ))}
          {query.window !== COMPARISON_QUERY.defaults.window && (
            <input type="hidden" name="window" value={query.window} />
          )}
          {query.from !== null && <input type="hidden" name="from" value={query.from} />}
          {query.to !== null && <input type="hidden" name="to" value={query.to} />}
          {query.location !== null && <input type="hidden" name="location" value={query.location} />}
          <button
            type="submit"
            className="rounded-lg bg-acid-link px-4 py-2 font-semibold text-acid-bg hover:bg-acid-text"
          >
            {query.with.length < 2 ? "Compare" : "Add"}
          </button>
        </Form>
      ) : (
        <p className="text-acid-muted text-xs">{`${MOST_COMPARED} at most: remove one to add another.`}</p>
      )}
    </section>
  );
}

const ORDINALS = ["First endpoint", "Second endpoint"];

function Chosen({
  name,
  query,
  choices,
  look,
}: {
  name: string;
  query: ComparisonQuery;
  choices: readonly ChooserOption[];
  look: LineLook | undefined;
}) {
  const choice = choices.find((one) => choiceKey(one) === name);
  const label = choice === undefined ? name : `${choice.provider_name} ${choice.model}`;
  return (
    <li className="flex min-w-0 items-center gap-2 rounded-lg border border-acid-border bg-acid-bg/40 py-1 pr-1 pl-2.5 text-xs">
      <LineMark look={look} />
      <bdi className="min-w-0 [overflow-wrap:anywhere]">
        {choice === undefined ? (
          name
        ) : (
          <>
            <span className="font-medium">{choice.provider_name}</span>{" "}
            <span className="figure-text text-acid-muted">{choice.model}</span>
          </>
        )}
      </bdi>
      <Link
        to={comparisonHref(query, { with: query.with.filter((key) => key !== name) })}
        preventScrollReset
        title="Remove"
        className="grid size-6 shrink-0 place-items-center rounded text-acid-muted hover:bg-acid-surface hover:text-acid-text"
      >
        <span aria-hidden="true">×</span>
        <span className="sr-only">{`Remove ${label}`}</span>
      </Link>
    </li>
  );
}

function Choice({
  label,
  choices,
  required,
}: {
  label: string;
  choices: readonly ChooserOption[];
  required: boolean;
}) {
  const id = useId();
  return (
    <div className="grid w-full min-w-0 gap-1 sm:w-72">
      <label htmlFor={id} className="text-acid-muted text-xs">
        {label}
      </label>
      <select
        id={id}
        name="with"
        defaultValue=""
        required={required}
        className="w-full min-w-0 rounded-lg border border-acid-border bg-acid-bg px-3 py-2 text-acid-text"
      >
        <option value="">Choose …</option>
        {choices.map((choice) => (
          <option key={choiceKey(choice)} value={choiceKey(choice)}>
            {`${choice.provider_name} ${choice.model}`}
          </option>
        ))}
      </select>
    </div>
  );
}
