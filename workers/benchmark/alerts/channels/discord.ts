import { type Channel, postJson } from "../channel.ts";
import type { Alert } from "../event.ts";
import { alertTitle, SIMULATED_SENTENCE } from "../messages.ts";

/** A Discord webhook. */
export function discordChannel(url: string): Channel {
  return {
    name: "discord",
    tell: (alert, context) => postJson(url, JSON.stringify(discordBody(alert)), {}, context),
  };
}

const COLOURS = { critical: 0xef4444, warning: 0xf59e0b, info: 0x10b981 } as const;
const MOST_TITLE_CHARS = 256;
const MOST_DESCRIPTION_CHARS = 4_096;

/** Nobody is mentioned, whatever a model is called. */
export function discordBody(alert: Alert) {
  const lines = [...(alert.simulated ? [SIMULATED_SENTENCE] : []), ...alert.lines];
  return {
    embeds: [
      {
        title: cut(escaped(alertTitle(alert)), MOST_TITLE_CHARS),
        description: cut(lines.map(escaped).join("\n"), MOST_DESCRIPTION_CHARS),
        color: COLOURS[alert.severity],
        timestamp: new Date(alert.at).toISOString(),
        ...(alert.link === null ? {} : { url: alert.link }),
      },
    ],
    allowed_mentions: { parse: [] as string[] },
  };
}

/** A backslash before whatever Discord's Markdown, mentions or addresses begin with. */
function escaped(text: string): string {
  return text.replace(/[\\`*_~|>#[\]()<@:-]/g, "\\$&");
}

/** Not in the middle of an escape. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/(?<!\\)(\\\\)*\\$/, "$1");
}
