import { formatCount } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { Endpoint } from "../../lib/types.ts";
import { METRICS } from "../../lib/words.ts";
import { COLUMNS } from "../metrics/columns.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

/** The window's figures, the same ones as in the overview's table. */
export function EndpointFigures({
  endpoint,
  few,
  locked,
}: {
  endpoint: Endpoint;
  /** Too few requests to rank by. */
  few: boolean;
  locked: readonly LockableMetric[];
}) {
  // A row of the overview's table without its little line.
  const row = { ...endpoint, spark: null };
  return (
    <section aria-label="Figures of the window">
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {COLUMNS.map((column, index) => {
          const { label } = METRICS[column.name];
          const { main, sub } = column.figure(row);
          return (
            <div key={column.name} data-metric={column.name} className="panel min-w-0 p-3 md:p-4">
              <dt>
                <span className="block font-medium text-xs">{label}</span>
                <MetricHint
                  measure={METRICS[column.name]}
                  align={index % 2 === 0 ? "start" : "end"}
                  className="text-2xs text-acid-muted"
                />
              </dt>
              <dd className="mt-2">
                {column.metric !== null && locked.includes(column.metric) ? (
                  <LockedState metric={label} />
                ) : (
                  <>
                    <span className="figure-text block text-lg">{main}</span>
                    {sub?.map((line) => (
                      <span key={line} className="figure-text block text-acid-muted text-xs">
                        {line}
                      </span>
                    ))}
                  </>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {few && <p className="mt-2 text-acid-muted text-xs">Too few samples to rank.</p>}
      {endpoint.probe_failures > 0 && (
        <p className="mt-2 text-acid-muted text-xs">
          {`${formatCount(endpoint.probe_failures, "probe failure", "probe failures")} excluded from every figure.`}
        </p>
      )}
    </section>
  );
}
