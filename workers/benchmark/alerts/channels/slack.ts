import { type Channel, postJson } from "../channel.ts";
import type { Alert } from "../event.ts";
import { alertTitle, SIMULATED_SENTENCE } from "../messages.ts";

/** A Slack incoming webhook. */
export function slackChannel(url: string): Channel {
  return {
    name: "slack",
    tell: (alert, context) => postJson(url, JSON.stringify(slackBody(alert)), {}, context),
  };
}

const MOST_HEADER_CHARS = 150;
const MOST_SECTION_CHARS = 3_000;

/** Names from outside stand in plain text alone, which Slack never reads as markup; the link is ours. */
export function slackBody(alert: Alert) {
  const title = alertTitle(alert);
  const lines = [...(alert.simulated ? [SIMULATED_SENTENCE] : []), ...alert.lines];
  const plain = (text: string, most: number) => ({
    type: "plain_text" as const,
    text: text.slice(0, most),
    emoji: false,
  });
  return {
    text: escaped(title),
    blocks: [
      { type: "header", text: plain(title, MOST_HEADER_CHARS) },
      { type: "section", text: plain(lines.join("\n") || title, MOST_SECTION_CHARS) },
      ...(alert.link === null
        ? []
        : [{ type: "section", text: { type: "mrkdwn" as const, text: `<${escaped(alert.link)}|Details>` } }]),
    ],
  };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
