import { useNavigate } from "@remix-run/react";
import { type FormEvent, useEffect, useRef } from "react";
import { OVERVIEW_QUERY, type OverviewQuery, overviewHref } from "../../lib/overview-query.ts";
import type { OverviewView } from "../../lib/overview-view.ts";
import { LocationFilter } from "../filters/location-filter.tsx";
import { Segments } from "../filters/segments.tsx";
import { WindowFilter } from "../filters/window-filter.tsx";

export interface FilterBarProps {
  readonly query: OverviewQuery;
  readonly view: Pick<OverviewView, "choices" | "summary">;
}

const KIND_TEXTS = {
  all: { text: "all", title: "All endpoints" },
  direct: { text: "direct", title: "The company that runs the model answers" },
  proxy: { text: "proxy", title: "Reached through a reseller" },
} as const;

/** What the form asks for; all else of the address goes with it unseen. */
const ASKED = ["provider", "model", "search", "limits", "mix"] as const;
const NAMES = { provider: "provider", model: "model", search: "q", limits: "limits", mix: "mix" } as const;

/**
 * All filters in one bar; below `lg` behind one button. Links and a form, so it works without scripts; with them a list
 * applies at once, and what was chosen before they came is kept.
 */
export function FilterBar({ query, view: { choices, summary } }: FilterBarProps) {
  return (
    <details className="filters">
      <summary className="panel">
        {"Filters"}
        <span>{inWords(query).join(" · ")}</span>
      </summary>
      <div className="flex flex-wrap items-center gap-2 max-lg:mt-2">
        <WindowFilter chosen={query.window} href={(window) => overviewHref(query, { window })} />
        <Segments
          label="Direct or proxy"
          options={Object.entries(KIND_TEXTS).map(([kind, texts]) => ({
            ...texts,
            to: overviewHref(query, { kind: kind as OverviewQuery["kind"] }),
            chosen: query.kind === kind,
          }))}
        />
        <LocationFilter
          known={summary.locations}
          shown={summary.location}
          asked={query.location}
          href={(location) => overviewHref(query, { location })}
        />
        <ChoiceForm query={query} choices={choices} />
        <a
          href={csvHref(query, summary)}
          className="filter-link"
          title="The requests of this window as a table"
        >
          CSV
        </a>
        <button
          type="button"
          className="filter-link scripted-only"
          onClick={(event) => {
            const button = event.currentTarget;
            navigator.clipboard.writeText(location.href).then(
              () => button.replaceChildren("Link copied"),
              () => button.replaceChildren("Copy the address above"),
            );
          }}
        >
          Copy link
        </button>
      </div>
    </details>
  );
}

/** What narrows the page down, for a phone's closed bar. */
function inWords({ window, kind, provider, model, search, limits }: OverviewQuery): string[] {
  return [window, kind === "all" ? "" : kind, provider ?? "", model ?? "", search, limits].filter(Boolean);
}

function csvHref(query: OverviewQuery, { location, since }: OverviewView["summary"]): string {
  const params = new URLSearchParams({ since });
  if (query.provider !== null) params.set("provider", query.provider);
  if (location !== null) params.set("location", location);
  return `/results.csv?${params}`;
}

function ChoiceForm({ query, choices }: { query: OverviewQuery; choices: OverviewView["choices"] }) {
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const plain = OVERVIEW_QUERY.format({ ...query, ...CLEARED });
  const go = (element: HTMLFormElement) => {
    const asked = new URLSearchParams(plain);
    for (const [name, value] of new FormData(element)) asked.set(name, String(value));
    navigate(overviewHref(OVERVIEW_QUERY.parse(asked)), { preventScrollReset: true });
  };
  const latest = useRef(go);
  latest.current = go;
  const isFirst = useRef(true);
  useEffect(() => {
    const element = form.current;
    if (element === null) return;
    const fields = ASKED.flatMap((key) => {
      const field = element.elements.namedItem(NAMES[key]);
      return field instanceof HTMLInputElement || field instanceof HTMLSelectElement
        ? [{ field, value: query[key] ?? "" }]
        : [];
    });
    const wasFirst = isFirst.current;
    isFirst.current = false;
    // Chosen before the scripts came: a list has no button to press then.
    if (
      wasFirst &&
      fields.some(({ field, value }) => field.localName === "select" && field.value !== value)
    ) {
      return latest.current(element);
    }
    // An address that is left by Back shows its own choice again; what somebody is typing stays.
    for (const { field, value } of fields)
      if (field !== document.activeElement || !wasFirst) field.value = value;
  }, [query]);
  return (
    <form
      ref={form}
      action="/"
      autoComplete="off"
      className="filter-form"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        go(event.currentTarget);
      }}
    >
      {[...new URLSearchParams(plain)].map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <select
        name="provider"
        aria-label="Provider"
        defaultValue={query.provider ?? ""}
        onChange={(event) => event.currentTarget.form && go(event.currentTarget.form)}
      >
        <option value="">all providers</option>
        {choices.providers.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <input
        name="model"
        list="models"
        aria-label="Model"
        placeholder="any model"
        defaultValue={query.model ?? ""}
        className="w-36"
      />
      <datalist id="models">
        {choices.models.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <input
        name="q"
        type="search"
        aria-label="Text"
        placeholder="text"
        defaultValue={query.search}
        className="w-24"
      />
      <input
        name="limits"
        aria-label="Limits"
        title="Limits on ttft, p95, jitter (ms), tps, latency (s), success, uptime (%), cost ($ per 1,000 requests)"
        placeholder="ttft<=800, success>=99"
        defaultValue={query.limits}
        className="w-48"
      />
      <label title="Input:output tokens of a request, which costs are computed for">
        tokens
        <input name="mix" aria-label="Tokens in:out" defaultValue={query.mix} className="ml-1.5 w-20" />
      </label>
      <button type="submit">Apply</button>
    </form>
  );
}

const CLEARED = {
  provider: null,
  model: null,
  search: "",
  limits: "",
  mix: OVERVIEW_QUERY.defaults.mix,
  page: 1,
};
