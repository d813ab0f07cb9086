import type { IncidentChart } from "../../data/incident-charts.server.ts";
import { formatMs, formatSeconds, formatTick, formatTps } from "../../lib/format.ts";
import { METRICS } from "../../lib/words.ts";
import { SeriesChart } from "../charts/series-chart.tsx";
import { Link } from "../ui/link.tsx";

/** The endpoints' speed in an incident's time and somewhat before and after. */
export function IncidentCharts({ charts, name }: { charts: readonly IncidentChart[]; name: string }) {
  return (
    <ul className="grid gap-8">
      {charts.map(({ model, href, ...plots }) => (
        <li key={model} className="min-w-0">
          <p className="[overflow-wrap:anywhere]">
            <Link to={href} className="text-acid-link underline underline-offset-4">
              <bdi>{model}</bdi>
            </Link>
          </p>
          <div className="mt-2 grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-3">
            {FIGURES.map(({ metric, ...figure }) => (
              <div key={metric} className="min-w-0">
                <h3 className="eyebrow">{METRICS[metric].label}</h3>
                <SeriesChart
                  name={`${name}: ${METRICS[metric].label}`}
                  plot={plots[metric]}
                  page={href}
                  {...figure}
                />
              </div>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

const FIGURES = [
  { metric: "ttft", format: formatMs, formatTick: formatMs, slowName: "p95" },
  { metric: "latency", format: formatSeconds, formatTick: formatSeconds, slowName: "p95" },
  { metric: "tps", format: formatTps, formatTick: formatTick, slowName: "p5" },
] as const;
