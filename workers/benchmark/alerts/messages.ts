import { findProvider } from "../providers/registry.ts";
import type { Incident, IncidentChange, IncidentKind } from "../watch/types.ts";
import { type Alert, boundedAlert, plainName } from "./event.ts";

const WHAT: Readonly<Record<IncidentKind, { now: string; over: string; name: string }>> = {
  outage: { now: "is down", over: "is up again", name: "outage" },
  errors: { now: "is failing now and then", over: "answers every request again", name: "elevated errors" },
  slowdown: { now: "is slow", over: "is as fast as usual again", name: "slow-down" },
};

/** What an incident's change says, or null where it is told to nobody. */
export function incidentAlert(
  { change, incident }: IncidentChange,
  at: number,
  dashboardUrl: string | null,
): Alert | null {
  if (change === "better") return null;
  const { kind, provider, endpoints, simulated } = incident;
  const affected = endpoints.filter(({ until }) => until === null);
  const name = providerName(provider);
  const count = (n: number) => `${n} ${n === 1 ? "endpoint" : "endpoints"}`;
  const title = {
    opened: `${name} ${WHAT[kind].now}: ${count(affected.length)}`,
    worse: `${name} ${WHAT[kind].now} more widely or again: ${count(affected.length)}`,
    closed: `${name} ${WHAT[kind].over} after ${duration((incident.closedAt ?? at) - incident.openedAt)}`,
    lapsed: `${name} is not measured there any more: how its ${WHAT[kind].name} ended is not known`,
  }[change];
  const isOver = change === "closed" || change === "lapsed";
  const shown = isOver ? endpoints : affected;
  return boundedAlert({
    id: `${incident.id}-${incident.revision}`,
    kind: isOver ? "incident.closed" : `incident.${change}`,
    thread: incident.id,
    at,
    provider,
    severity: isOver ? "info" : kind === "outage" ? "critical" : "warning",
    title,
    lines: [
      `Since ${time(incident.openedAt)}.`,
      ...shown.map(({ model, reason }) => `${plainName(model)}: ${reason}.`),
    ],
    simulated,
    link: incidentLink(incident, dashboardUrl),
  });
}

function incidentLink({ id }: Incident, dashboardUrl: string | null): string | null {
  return dashboardUrl === null ? null : `${dashboardUrl}/incidents/${id}`;
}

/** A thing that is told once, with no end of its own. */
type Notice = Pick<Alert, "kind" | "provider" | "title" | "lines"> & {
  /** Tells this notice from others of its kind; part of its id. */
  readonly key: string;
  readonly severity?: Alert["severity"];
  readonly simulated?: boolean;
  /** The dashboard's page about it, from its root. */
  readonly page: string;
};

export function notice(
  { key, severity = "warning", simulated = false, page, ...said }: Notice,
  at: number,
  dashboardUrl: string | null,
): Alert {
  const id = `${said.kind}-${key}`;
  return boundedAlert({
    ...said,
    id,
    thread: id,
    at,
    severity,
    simulated,
    link: dashboardUrl === null ? null : `${dashboardUrl}${page}`,
  });
}

/** What `npm run alerts -- test` sends. */
export function testAlert(id: string, at: number, dashboardUrl: string | null): Alert {
  return boundedAlert({
    id: `test-${id}`,
    kind: "test",
    thread: `test-${id}`,
    at,
    provider: null,
    severity: "info",
    title: "Test alert of the Benchmark Engine",
    lines: ["Nothing is wrong. Alerts will come this way."],
    simulated: false,
    link: dashboardUrl === null ? null : `${dashboardUrl}/status`,
  });
}

/** An alert as plain text, for e-mail and the terminal. */
export function alertText({ lines, simulated, link }: Alert): string {
  return [
    ...(simulated ? [SIMULATED_SENTENCE] : []),
    ...lines,
    ...(link === null ? [] : [`Details: ${link}`]),
  ].join("\n");
}

export const SIMULATED_SENTENCE = "Simulated: the built-in simulator answered, and no provider did.";

export function alertTitle({ title, simulated }: Alert): string {
  return simulated ? `[simulated] ${title}` : title;
}

export function providerName(slug: string): string {
  return findProvider(slug)?.name ?? plainName(slug);
}

/** `28 Nov 14:03 UTC` */
export function time(at: number): string {
  const date = new Date(at);
  const month = date.toLocaleString("en-GB", { month: "short", timeZone: "UTC" });
  return `${date.getUTCDate()} ${month} ${date.toISOString().slice(11, 16)} UTC`;
}

/** `3 min`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${minutes} min`;
}
