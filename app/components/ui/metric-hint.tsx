import { explain, METRICS, type Measure, type MetricName } from "../../lib/words.ts";
import { Hint, type HintProps } from "./hint.tsx";

export interface MetricHintProps extends Pick<HintProps, "align" | "className"> {
  readonly measure: Measure;
  /** What the hint hangs on; by default the unit and which way is better. */
  readonly children?: string;
}

/** A figure's unit and direction, with its explanation on hover and focus. */
export function MetricHint({
  measure,
  children,
  align,
  className = "text-acid-muted text-xs",
}: MetricHintProps) {
  return (
    <Hint
      text={explain(measure)}
      align={align}
      className={`underline decoration-dotted underline-offset-4 ${className}`}
    >
      {children ?? `${measure.unit}, ${measure.direction}`}
    </Hint>
  );
}

/** What every metric means. */
export function MetricList({ className }: { className: string }) {
  return (
    <dl className={`grid gap-x-8 gap-y-4 md:grid-cols-2 ${className}`}>
      {(Object.keys(METRICS) as MetricName[]).map((name) => (
        <div key={name}>
          <dt className="font-medium">
            {METRICS[name].label}
            <span className="ml-2 font-normal text-acid-muted text-xs">
              {`${METRICS[name].unit}, ${METRICS[name].direction}`}
            </span>
          </dt>
          <dd className="mt-1 text-acid-muted text-xs leading-relaxed">{METRICS[name].sentence}</dd>
        </div>
      ))}
    </dl>
  );
}
