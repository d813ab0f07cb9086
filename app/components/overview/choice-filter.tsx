import { useNavigate } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Choice, OverviewView } from "../../lib/overview-view.ts";
import { OVERVIEW_QUERY, type OverviewQuery, overviewHref } from "../../lib/queries.ts";

/**
 * Provider and model family, out of as many as there are: two lists in a form, which works without JavaScript by its
 * button, and with it at once.
 */
export function ChoiceFilter({ query, choices }: { query: OverviewQuery; choices: OverviewView["choices"] }) {
  const navigate = useNavigate();
  if (choices.providers.length < 2 && choices.families.length < 2) return null;
  const kept = [
    ...new URLSearchParams(OVERVIEW_QUERY.format({ ...query, provider: null, family: null, page: 1 })),
  ];
  const go = (change: Partial<OverviewQuery>) =>
    navigate(overviewHref(query, change), { preventScrollReset: true });
  return (
    <form action="/" className="choice-filter">
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Select
        name="provider"
        text="Provider"
        all="all providers"
        chosen={query.provider}
        options={choices.providers}
        onChoose={(provider) => go({ provider })}
      />
      <Select
        name="family"
        text="Model family"
        all="all model families"
        chosen={query.family}
        options={choices.families}
        onChoose={(family) => go({ family })}
      />
      <button
        type="submit"
        className="scripted-hidden figure-text rounded-md px-3 py-1.5 text-acid-link text-xs"
      >
        Show
      </button>
    </form>
  );
}

function Select({
  name,
  text,
  all,
  chosen,
  options,
  onChoose,
}: {
  name: string;
  text: string;
  all: string;
  chosen: string | null;
  options: readonly Choice[];
  onChoose: (value: string | null) => void;
}) {
  const select = useRef<HTMLSelectElement>(null);
  // An address that is left by Back shows its own choice again. The element stays, and with it the focus of whoever
  // goes through the list with the arrow keys.
  useEffect(() => {
    if (select.current !== null) select.current.value = chosen ?? "";
  }, [chosen]);
  if (options.length === 0) return null;
  return (
    <select
      ref={select}
      name={name}
      aria-label={text}
      defaultValue={chosen ?? ""}
      onChange={(event) => onChoose(event.currentTarget.value || null)}
      className="figure-text max-w-44 rounded-md bg-acid-panel px-2 py-1.5 text-acid-muted text-xs hover:text-acid-text"
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}
