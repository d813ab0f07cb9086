import { groupBy } from "./collections.ts";
import { formatCount, formatNumber, formatTime } from "./format.ts";
import { type Incident, type IncidentKind, incidentHref, type StateNow } from "./incidents.ts";
import { type EndpointId, endpointPath } from "./models-path.ts";

/** What is wrong with one provider: a part of the sentence that the overview begins with. */
export interface Trouble {
  readonly tone: "bad" | "warn";
  readonly word: string;
  /** The provider, and its model where it is only one. */
  readonly provider: string;
  readonly model: string;
  readonly detail: string;
  readonly since: string;
  readonly href: string;
}

/** How all endpoints are, in one sentence. */
export interface Verdict {
  readonly troubles: readonly Trouble[];
  /** Troubles that are not shown. */
  readonly more: number;
  /** What holds of the rest: "All 34 endpoints are up". */
  readonly rest: string;
  /** Whether that is good news. */
  readonly isGood: boolean;
}

const SHOWN = 4;
const WORDS: Readonly<Record<IncidentKind, Pick<Trouble, "tone" | "word">>> = {
  outage: { tone: "bad", word: "Down" },
  errors: { tone: "warn", word: "Failing" },
  slowdown: { tone: "warn", word: "Slow" },
};

/**
 * Says what is down, what fails and what is slow, since when; or that nothing is.
 * @param states of the endpoints that are shown
 * @param open incidents that are ongoing, of any endpoint
 * @param againstUsual an endpoint's newest TTFT over its usual one, where that is known
 * @param asOf when it was read, ISO: what began on that day is told without its date
 * @returns null where nothing is known of any endpoint
 */
export function judgeAll(
  states: readonly StateNow[],
  open: readonly Incident[],
  names: ReadonlyMap<string, string>,
  againstUsual: (endpoint: EndpointId) => number | null,
  asOf: string,
): Verdict | null {
  if (states.length === 0) return null;
  const known = new Set(states.map(key));
  const told = new Set<string>();
  // A provider's incidents of one kind are one trouble: each endpoint may have begun one of its own.
  const alike = groupBy(open, ({ provider, simulated, kind }) => `${provider}\n${simulated}\n${kind}`);
  const fromIncidents = [...alike.values()].flatMap((incidents): Trouble[] => {
    const [latest] = incidents;
    if (latest === undefined) return [];
    const { provider, simulated, kind } = latest;
    const affected = incidents
      .flatMap(({ endpoints }) => endpoints)
      .filter(({ model, until }) => until === null && known.has(key({ provider, model, simulated })));
    const [first] = affected;
    if (first === undefined) return [];
    for (const { model } of affected) told.add(key({ provider, model, simulated }));
    const models = new Set(affected.map(({ model }) => model)).size;
    const of = states.filter((state) => state.provider === provider && state.simulated === simulated).length;
    const ratios = affected.map(({ model }) => againstUsual({ provider, model }) ?? 0);
    const one = models === 1;
    return [
      {
        ...WORDS[kind],
        provider: latest.provider_name,
        model: one ? first.model : models === of ? `all ${of} endpoints` : `${models} of ${of} endpoints`,
        detail:
          kind === "slowdown"
            ? slowWords(first.reason, Math.max(...ratios), one)
            : one
              ? withoutSince(first.reason)
              : "",
        since: sinceWords(
          affected.map(({ since }) => since).reduce((a, b) => (a < b ? a : b)),
          asOf,
        ),
        href:
          incidents.length === 1 ? incidentHref(latest.id) : `/status?${new URLSearchParams({ provider })}`,
      },
    ];
  });
  const others = states.flatMap((state): Trouble[] => {
    if ((state.state !== "down" && state.state !== "degraded") || told.has(key(state))) return [];
    return [
      {
        ...WORDS[
          state.state === "down" ? "outage" : state.reason.includes("usually") ? "slowdown" : "errors"
        ],
        provider: names.get(state.provider) ?? state.provider,
        model: state.model,
        detail: withoutSince(state.reason),
        since: state.since === null ? "" : sinceWords(state.since, asOf),
        href: endpointPath(state),
      },
    ];
  });
  const troubles = [...fromIncidents, ...others].sort((a, b) => rank(a) - rank(b));
  return {
    troubles: troubles.slice(0, SHOWN),
    more: Math.max(0, troubles.length - SHOWN),
    ...restWords(states),
  };
}

function restWords(states: readonly StateNow[]): Pick<Verdict, "rest" | "isGood"> {
  const count = (state: StateNow["state"]) => states.filter((one) => one.state === state).length;
  const [up, unknown] = [count("up"), count("unknown")];
  const notKnown = unknown === 0 ? "" : `, ${unknown} not measured recently`;
  if (up + unknown < states.length)
    return { rest: `${up} of ${states.length} endpoints are up${notKnown}`, isGood: false };
  if (up === 0)
    return {
      rest: `${formatCount(unknown, "endpoint has", "endpoints have")} not been measured recently`,
      isGood: false,
    };
  return {
    rest:
      unknown > 0
        ? `${up} of ${states.length} endpoints are up${notKnown}`
        : up === 1
          ? "The only endpoint is up"
          : `All ${up} endpoints are up`,
    isGood: unknown === 0,
  };
}

function rank({ word }: Trouble): number {
  return ["Down", "Slow", "Failing"].indexOf(word);
}

/** `3.4× its usual TTFT`; where that is not what became slow, or not known, the reason as it stands. */
function slowWords(reason: string, ratio: number, one: boolean): string {
  if (!reason.startsWith("TTFT") || ratio < 1.1) return one ? reason : "";
  return `${one ? "" : "up to "}${formatNumber(ratio, 1)}× ${one ? "its" : "their"} usual TTFT`;
}

/** `3 failures in a row since 19:39 UTC: server_error` beside a time of its own. */
function withoutSince(reason: string): string {
  return reason.replace(/ since \d\d:\d\d UTC/, "");
}

function sinceWords(iso: string, asOf: string): string {
  const words = formatTime(iso);
  const today = `${formatTime(asOf).split(",")[0]}, `;
  return words.startsWith(today) ? words.slice(today.length) : words;
}

function key({ provider, model, simulated }: EndpointId & { readonly simulated: boolean }): string {
  return `${provider}\n${model}\n${simulated}`;
}
