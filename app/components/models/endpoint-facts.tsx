import type { ReactNode } from "react";
import { formatDate, formatInteger, NOT_AVAILABLE } from "../../lib/format.ts";
import type { ModelPage } from "../../lib/models-types.ts";
import { ModelLink } from "./model-link.tsx";

/** What the catalogue says of the model. */
export function EndpointFacts({ page }: { page: ModelPage }) {
  const { endpoint, facts } = page;
  if (facts === null) {
    return (
      <p className="text-acid-muted leading-relaxed">
        The catalogue does not know this name: its results were stored by a tool of one’s own, or the model
        was deleted.
      </p>
    );
  }
  const day = (iso: string | null) => (iso === null ? null : <time dateTime={iso}>{formatDate(iso)}</time>);
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-xs leading-relaxed">
      <Fact name="Measured">{endpoint.active ? "in every run" : "not now"}</Fact>
      <Fact name="Offered">{facts.available ? "yes" : "no longer on the provider’s list"}</Fact>
      <Fact name="Last on the list">{day(facts.last_seen_at)}</Fact>
      <Fact name="Context window">
        {facts.context_window === null ? null : `${formatInteger(facts.context_window)} tokens`}
      </Fact>
      <Fact name="Thinks aloud">{endpoint.reasoning ? "yes" : "no"}</Fact>
      <Fact name="Same model as">{facts.identity}</Fact>
      <Fact name="Family">{facts.family}</Fact>
      {facts.quantization !== null && <Fact name="Quantization">{facts.quantization}</Fact>}
      {facts.retires_at !== null && <Fact name="Ends">{day(facts.retires_at)}</Fact>}
      {endpoint.retired_at !== null && <Fact name="Retired">{day(endpoint.retired_at)}</Fact>}
      {endpoint.successor !== null && (
        <Fact name="Succeeded by">
          {facts.successor_known ? (
            <ModelLink endpoint={{ provider: endpoint.provider, model: endpoint.successor }} />
          ) : (
            endpoint.successor
          )}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-acid-muted">{name}</dt>
      <dd className="figure-text [overflow-wrap:anywhere]">{children ?? NOT_AVAILABLE}</dd>
    </>
  );
}
