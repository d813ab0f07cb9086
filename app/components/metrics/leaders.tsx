import { LEADER_NAMES, type Leader } from "../../lib/leaders.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { EndpointLabel } from "../../lib/types.ts";
import { ProviderSign } from "../ui/endpoint-name.tsx";
import { useWays } from "../ui/kept.ts";
import { Link } from "../ui/link.tsx";
import { LockedState } from "../ui/locked-state.tsx";

export interface LeadersProps {
  readonly leaders: readonly (Leader | null)[];
  readonly locked: readonly LockableMetric[];
  /** Which 1,000 requests the cheapest one is the cheapest for. */
  readonly mix: string;
  /** What is said where nobody leads. */
  readonly nobody: string;
}

const CARDS = [
  { title: LEADER_NAMES.lowestTtft, metric: "ttft" },
  { title: LEADER_NAMES.highestTps, metric: "tps" },
  { title: LEADER_NAMES.cheapest, metric: "cost" },
  { title: LEADER_NAMES.reliable, metric: "uptime" },
] as const satisfies readonly { title: string; metric: LockableMetric }[];

/** Who leads, by how much, and who is next. */
export function Leaders({ leaders, locked, mix, nobody }: LeadersProps) {
  return (
    <section aria-label="Leaders" className="leaders">
      {CARDS.map(({ title, metric }, index) => {
        const leader = leaders[index] ?? null;
        return (
          <article key={title}>
            <h2>
              {title}
              {metric === "cost" && <span>{` · 1,000 requests ${mix}`}</span>}
            </h2>
            {locked.includes(metric) ? (
              <p>
                <LockedState metric={title} />
              </p>
            ) : leader === null ? (
              <p className="text-acid-muted">{nobody}</p>
            ) : (
              <>
                <p className="leader">
                  <strong>{leader.figure}</strong>
                  <ProviderSign slug={leader.endpoint.provider} className="size-4" />
                  <Name endpoint={leader.endpoint} />
                </p>
                <p className="runner-up">
                  {leader.note}
                  {leader.second !== null && (
                    <>
                      {`${leader.note && "; "}then `}
                      <Name endpoint={leader.second.endpoint} />
                      {` ${leader.second.figure}, ${leader.second.distance}`}
                    </>
                  )}
                </p>
              </>
            )}
          </article>
        );
      })}
    </section>
  );
}

function Name({ endpoint }: { endpoint: EndpointLabel }) {
  return (
    <Link to={useWays().endpoint(endpoint)}>
      <bdi>{endpoint.provider_name}</bdi>{" "}
      <bdi className="figure-text">{endpoint.model.split("/").at(-1) || endpoint.model}</bdi>
    </Link>
  );
}
