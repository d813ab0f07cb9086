import type { Catalog } from "../../data/models.server.ts";
import { formatCount, formatDate, formatInteger } from "../../lib/format.ts";
import type { CatalogQuery } from "../../lib/queries.ts";
import { StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { EmptyPanel } from "../ui/empty-panel.tsx";
import { ModelLink } from "../ui/endpoint-name.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { CatalogChanges } from "./catalog-changes.tsx";
import { CatalogGroup } from "./catalog-group.tsx";

export interface CatalogPageProps {
  readonly query: CatalogQuery;
  readonly catalog: Catalog;
  readonly pageSize: number;
  /** When the newest result came, ISO, where that is too long ago. */
  readonly stale: string | null;
}

const REFRESH_MS = 60_000;

/** Which models there are to ask: measured ones first, then what else is offered, what is gone and what changed. */
export function CatalogPage({ query, catalog, pageSize, stale }: CatalogPageProps) {
  const { counts } = catalog;
  useRefresh(REFRESH_MS);
  const found = catalog.providers.reduce((sum, provider) => sum + provider.total, 0);
  return (
    <>
      {stale !== null && <StaleBanner newest={stale} asOf={catalog.as_of} />}
      <PageHeading title="Models">
        {`${formatInteger(counts.active)} measured every 15 minutes, ${formatInteger(counts.available)} more available, ${formatInteger(counts.retired)} retired. Providers’ lists are read every week.`}
      </PageHeading>
      <Search query={query} />
      {(query.search !== "" || query.provider !== null) && (
        <p className="mb-4 flex flex-wrap gap-x-4 gap-y-1 text-acid-muted" role="status">
          <span>
            {formatCount(found, "model", "models")}
            {query.search !== "" && ` with “${query.search}”`}
            {query.provider !== null && ` at ${query.provider}`}
            {catalog.retired_total > 0 && `, ${formatInteger(catalog.retired_total)} retired`}
          </span>
          <TextLink to="/models">Show all models</TextLink>
        </p>
      )}
      <Busy className="grid grid-cols-1 gap-4 xl:grid-cols-3">
        <div className="grid min-w-0 grid-cols-1 content-start gap-4 xl:col-span-2">
          {catalog.providers.map((provider) => (
            <CatalogGroup key={provider.provider} provider={provider} query={query} pageSize={pageSize} />
          ))}
          {catalog.providers.length === 0 && <Nothing query={query} />}
        </div>
        <div className="grid min-w-0 grid-cols-1 content-start gap-4">
          <Panel title="Changes in 30 days">
            <CatalogChanges changes={catalog.changes} asOf={catalog.as_of} />
          </Panel>
          <Panel title="Retired">
            <Retired models={catalog.retired} total={catalog.retired_total} />
          </Panel>
        </div>
      </Busy>
    </>
  );
}

/** A plain form: it works without a script, and what was searched stands in the address. */
function Search({ query }: { query: CatalogQuery }) {
  return (
    <search>
      <form method="get" action="/models" className="mb-4 flex max-w-xl gap-2">
        <label className="sr-only" htmlFor="models-q">
          Search models by name, family or provider
        </label>
        <input
          id="models-q"
          type="search"
          name="q"
          // A form that stays mounted keeps its old text; a new search is a new field.
          key={query.search}
          defaultValue={query.search}
          maxLength={100}
          placeholder="Name, family or provider"
          className="figure-text min-w-0 flex-1 rounded-lg border border-acid-border bg-acid-panel px-3 py-2 placeholder:text-acid-muted"
        />
        {query.provider !== null && <input type="hidden" name="provider" value={query.provider} />}
        <button
          type="submit"
          className="rounded-lg border border-acid-border bg-acid-surface px-4 py-2 font-medium hover:border-acid-muted"
        >
          Search
        </button>
      </form>
    </search>
  );
}

function Nothing({ query }: { query: CatalogQuery }) {
  if (query.search !== "" || query.provider !== null) {
    return (
      <EmptyPanel title="No model matches">
        <p>Each word must be in the model’s name or family, or in its provider’s name.</p>
      </EmptyPanel>
    );
  }
  return (
    <EmptyPanel title="No models yet">
      <p>
        Models are read from the providers’ lists every Sunday at 02:00 UTC. To read them now, run{" "}
        <code className="figure-text text-acid-text">npm run sync-models</code>.
      </p>
    </EmptyPanel>
  );
}

function Retired({ models, total }: { models: Catalog["retired"]; total: number }) {
  if (models.length === 0) return <p className="text-acid-muted">None.</p>;
  return (
    <>
      <ul className="divide-y divide-acid-border/60">
        {models.map((model) => (
          <li key={`${model.provider}/${model.model}`} className="py-2 text-xs leading-relaxed">
            <ModelLink endpoint={model} />
            <span className="block text-acid-muted">
              <bdi>{model.provider_name}</bdi>
              {", "}
              {model.retired_at === null ? "no longer listed" : formatDate(model.retired_at)}
              {model.successor !== null && ", succeeded by "}
              {model.successor !== null &&
                (model.successor_known ? (
                  <ModelLink endpoint={{ provider: model.provider, model: model.successor }} />
                ) : (
                  <span className="figure-text [overflow-wrap:anywhere]">{model.successor}</span>
                ))}
            </span>
          </li>
        ))}
      </ul>
      {total > models.length && (
        <p className="mt-2 text-acid-muted text-xs">{`The last ${models.length} of ${formatInteger(total)}. Search for the others.`}</p>
      )}
    </>
  );
}
