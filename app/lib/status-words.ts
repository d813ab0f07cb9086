import { formatDate, formatShare } from "./format.ts";
import { type Day, dayAfter, gradeDay, type ProviderState } from "./status.ts";

/** A provider's state: a sign, a word, and whether it is good news. */
export function stateWords(
  state: ProviderState,
  measured: number,
  failing: number,
  degraded = 0,
): { sign: string; text: string; tone: "good" | "warn" | "bad" | "none" } {
  if (state === "up") return { sign: "●", text: "Up", tone: "good" };
  if (state === "degraded") {
    const text = measured === 1 ? "Degraded" : `${degraded} of ${measured} endpoints degraded`;
    return { sign: "▲", text, tone: "warn" };
  }
  if (state === "unknown") return { sign: "○", text: "Unknown", tone: "none" };
  if (state === "down")
    return { sign: "✕", text: measured === 1 ? "Down" : "All endpoints failing", tone: "bad" };
  return { sign: "▲", text: `${failing} of ${measured} endpoints failing`, tone: "warn" };
}

/** A day in words: "23 Nov 2026: 99.1% of 212". */
export function dayWords(firstDay: string, index: number, day: Day): string {
  const date = formatDate(`${dayAfter(firstDay, index)}T00:00:00Z`);
  if (day === null) return `${date}: not measured`;
  const n = day.successes + day.failures;
  return `${date}: ${formatShare(day.successes / n)} of ${n}`;
}

/** A month's bars in one sentence, for who does not see them. */
export function monthWords(days: readonly Day[]): string {
  const grades = days.map(gradeDay);
  const measured = grades.filter((grade) => grade !== null).length;
  if (measured === 0) return "Not measured in 30 days";
  const troubled = grades.filter((grade) => grade !== null && grade !== "good").length;
  return `${measured} of 30 days measured, ${troubled === 0 ? "none" : troubled} with provider failures`;
}
