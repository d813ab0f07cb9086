import { endpointLabel } from "./endpoint-label.ts";
import {
  formatCount,
  formatInteger,
  formatMs,
  formatMultiple,
  formatNumber,
  formatShare,
  formatTps,
  formatUsd,
} from "./format.ts";
import type { WindowName } from "./queries.ts";
import { type Contender, findWinner, isRankedWindow, MIN_RANKED_RESULTS, type Title } from "./ranking.ts";
import type { EndpointLabel } from "./types.ts";

/** Who leads in one thing, by how much, and who comes next. */
export interface Leader {
  readonly title: LeaderTitle;
  readonly endpoint: EndpointLabel;
  readonly figure: string;
  readonly note: string;
  readonly second: {
    readonly endpoint: EndpointLabel;
    readonly figure: string;
    readonly distance: string;
  } | null;
}

const FORMATS = {
  lowestTtft: formatMs,
  highestTps: formatTps,
  cheapest: formatUsd,
  reliable: formatShare,
} as const satisfies Readonly<Partial<Record<Title, (value: number) => string>>>;
type LeaderTitle = keyof typeof FORMATS;

/** What each leads in, as it is called on pages and in their descriptions. */
export const LEADER_NAMES: Readonly<Record<LeaderTitle, string>> = {
  lowestTtft: "Lowest TTFT",
  highestTps: "Highest TPS",
  cheapest: "Cheapest",
  reliable: "Most reliable",
};

/** The titles of the short row, in its order; null where nobody may be ranked. */
export function leadersOf(
  contenders: readonly (Contender & EndpointLabel)[],
  window: WindowName,
): readonly (Leader | null)[] {
  return (Object.keys(FORMATS) as LeaderTitle[]).map((title) => leaderOf(title, contenders, window));
}

function leaderOf(
  title: LeaderTitle,
  contenders: readonly (Contender & EndpointLabel)[],
  window: WindowName,
): Leader | null {
  const winner = findWinner(title, contenders, window);
  if (winner === null) return null;
  const format = FORMATS[title];
  const { second, value, tied, n } = winner;
  return {
    title,
    endpoint: endpointLabel(winner.endpoint),
    figure: format(value),
    note:
      tied > 0
        ? `tied with ${formatCount(tied, "other", "others")}`
        : title === "cheapest"
          ? ""
          : title === "reliable"
            ? `of ${formatInteger(n)} requests`
            : `median of ${formatInteger(n)}`,
    second: second && {
      endpoint: endpointLabel(second.endpoint),
      figure: format(second.value),
      distance: distanceWords(title, value, second.value),
    },
  };
}

const BEHIND = {
  lowestTtft: { percent: "longer", times: "as long" },
  highestTps: { percent: "slower", times: "slower" },
  cheapest: { percent: "more expensive", times: "as much" },
} as const;

/** How far the next one is behind. */
function distanceWords(title: LeaderTitle, first: number, second: number): string {
  if (title === "reliable") return `${formatNumber((first - second) * 100, 1)} points lower`;
  const { percent, times } = BEHIND[title];
  const ratio = title === "highestTps" ? first / second : second / first;
  if (!Number.isFinite(ratio)) return percent;
  if (ratio >= 1.995) return `${formatMultiple(ratio)} ${times}`;
  const share = title === "highestTps" ? 1 - second / first : ratio - 1;
  return `${formatNumber(share * 100, ratio < 1.1 ? 1 : 0)}% ${percent}`;
}

/** What is said in the place of a leader. */
export function nobodyWords(window: WindowName): string {
  return isRankedWindow(window)
    ? `Not enough samples yet: ranking needs ${MIN_RANKED_RESULTS} requests.`
    : "Too few samples in 1 h to rank; try 24 h.";
}
