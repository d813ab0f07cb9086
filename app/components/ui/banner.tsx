import type { ReactNode } from "react";
import { formatCount } from "../../lib/format.ts";

const TONES = {
  warning: "border-acid-warning/40 bg-acid-warning/10",
  danger: "border-acid-danger/50 bg-acid-danger/10",
} as const;

function Banner({ tone, title, children }: { tone: keyof typeof TONES; title: string; children: ReactNode }) {
  return (
    <div className={`mt-4 flex gap-3 rounded-lg border px-4 py-2.5 text-sm leading-relaxed ${TONES[tone]}`}>
      <span aria-hidden="true" className={tone === "warning" ? "text-acid-warning" : "text-acid-danger"}>
        ▲
      </span>
      <p>
        <strong className="font-semibold">{title}</strong> {children}
      </p>
    </div>
  );
}

/** Said wherever a simulated figure is shown. */
export function SimulatedBanner({ some }: { some: boolean }) {
  return (
    <Banner tone="warning" title="Simulated data:">
      {some
        ? "endpoints marked “simulated” were played by the local simulator, because their provider has no API key here. They say nothing about that provider."
        : "these figures were played by the local simulator, because no provider has an API key here. They say nothing about real providers."}
    </Banner>
  );
}

export function StaleBanner({ ago, time }: { ago: string; time: string }) {
  return (
    <Banner tone="danger" title="Out of date:">
      {`this page reaches up to ${time}, ${ago}. A run is due every 15 minutes, so measuring has stopped or results are not getting through.`}
    </Banner>
  );
}

/** Endpoints were not asked, so that no more is spent. */
export function BudgetBanner({ skipped }: { skipped: number }) {
  return (
    <Banner tone="warning" title="Budget reached:">
      {`the last run left out ${formatCount(skipped, "endpoint", "endpoints")}, because the requests of the last 24 hours have cost what BENCHMARK_BUDGET_USD allows. Measuring goes on by itself as that time passes.`}
    </Banner>
  );
}
