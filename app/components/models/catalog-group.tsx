import type { Catalog } from "../../data/models.server.ts";
import { formatCount, formatDate, formatInteger } from "../../lib/format.ts";
import { identityPath } from "../../lib/models-path.ts";
import { formatContext, formatPricePair } from "../../lib/models-words.ts";
import { type CatalogQuery, catalogHref } from "../../lib/queries.ts";
import { ModelLink, ProviderLink, ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { Pager } from "../ui/pager.tsx";
import { TextLink } from "../ui/text-link.tsx";

type CatalogProvider = Catalog["providers"][number];
type CatalogModel = CatalogProvider["models"][number];

export interface CatalogGroupProps {
  readonly provider: CatalogProvider;
  readonly query: CatalogQuery;
  readonly pageSize: number;
}

/** One provider's models: those that are measured, then what else it offers. */
export function CatalogGroup({ provider, query, pageSize }: CatalogGroupProps) {
  const measured = provider.models.filter((model) => model.active);
  const offered = provider.models.filter((model) => !model.active);
  const id = `of-${provider.provider}`;
  return (
    <section aria-labelledby={id} className="panel min-w-0 p-4 md:p-5">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <ProviderSign slug={provider.provider} className="size-7" />
        <h2 id={id} className="text-base tracking-tight">
          <ProviderLink provider={provider.provider} name={provider.name} />
        </h2>
        {provider.kind === "proxy" && <Tag>proxy</Tag>}
        <span className="figure-text ml-auto text-acid-muted text-xs">
          {`${formatInteger(provider.active)} of ${formatCount(provider.total, "model", "models")} measured`}
        </span>
      </div>
      {measured.length > 0 && <Models provider={provider} models={measured} title="Measured" />}
      {offered.length > 0 && <Models provider={provider} models={offered} title="Also available" />}
      <More provider={provider} query={query} pageSize={pageSize} />
    </section>
  );
}

function Models({
  provider,
  models,
  title,
}: {
  provider: CatalogProvider;
  models: readonly CatalogModel[];
  title: string;
}) {
  return (
    <>
      <h3 className="eyebrow mt-4 mb-1">{title}</h3>
      <ul className="grid grid-cols-1 gap-x-6 sm:grid-cols-2">
        {models.map((model) => (
          <li key={model.model} className="border-acid-border/60 border-b py-1 text-xs leading-relaxed">
            <ModelLink endpoint={{ provider: provider.provider, model: model.model }} />
            <span className="block text-acid-muted">
              {describe(model) || (model.elsewhere === 0 && "\u00a0")}
              {model.elsewhere > 0 && model.identity !== null && (
                <>
                  {describe(model) !== "" && " · "}
                  <Link
                    to={identityPath(model.identity)}
                    className="underline underline-offset-4 hover:text-acid-text"
                  >
                    {`also at ${formatCount(model.elsewhere, "other endpoint", "other endpoints")}`}
                  </Link>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function describe(model: CatalogModel): string {
  return [
    model.price === null ? null : `${formatPricePair(model.price[0], model.price[1])} per 1M`,
    model.context_window === null ? null : `${formatContext(model.context_window)} context`,
    model.reasoning ? "reasoning model" : null,
    model.retires_at === null ? null : `retires on ${formatDate(model.retires_at)}`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** The way to what is not on this page. */
function More({ provider, query, pageSize }: CatalogGroupProps) {
  if (query.provider === null) {
    if (provider.total <= provider.models.length) return null;
    return (
      <p className="mt-3 text-xs">
        <TextLink to={catalogHref(query, { provider: provider.provider })}>
          {`All ${formatInteger(provider.total)} of ${provider.name}`}
        </TextLink>
      </p>
    );
  }
  return (
    <Pager
      label="Pages of models"
      page={query.page}
      pages={Math.ceil(provider.total / pageSize)}
      href={(page) => catalogHref(query, { page })}
    />
  );
}
