import { choiceKey, type SuggestedSet } from "../../lib/comparison-suggestions.ts";
import { type ComparisonQuery, comparisonHref } from "../../lib/queries.ts";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { Panel } from "../ui/panel.tsx";

export interface SuggestionsProps {
  readonly sets: readonly SuggestedSet[];
  readonly query: ComparisonQuery;
  /** There is nothing to choose from at all. */
  readonly none: boolean;
}

const TITLE = "The same model at several providers";

/** The comparisons that most people want to see. */
export function Suggestions({ sets, query, none }: SuggestionsProps) {
  const keysOf = ({ choices }: SuggestedSet) => choices.map(choiceKey);
  const isShown = (set: SuggestedSet) => keysOf(set).every((key) => query.with.includes(key));
  const others = sets.filter((set) => !isShown(set));
  if (others.length === 0) {
    return query.with.length > 1 ? null : (
      <Panel title={TITLE}>
        <p className="text-acid-muted">
          {none
            ? "Nothing measured yet. Endpoints appear here with their first results."
            : "No model was measured at two providers in the last 30 days. Choose any endpoints above."}
        </p>
      </Panel>
    );
  }
  return (
    <Panel title={TITLE}>
      <ul className="grid grid-cols-1 gap-2 md:grid-cols-2 xl:grid-cols-3">
        {others.map((set) => (
          <li key={keysOf(set).join(" ")}>
            <Link
              to={comparisonHref(query, { with: keysOf(set), location: null })}
              className="flex h-full min-w-0 flex-col gap-1.5 rounded-lg border border-acid-border bg-acid-bg/40 p-3 hover:border-acid-link"
            >
              <bdi className="figure-text text-xs [overflow-wrap:anywhere]">
                {set.choices[0]?.identity ?? set.choices[0]?.model}
              </bdi>
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                {set.choices.map((choice) => (
                  <span key={choiceKey(choice)} className="flex min-w-0 items-center gap-1.5">
                    <ProviderSign slug={choice.provider} className="size-5" />
                    <bdi className="min-w-0 [overflow-wrap:anywhere]">{choice.provider_name}</bdi>
                  </span>
                ))}
              </span>
              <span className="flex flex-wrap gap-1.5">
                {set.proxied && <Tag>direct vs proxy</Tag>}
                {set.choices[0]?.simulated === true && <Tag tone="warning">simulated</Tag>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
