import { type Channel, postJson } from "../channel.ts";
import type { Alert } from "../event.ts";
import { alertTitle } from "../messages.ts";

/**
 * PagerDuty's Events API v2.
 *
 * @param url https://events.pagerduty.com/v2/enqueue, or that of another service region.
 */
export function pagerdutyChannel(url: string, routingKey: string): Channel {
  return {
    name: "pagerduty",
    tell: (alert, context) => postJson(url, JSON.stringify(pagerdutyBody(alert, routingKey)), {}, context),
  };
}

const MOST_SUMMARY_CHARS = 1_024;
const MOST_DEDUP_CHARS = 255;

/** An incident's alerts are one alert there, which its end resolves. */
export function pagerdutyBody(alert: Alert, routingKey: string) {
  return {
    routing_key: routingKey,
    event_action: alert.kind === "incident.closed" ? ("resolve" as const) : ("trigger" as const),
    dedup_key: alert.thread.slice(0, MOST_DEDUP_CHARS),
    payload: {
      summary: alertTitle(alert).slice(0, MOST_SUMMARY_CHARS),
      source: alert.provider ?? "benchmark-engine",
      severity: alert.severity,
      timestamp: new Date(alert.at).toISOString(),
      component: alert.provider ?? "engine",
      class: alert.kind,
      custom_details: { details: alert.lines, simulated: alert.simulated },
    },
    client: "Benchmark Engine",
    ...(alert.link === null ? {} : { links: [{ href: alert.link, text: "Details" }] }),
  };
}
