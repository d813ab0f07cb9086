import { Link } from "@remix-run/react";
import type { Choice } from "../../data/compare.server.ts";
import { choiceKey, type SuggestedPair } from "../../lib/comparison-suggestions.ts";
import { type ComparisonQuery, comparisonHref } from "../../lib/queries.ts";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Panel } from "../ui/panel.tsx";

export interface SuggestionsProps {
  readonly pairs: readonly SuggestedPair[];
  readonly query: ComparisonQuery;
  /** There is nothing to choose from at all. */
  readonly none: boolean;
}

/** The pairs that most people want to see. */
export function Suggestions({ pairs, query, none }: SuggestionsProps) {
  const others = pairs.filter(({ a, b }) => choiceKey(a) !== query.a || choiceKey(b) !== query.b);
  if (others.length === 0) {
    return query.a !== null && query.b !== null ? null : (
      <Panel title="The same model at two providers">
        <p className="text-acid-muted">
          {none
            ? "Nothing measured yet. Endpoints appear here with their first results."
            : "No model was measured at two providers in the last 30 days. Choose any two endpoints above."}
        </p>
      </Panel>
    );
  }
  return (
    <Panel title="The same model at two providers">
      <ul className="grid grid-cols-1 gap-2 md:grid-cols-2 xl:grid-cols-3">
        {others.map((pair) => (
          <li key={`${choiceKey(pair.a)} ${choiceKey(pair.b)}`}>
            <Link
              to={comparisonHref(query, { a: choiceKey(pair.a), b: choiceKey(pair.b), location: null })}
              className="flex h-full min-w-0 flex-col gap-1 rounded-lg border border-acid-border bg-acid-bg/40 p-3 hover:border-acid-link"
            >
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                <Side choice={pair.a} />
                <span className="font-normal text-acid-muted text-xs">vs</span>
                <Side choice={pair.b} />
              </span>
              <span className="figure-text text-acid-muted text-xs [overflow-wrap:anywhere]">
                {pair.a.model}
              </span>
              <span className="flex flex-wrap gap-1.5">
                {pair.proxied && <Tag>direct vs proxy</Tag>}
                {pair.a.simulated && <Tag tone="warning">simulated</Tag>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Side({ choice }: { choice: Choice }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <ProviderSign slug={choice.provider} className="size-5" />
      <span className="min-w-0 [overflow-wrap:anywhere]">{choice.provider_name}</span>
    </span>
  );
}
