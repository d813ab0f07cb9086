import { type ReactNode, useId } from "react";
import { METRICS, type Measure, type MetricName } from "../../lib/words.ts";
import { MetricHint } from "./metric-hint.tsx";

export interface PanelProps {
  readonly title: string;
  /** Adds this metric's unit, direction and explanation to the heading. */
  readonly metric?: MetricName;
  /** The same for a figure that is none of the metrics. */
  readonly measure?: Measure;
  readonly children: ReactNode;
  readonly className?: string;
  /** What an address can lead to. */
  readonly id?: string;
}

/** A part of the page with its heading. */
export function Panel({
  title,
  metric,
  measure = metric && METRICS[metric],
  children,
  className = "",
  id: anchor,
}: PanelProps) {
  const id = useId();
  return (
    <section id={anchor} aria-labelledby={id} className={`panel min-w-0 p-4 md:p-5 ${className}`}>
      <div className="mb-4 flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <h2 id={id} className="font-semibold text-base tracking-tight">
          {title}
        </h2>
        {measure !== undefined && <MetricHint measure={measure} align="end" />}
      </div>
      {children}
    </section>
  );
}
