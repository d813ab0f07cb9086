import { type ReactNode, useId } from "react";
import { explain, METRICS, type MetricName } from "../../lib/words.ts";
import { Hint } from "./hint.tsx";

export interface PanelProps {
  readonly title: string;
  /** Adds this metric's unit, direction and explanation to the heading. */
  readonly metric?: MetricName;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A part of the page with its heading. */
export function Panel({ title, metric, children, className = "" }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`panel min-w-0 p-4 md:p-5 ${className}`}>
      <div className="mb-4 flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <h2 id={id} className="font-semibold text-base tracking-tight">
          {title}
        </h2>
        {metric !== undefined && (
          <Hint
            text={explain(metric)}
            align="end"
            className="text-acid-muted text-xs underline decoration-dotted underline-offset-4"
          >
            {`${METRICS[metric].unit}, ${METRICS[metric].direction}`}
          </Hint>
        )}
      </div>
      {children}
    </section>
  );
}
