import * as z from "zod";

/** What is told. A channel may name the ones it wants. */
export const ALERT_KINDS = [
  "incident.opened",
  "incident.worse",
  "incident.closed",
  "model.retired",
  "model.announced",
  "price.changed",
  "budget.reached",
  "key.refused",
  "engine.behind",
  "test",
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something worth telling somebody, in words that every channel takes as they are. */
export const alertSchema = z.object({
  /** The same on every try and in every channel: what a receiver tells two tellings of one thing apart by. */
  id: z.string(),
  kind: z.enum(ALERT_KINDS),
  /** What belongs together and is told in order: an incident's id. */
  thread: z.string(),
  /** ms since the epoch. */
  at: z.number(),
  provider: z.string().nullable(),
  severity: z.enum(["critical", "warning", "info"]),
  /** One line. */
  title: z.string(),
  /** Sentences with figures. */
  lines: z.array(z.string()),
  simulated: z.boolean(),
  /** Where to read more, where the dashboard's address is known. */
  link: z.string().nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

const MOST_NAME_CHARS = 120;
const MOST_LINES = 12;
const MOST_LINE_CHARS = 400;

/**
 * A name from outside as part of a sentence: no line breaks, no control or direction characters, and not without end.
 * What each channel's markup makes of it is the channel's to prevent.
 */
export function plainName(name: string): string {
  return bounded(plain(name), MOST_NAME_CHARS);
}

/** Keeps an alert to what every channel takes. */
export function boundedAlert(alert: Alert): Alert {
  const lines = alert.lines.slice(0, MOST_LINES).map((line) => bounded(plain(line), MOST_LINE_CHARS));
  const left = alert.lines.length - lines.length;
  return {
    ...alert,
    title: bounded(plain(alert.title), 200),
    lines: left > 0 ? [...lines, `And ${left} more.`] : lines,
  };
}

function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
}

function bounded(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
