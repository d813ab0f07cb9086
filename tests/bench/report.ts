import type { Sample } from "./accuracy.ts";
import { COST_READERS, type CostReport } from "./cost.ts";
import type { Scenario } from "./scenarios.ts";
import { isNumber, spread } from "./statistics.ts";
import type { Verdict } from "./verdicts.ts";

/** Columns padded to the widest cell; the first one to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ");
  return rows.map(line).join("\n");
}

const fixed = (value: number | null): string => (value === null ? "-" : value.toFixed(2));
const percent = (value: number | null): string =>
  value === null ? "-" : `${value >= 0 ? "+" : ""}${(value * 100).toFixed(2)} %`;

/** One table a scenario: how far each reader was from the truth. */
export function scenarioTable(
  scenario: Scenario,
  samples: readonly Sample[],
  runners: readonly string[],
): string {
  const head = [
    scenario.name,
    "TTFT p50",
    "p95",
    "total p50",
    "p95",
    "TPS p50",
    "p95 (abs.)",
    "counts exact",
  ];
  const rows = runners.map((name) => {
    const mine = samples.filter((sample) => sample.runner === name);
    const ttft = spread(mine.map((sample) => sample.ttftErrorMs).filter(isNumber));
    const total = spread(mine.map((sample) => sample.totalErrorMs));
    const errors = mine.map((sample) => sample.tpsError).filter(isNumber);
    const counts = mine.filter((sample) => sample.countsExact).length;
    const invented = !scenario.carriesRate && mine.some((sample) => sample.reading.tps !== null);
    return [
      name,
      fixed(ttft.p50),
      fixed(ttft.p95),
      fixed(total.p50),
      fixed(total.p95),
      invented ? "invented" : percent(spread(errors).p50),
      invented ? "" : percent(spread(errors.map(Math.abs)).p95).replace("+", ""),
      name.startsWith("probe") ? `${counts}/${mine.length}` : "",
    ];
  });
  return table([head, ...rows]);
}

export function costTable(cost: CostReport): string {
  const head = ["CPU ms per 10,000 events", ...COST_READERS, "probe / sdk", "parse / sdk"];
  const rows = cost.cpu.map(({ load, per10k, probeToSdk }) => [
    load,
    ...COST_READERS.map((reader) => per10k[reader].toFixed(1)),
    probeToSdk.toFixed(2),
    (per10k.parse / per10k.sdk).toFixed(2),
  ]);
  return table([head, ...rows]);
}

export const verdictLines = (verdicts: readonly Verdict[]): string =>
  verdicts.map(({ pass, about, detail }) => `${pass ? "PASS" : "FAIL"}  ${about}: ${detail}`).join("\n");
