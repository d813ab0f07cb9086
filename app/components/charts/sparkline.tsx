import { SPARK } from "../../lib/spark.ts";

/** The median time to first token over the window; how far it reaches stands among the row's facts. */
export function Sparkline({ path }: { path: string | null }) {
  if (path === null) return <span className="text-acid-muted text-xs">n/a</span>;
  return (
    <svg viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} className="sparkline" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

/** The dot at the end of each of them: the newest. Once on a page. */
export function SparkEnd() {
  return (
    <svg width="0" height="0" aria-hidden="true" className="absolute">
      <marker id="spark-end" viewBox="0 0 4 4" refX="2" refY="2" markerWidth="3" markerHeight="3">
        <circle cx="2" cy="2" r="2" className="fill-acid-text" />
      </marker>
    </svg>
  );
}
