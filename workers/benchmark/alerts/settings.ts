import * as z from "zod";
import { optionalSetting, setting, type Values } from "../../settings/setting.ts";
import { address, baseUrl, integer, key, listOf, milliseconds, oneOf } from "../../settings/values.ts";
import type { Channel, ChannelName } from "./channel.ts";
import { discordChannel } from "./channels/discord.ts";
import { emailChannel } from "./channels/email.ts";
import { pagerdutyChannel } from "./channels/pagerduty.ts";
import { slackChannel } from "./channels/slack.ts";
import { terminalChannel } from "./channels/terminal.ts";
import { webhookChannel } from "./channels/webhook.ts";
import { ALERT_KINDS, type AlertKind } from "./event.ts";

const emailAddress = z.email("must be an e-mail address").max(254);
const kinds = (channel: string) =>
  optionalSetting({
    sentence: `What ${channel} is told: any of ${ALERT_KINDS.filter((kind) => kind !== "test").join(",")}.`,
    schema: listOf(ALERT_KINDS),
    unset: "all of it",
  });

/** Who is told when something is wrong, and how. Addresses of channels open them to whoever has them: all are secrets. */
export const alertSettings = {
  DASHBOARD_URL: optionalSetting({
    sentence: "Where the dashboard stands on the web; alerts link to it.",
    schema: baseUrl,
    unset: "alerts carry no links",
  }),
  ALERT_WEBHOOK_URL: optionalSetting({
    sentence: "Receives each alert as a webhook signed by Standard Webhooks; needs ALERT_WEBHOOK_SECRET.",
    schema: address,
    unset: "no webhook",
    secret: true,
  }),
  ALERT_WEBHOOK_SECRET: optionalSetting({
    sentence:
      "Signs them: whsec_ and 24 to 64 bytes in base64, as from: echo whsec_$(openssl rand -base64 32).",
    schema: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, "must be whsec_ and base64")
      .refine((text) => bytes(text) >= 24 && bytes(text) <= 64, "must hold 24 to 64 bytes"),
    unset: "no webhook",
    secret: true,
  }),
  ALERT_WEBHOOK_KINDS: kinds("the webhook"),
  ALERT_SLACK_URL: optionalSetting({
    sentence: "A Slack incoming webhook.",
    schema: address,
    unset: "nothing goes to Slack",
    secret: true,
  }),
  ALERT_SLACK_KINDS: kinds("Slack"),
  ALERT_DISCORD_URL: optionalSetting({
    sentence: "A Discord webhook.",
    schema: address,
    unset: "nothing goes to Discord",
    secret: true,
  }),
  ALERT_DISCORD_KINDS: kinds("Discord"),
  ALERT_PAGERDUTY_KEY: optionalSetting({
    sentence: "Integration key of a PagerDuty service (Events API v2).",
    schema: key.refine((text) => /^[A-Za-z0-9]{32}$/.test(text), "must have 32 letters and digits"),
    unset: "nothing goes to PagerDuty",
    secret: true,
  }),
  ALERT_PAGERDUTY_URL: setting({
    sentence: "Its Events API; https://events.eu.pagerduty.com/v2/enqueue for the EU.",
    schema: address,
    default: "https://events.pagerduty.com/v2/enqueue",
  }),
  ALERT_PAGERDUTY_KINDS: kinds("PagerDuty"),
  ALERT_EMAIL_TO: optionalSetting({
    sentence:
      "Receives alerts by e-mail; needs ALERT_EMAIL_FROM and the binding ALERT_EMAIL (docs/alerts.md).",
    schema: emailAddress,
    unset: "no e-mail",
    secret: true,
  }),
  ALERT_EMAIL_FROM: optionalSetting({
    sentence: "Sender of those e-mails, at a domain of the account.",
    schema: emailAddress,
    unset: "no e-mail",
    secret: true,
  }),
  ALERT_EMAIL_KINDS: kinds("e-mail"),
  ALERT_TERMINAL: setting({
    sentence: "on: alerts are printed where the Worker runs.",
    schema: oneOf(["on", "off"]),
    default: "off",
    internal: true,
  }),
  ALERT_TERMINAL_KINDS: kinds("the terminal"),
  ALERT_TIMEOUT_MS: setting({
    sentence: "Milliseconds that a receiver of alerts has to take one.",
    schema: integer(1, 20_000, "milliseconds"),
    default: "5000",
  }),
  ALERT_BACKOFF_MIN_MS: setting({
    sentence: "Shortest wait before an alert that was not taken is sent again, milliseconds.",
    schema: milliseconds,
    default: "5000",
  }),
  ALERT_BACKOFF_MAX_MS: setting({
    sentence: "Longest such wait, milliseconds.",
    schema: milliseconds,
    default: "1800000",
  }),
  ALERT_GIVE_UP_AFTER_MS: setting({
    sentence: "Milliseconds after which an alert that no try delivered is given up with a line in the log.",
    schema: milliseconds,
    default: "86400000",
  }),
  HEARTBEAT_URL: optionalSetting({
    sentence:
      "Called after each finished run, with /fail where one could not run, as healthchecks.io expects; it notices when this engine falls silent.",
    schema: baseUrl,
    unset: "nobody notices",
    secret: true,
  }),
  CONFIRM_AFTER_MS: setting({
    sentence:
      "Milliseconds after which a provider's failure is asked again; while it is down after 1, 2, 4 and 8 times as long.",
    schema: milliseconds,
    default: "60000",
  }),
};

