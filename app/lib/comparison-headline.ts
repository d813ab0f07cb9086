import { groupBy } from "./collections.ts";
import type { RatioEstimate } from "./comparison.ts";
import { listWords } from "./comparison-names.ts";
import { advantage, type Pair, type Standing } from "./comparison-pairs.ts";
import type { ComparedMetric, Difference } from "./comparison-result.ts";
import { formatTimes } from "./comparison-words.ts";
import { formatNumber } from "./format.ts";

/*
 * What a comparison comes to in one sentence that is true of all its metrics: each is won, undecided for want of pairs, or
 * without a significant difference, and none is left out.
 */

const LABELS: Readonly<Record<ComparedMetric, string>> = {
  first: "TTFT",
  latency: "total latency",
  tps: "output speed",
  cost: "cost",
};

export interface HeadlineInput {
  /** By place in the list. */
  readonly names: readonly string[];
  readonly pairs: readonly Pair[];
  readonly standings: readonly Standing[];
  /** Those it speaks of. */
  readonly places: readonly number[];
  /** Times are those to the first answer. */
  readonly byAnswer: boolean;
}

/** Null where fewer than two can be compared. */
export function headlineOf(input: HeadlineInput): string | null {
  const { places, pairs, standings } = input;
  if (places.length < 2 || standings.length === 0) return null;
  if (places.length > 2) return ofMany(input);
  const pair = pairs.find(({ a, b }) => places.includes(a) && places.includes(b));
  return pair?.differences == null ? null : ofTwo(input, pair, pair.differences.metrics);
}

function ofTwo({ names, byAnswer }: HeadlineInput, pair: Pair, metrics: readonly Difference[]): string {
  const name = { a: names[pair.a] ?? "", b: names[pair.b] ?? "" };
  const done = { a: [] as string[], b: [] as string[] };
  for (const { metric, verdict, estimate } of metrics) {
    if (metric === "cost" || estimate === null || (verdict !== "a" && verdict !== "b")) continue;
    done[verdict].push(deed(metric, advantage(estimate, metric, verdict === "a"), byAnswer));
  }
  let but = "";
  const cost = metrics.find(({ metric }) => metric === "cost");
  if (cost !== undefined && (cost.verdict === "a" || cost.verdict === "b")) {
    const [cheap, dear] = cost.verdict === "a" ? (["a", "b"] as const) : (["b", "a"] as const);
    const by = cost.estimate && advantage(cost.estimate, "cost", cost.verdict === "a");
    if (by === null) done[cheap].push("is free");
    else if (done[dear].length === 0) done[cheap].push(`costs ${less(by)} less`);
    else if (done[cheap].length > 0) done[dear].push(`costs ${formatTimes(by)} times as much`);
    else but = `, but costs ${formatTimes(by)} times as much`;
  }
  const clauses = (["a", "b"] as const)
    .filter((side) => done[side].length > 0)
    .map((side) => `${name[side]} ${listWords(done[side])}`);
  const rest = [
    ...undecided(metrics, "none", "no significant difference in", "or"),
    ...undecided(metrics, "few", "too few pairs to judge", "and"),
  ];
  if (clauses.length === 0) {
    return metrics.every(({ verdict }) => verdict === "few") ? "Too few pairs for a verdict" : sentence(rest);
  }
  const mixed = clauses.length > 1 || but !== "" ? "Mixed: " : "";
  return [`${mixed}${clauses.join(", ")}${but}`, ...rest].join("; ");
}

function ofMany({ names, standings }: HeadlineInput): string {
  const led = [
    ...groupBy(
      standings.filter(({ leader }) => leader !== null),
      ({ leader }) => String(leader),
    ),
  ].map(([place, metrics]) => ({
    name: names[Number(place)] ?? "",
    metrics: metrics.map(({ metric }) => LABELS[metric]),
  }));
  const open = standings
    .filter(({ leader }) => leader === null)
    .map((standing) => ({ ...standing, verdict: whyOpen(standing) }));
  const rest = [
    ...undecided(open, "open", "no single leader in", "or"),
    ...undecided(open, "none", "no significant difference in", "or"),
    ...undecided(open, "few", "too few pairs to judge", "and"),
  ];
  if (led.length === 0) {
    return open.every(({ verdict }) => verdict === "few") ? "Too few pairs for a verdict" : sentence(rest);
  }
  const clauses = led.map(
    ({ name, metrics }, index) => `${name} ${index === 0 ? "leads in" : "in"} ${listWords(metrics)}`,
  );
  return [`${led.length > 1 ? "Mixed: " : ""}${clauses.join(", ")}`, ...rest].join("; ");
}

/** Why nobody leads: too few pairs of any two, nobody beaten by anybody, or some beaten and more than one not. */
function whyOpen({ ahead, undecided: few, places, duels }: Standing): "few" | "none" | "open" {
  if (few === duels) return "few";
  return ahead.length === places && few === 0 ? "none" : "open";
}

function undecided<V extends string>(
  metrics: readonly { readonly metric: ComparedMetric; readonly verdict: V | Difference["verdict"] }[],
  which: V | Difference["verdict"],
  words: string,
  last: "and" | "or",
): string[] {
  const labels = metrics.filter(({ verdict }) => verdict === which).map(({ metric }) => LABELS[metric]);
  return labels.length === 0 ? [] : [`${words} ${listWords(labels, last)}`];
}

/** By how much each leader is ahead of the one that comes nearest, a line a metric. */
export function describeLeads(
  standings: readonly Standing[],
  names: readonly string[],
  byAnswer: boolean,
): string[] {
  return standings.flatMap(({ metric, leader, nearest }) => {
    if (leader === null || nearest === null) return [];
    const rival = nearest.by === null ? "" : ` than ${names[nearest.place]}, the runner-up`;
    const what = deed(metric, nearest.by, byAnswer);
    const compared =
      metric === "tps"
        ? what.replace(/ as fast$/, ` as fast as ${names[nearest.place]}, the runner-up`)
        : what + rival;
    return [`${names[leader]} ${compared}.`];
  });
}

/** What the better one does, and by how much. */
export function deed(metric: ComparedMetric, by: RatioEstimate | null, byAnswer: boolean): string {
  if (by === null) return "is free";
  const times = formatTimes(by);
  if (metric === "first") return `${byAnswer ? "starts to answer" : "starts"} ${times} times sooner`;
  if (metric === "latency") return `finishes ${times} times sooner`;
  return metric === "tps" ? `streams ${times} times as fast` : `costs ${less(by)} less`;
}

/** 1.7 times as cheap is "41%" less. */
function less({ ratio }: RatioEstimate): string {
  const percent = 100 * (1 - 1 / ratio);
  return `${formatNumber(percent, percent < 2 || percent > 98 ? 1 : 0)}%`;
}

function sentence(parts: readonly string[]): string {
  const text = parts.join("; ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
