import type { ModelPage } from "../../data/models-page.server.ts";
import { ModelLink } from "../ui/endpoint-name.tsx";
import { useWays } from "../ui/kept.ts";
import { TextLink } from "../ui/text-link.tsx";

/** What the catalogue says of the model. */
export function EndpointFacts({ page }: { page: ModelPage }) {
  const ways = useWays();
  if (page.facts === null) {
    return (
      <p className="text-acid-muted leading-relaxed">
        This name is not in the catalogue: its results were stored by another tool, or the model was deleted.
      </p>
    );
  }
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-xs leading-relaxed">
      {page.facts.map(({ name, text, leadsTo }) => (
        <div key={name} className="contents">
          <dt className="text-acid-muted">{name}</dt>
          <dd className="figure-text [overflow-wrap:anywhere]">
            {leadsTo === "model" && (
              <ModelLink endpoint={{ provider: page.endpoint.provider, model: text }} />
            )}
            {leadsTo === "identity" && <TextLink to={ways.identity(text)}>{text}</TextLink>}
            {leadsTo === null && text}
          </dd>
        </div>
      ))}
    </dl>
  );
}
