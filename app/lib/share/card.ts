import {
  formatDate,
  formatMs,
  formatSeconds,
  formatShare,
  formatTime,
  formatTps,
  formatUsd,
} from "../format.ts";
import type { WindowName } from "../queries.ts";
import type { Endpoint } from "../types.ts";
import { WINDOW_NAMES } from "../words.ts";

/** What an image or an embed shows of a page. Locked metrics are not in it: their figures are null. */
export interface Card {
  readonly title: string;
  /** Best first. */
  readonly endpoints: readonly Endpoint[];
  readonly window: WindowName;
  /** Up to when the figures reach, ISO; null where there is no result yet. */
  readonly asOf: string | null;
  readonly location: string | null;
  readonly simulated: boolean;
}

interface Column {
  readonly label: string;
  readonly short: string;
  /** Undefined: the metric is locked. */
  readonly text: (endpoint: Endpoint) => string | undefined;
}

const COLUMNS: readonly Column[] = [
  {
    label: "TTFT p50",
    short: "TTFT",
    text: ({ ttft }) => (ttft?.p50 === undefined ? undefined : formatMs(ttft.p50)),
  },
  {
    label: "Output speed",
    short: "Output speed",
    text: ({ tps }) => (tps?.p50 === undefined ? undefined : formatTps(tps.p50)),
  },
  {
    label: "Total latency p50",
    short: "Total latency",
    text: ({ latency }) => (latency?.p50 === undefined ? undefined : formatSeconds(latency.p50)),
  },
  {
    label: "Cost of 1,000 requests",
    short: "Cost of 1,000",
    text: ({ cost }) =>
      cost === null ? undefined : formatUsd(cost.per_request === null ? null : cost.per_request * 1_000),
  },
  {
    label: "Success rate",
    short: "Success",
    text: ({ success_rate, reliability }) => (reliability === null ? undefined : formatShare(success_rate)),
  },
];

export interface CardColumn {
  readonly label: string;
  readonly short: string;
  readonly text: (endpoint: Endpoint) => string;
}

/** The columns that are open. */
export function cardColumns({ endpoints: [first] }: Pick<Card, "endpoints">): CardColumn[] {
  if (first === undefined) return [];
  return COLUMNS.filter(({ text }) => text(first) !== undefined).map(({ label, short, text }) => ({
    label,
    short,
    text: (endpoint) => text(endpoint) ?? "",
  }));
}

/** "Last 24 hours to 28 Nov 2026, 19:15 UTC, measured from local". */
export function cardPeriod({ window, asOf, location }: Card): string {
  const until =
    asOf === null ? "no results yet" : `to ${formatDate(asOf)}, ${formatTime(asOf).split(", ")[1] ?? ""}`;
  return `Last ${WINDOW_NAMES[window]} ${until}${location === null ? "" : `, measured from ${location}`}`;
}
