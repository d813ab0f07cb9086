import type { ChangeRow } from "../../data/catalog-changes.server.ts";
import { formatTime } from "../../lib/format.ts";
import { ModelLink } from "../ui/endpoint-name.tsx";

/** What changed in the catalogue, newest first, each with the endpoint it is about. */
export function ChangeList({ changes }: { changes: readonly ChangeRow[] }) {
  if (changes.length === 0) return <p className="text-acid-muted">No changes.</p>;
  return (
    <ul className="divide-y divide-acid-border/60 text-xs leading-relaxed">
      {changes.map((change) => (
        <li key={`${change.at} ${change.provider} ${change.model} ${change.kind}`} className="py-2">
          <p className="flex flex-wrap justify-between gap-x-3">
            <span className="font-medium [overflow-wrap:anywhere]">
              {`${change.provider_name}: ${change.title}`}
            </span>
            <time dateTime={change.at} className="text-acid-muted">
              {formatTime(change.at)}
            </time>
          </p>
          <ModelLink endpoint={change} />
          {change.detail !== null && <span className="text-acid-muted">{` ${change.detail}`}</span>}
        </li>
      ))}
    </ul>
  );
}