export interface AlertConfig {
  readonly channels: readonly ConfiguredChannel[];
  readonly dashboardUrl: string | null;
  readonly heartbeatUrl: string | null;
  readonly timeoutMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  readonly giveUpAfterMs: number;
}

export interface ConfiguredChannel {
  readonly channel: Channel;
  /** Null: all of them. */
  readonly kinds: readonly AlertKind[] | null;
}

/** What the settings come to. @throws Error with one line where a channel has only half of its settings. */
export function alertConfig(values: Values<typeof alertSettings>): AlertConfig {
  const v = values;
  requireBoth("ALERT_WEBHOOK_URL", v.ALERT_WEBHOOK_URL, "ALERT_WEBHOOK_SECRET", v.ALERT_WEBHOOK_SECRET);
  requireBoth("ALERT_EMAIL_TO", v.ALERT_EMAIL_TO, "ALERT_EMAIL_FROM", v.ALERT_EMAIL_FROM);
  const channels: (Channel | null)[] = [
    v.ALERT_WEBHOOK_URL && v.ALERT_WEBHOOK_SECRET
      ? webhookChannel(v.ALERT_WEBHOOK_URL, v.ALERT_WEBHOOK_SECRET)
      : null,
    v.ALERT_SLACK_URL ? slackChannel(v.ALERT_SLACK_URL) : null,
    v.ALERT_DISCORD_URL ? discordChannel(v.ALERT_DISCORD_URL) : null,
    v.ALERT_PAGERDUTY_KEY ? pagerdutyChannel(v.ALERT_PAGERDUTY_URL, v.ALERT_PAGERDUTY_KEY) : null,
    v.ALERT_EMAIL_TO && v.ALERT_EMAIL_FROM ? emailChannel(v.ALERT_EMAIL_FROM, v.ALERT_EMAIL_TO) : null,
    v.ALERT_TERMINAL === "on" ? terminalChannel : null,
  ];
  const wanted: Readonly<Record<ChannelName, readonly AlertKind[] | null>> = {
    webhook: v.ALERT_WEBHOOK_KINDS,
    slack: v.ALERT_SLACK_KINDS,
    discord: v.ALERT_DISCORD_KINDS,
    pagerduty: v.ALERT_PAGERDUTY_KINDS,
    email: v.ALERT_EMAIL_KINDS,
    terminal: v.ALERT_TERMINAL_KINDS,
  };
  return {
    channels: channels.flatMap((channel) => (channel ? [{ channel, kinds: wanted[channel.name] }] : [])),
    dashboardUrl: v.DASHBOARD_URL,
    heartbeatUrl: v.HEARTBEAT_URL,
    timeoutMs: v.ALERT_TIMEOUT_MS,
    backoffMinMs: v.ALERT_BACKOFF_MIN_MS,
    backoffMaxMs: v.ALERT_BACKOFF_MAX_MS,
    giveUpAfterMs: v.ALERT_GIVE_UP_AFTER_MS,
  };
}

/** Whether a channel wants to hear of this; a test goes to each. */
export function wants({ kinds }: ConfiguredChannel, kind: AlertKind): boolean {
  return kind === "test" || kinds === null || kinds.includes(kind);
}

function requireBoth(a: string, valueOfA: string | null, b: string, valueOfB: string | null): void {
  if ((valueOfA === null) === (valueOfB === null)) return;
  const [set, missing] = valueOfA === null ? [b, a] : [a, b];
  throw new Error(`${missing} is missing: ${set} is set, and one is nothing without the other`);
}

function bytes(secret: string): number {
  try {
    return atob(secret.slice("whsec_".length)).length;
  } catch {
    return 0;
  }
}
