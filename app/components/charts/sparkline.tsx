import { formatMs } from "../../lib/format.ts";
import { SPARK, type Spark } from "../../lib/spark.ts";

/** The median time to first token over the window. */
export function Sparkline({ spark }: { spark: Spark | null }) {
  if (spark === null) return <span className="text-acid-muted text-xs">n/a</span>;
  return (
    <svg
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
      className="sparkline"
      role="img"
      aria-label={`from ${formatMs(spark.low)} to ${formatMs(spark.high)}`}
    >
      <path d={spark.path} />
      <circle cx={spark.end[0]} cy={spark.end[1]} r="2" />
    </svg>
  );
}
