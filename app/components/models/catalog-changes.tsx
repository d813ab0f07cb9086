import type { Catalog } from "../../data/models.server.ts";
import { formatAgo, formatInteger, formatTime } from "../../lib/format.ts";
import { ModelLink } from "../ui/endpoint-name.tsx";

/** What the weekly look at the providers' lists found, newest first. */
export function CatalogChanges({ changes, asOf }: { changes: Catalog["changes"]; asOf: string }) {
  if (changes.length === 0) {
    return <p className="text-acid-muted">No changes in the providers’ lists.</p>;
  }
  return (
    <ul className="divide-y divide-acid-border/60">
      {changes.map((change) => (
        <li key={`${change.at} ${change.provider} ${change.kind}`} className="py-2 text-xs leading-relaxed">
          <p className="flex flex-wrap justify-between gap-x-3">
            <span className="font-medium [overflow-wrap:anywhere]">
              <bdi>{change.provider_name}</bdi>
              {`: ${change.title}`}
            </span>
            <time dateTime={change.at} title={formatTime(change.at)} className="text-acid-muted">
              {formatAgo(change.at, asOf)}
            </time>
          </p>
          <ul>
            {change.models.map(({ model, detail }) => (
              <li key={model}>
                <ModelLink endpoint={{ provider: change.provider, model }} />
                {detail !== null && <span className="text-acid-muted">{` ${detail}`}</span>}
              </li>
            ))}
          </ul>
          {change.n > change.models.length && (
            <p className="text-acid-muted">{`and ${formatInteger(change.n - change.models.length)} more`}</p>
          )}
        </li>
      ))}
    </ul>
  );
}
