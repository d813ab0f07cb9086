import { useId } from "react";
import type { Status, StatusEndpoint, StatusProvider } from "../../data/status.server.ts";
import { formatCount, formatDate, formatInteger, formatShare } from "../../lib/format.ts";
import { STATE_WORDS } from "../../lib/incidents.ts";
import { type StatusQuery, statusHref } from "../../lib/queries.ts";
import { dayAfter } from "../../lib/status.ts";
import { dayWords, stateWords } from "../../lib/status-words.ts";
import { ModelLink, ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { DayBars, SmallBars } from "./day-bars.tsx";
import { DayFailures } from "./day-failures.tsx";

const TONES = {
  good: "text-acid-success",
  warn: "text-acid-warning",
  bad: "text-acid-danger",
  none: "text-acid-muted",
} as const;

export interface ProviderCardProps {
  readonly provider: StatusProvider;
  readonly status: Status;
  readonly query: StatusQuery;
  readonly locked: boolean;
}

/** A provider: its state now, its month, its endpoints. */
export function ProviderCard({ provider, status, query, locked }: ProviderCardProps) {
  const id = useId();
  const { uptime, days, health } = provider;
  const state = health && stateWords(health.state, provider.measured, health.failing, health.degraded);
  return (
    <article aria-labelledby={id} data-provider={provider.provider} className="panel min-w-0 p-4">
      <div className="grid gap-x-6 gap-y-3 xl:grid-cols-[15rem_1fr]">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 xl:flex-col xl:items-start xl:justify-center">
          <h3 id={id} className="flex min-w-0 items-center gap-2.5 font-semibold">
            <ProviderSign slug={provider.provider} className="size-7" />
            <bdi className="min-w-0 [overflow-wrap:anywhere]">{provider.name}</bdi>
            {provider.kind === "proxy" && <Tag>proxy</Tag>}
            {provider.simulated && <Tag tone="warning">simulated</Tag>}
          </h3>
          {state !== null && (
            <p className={`flex items-center gap-2 text-sm ${TONES[state.tone]}`}>
              <span aria-hidden="true">{state.sign}</span>
              {state.text}
            </p>
          )}
        </div>
        {!locked && days !== null && uptime !== null && (
          <div>
            <DayBars provider={provider.provider} days={days} firstDay={status.first_day} query={query} />
            <p className="mt-1 flex justify-between gap-3 text-2xs text-acid-muted">
              <span>{formatDate(`${status.first_day}T00:00:00Z`)}</span>
              <span className="figure-text text-acid-text text-xs">
                {uptime.share === null
                  ? "not measured"
                  : `${formatShare(uptime.share)} of ${formatInteger(uptime.n)}`}
              </span>
              <span>today</span>
            </p>
          </div>
        )}
      </div>
      {query.provider === provider.provider && status.day !== null && (
        <DayFailures day={status.day} query={query} />
      )}
      <div className="mt-2 flex flex-wrap gap-x-6 gap-y-1 [&>details[open]]:basis-full">
        <Endpoints provider={provider} query={query} />
        {!locked && days !== null && (
          <details>
            <summary className="w-fit cursor-pointer rounded text-acid-link text-xs">
              Uptime by day as text
            </summary>
            <ol className="figure-text mt-2 grid gap-x-6 gap-y-0.5 text-acid-muted text-xs sm:grid-cols-2 lg:grid-cols-3">
              {days.map((day, index) => (
                <li key={dayAfter(status.first_day, index)} className="py-1">
                  {day === null || day.failures === 0 ? (
                    dayWords(status.first_day, index, day)
                  ) : (
                    <TextLink
                      to={statusHref(query, {
                        provider: provider.provider,
                        day: dayAfter(status.first_day, index),
                      })}
                      preventScrollReset
                    >
                      {dayWords(status.first_day, index, day)}
                    </TextLink>
                  )}
                </li>
              ))}
            </ol>
          </details>
        )}
      </div>
    </article>
  );
}

/** Endpoints of a provider in trouble that are shown unasked. */
const OPEN_AT_MOST = 12;

function Endpoints({ provider, query }: { provider: StatusProvider; query: StatusQuery }) {
  const { endpoints, endpoint_count: total, health } = provider;
  const isTroubled = health !== null && (health.failing > 0 || health.degraded > 0);
  const label = formatCount(total, "endpoint", "endpoints");
  if (endpoints.length === 0) {
    return (
      <p className="text-xs">
        <TextLink to={statusHref(query, { provider: provider.provider, day: null })} preventScrollReset>
          {`Show ${label}`}
        </TextLink>
      </p>
    );
  }
  return (
    <details open={query.provider === provider.provider || (isTroubled && total <= OPEN_AT_MOST)}>
      <summary className="w-fit cursor-pointer rounded text-acid-link text-xs">{label}</summary>
      <ul className="mt-2 grid gap-1.5">
        {endpoints.map((endpoint) => (
          <Line key={endpoint.model} endpoint={endpoint} />
        ))}
      </ul>
      {endpoints.length < total && (
        <p className="mt-2 text-acid-muted text-xs">{`The ${endpoints.length} ${provider.uptime === null ? "first by name" : "with the lowest uptime"} of ${total}.`}</p>
      )}
    </details>
  );
}

function Line({ endpoint }: { endpoint: StatusEndpoint }) {
  const { uptime } = endpoint;
  return (
    <li className="flex items-center justify-between gap-4 text-xs" data-endpoint="">
      <span className="min-w-0">
        {(endpoint.state === "down" || endpoint.state === "degraded") && (
          <span className={`mr-2 ${TONES[STATE_WORDS[endpoint.state].tone]}`}>
            <span aria-hidden="true">{`${STATE_WORDS[endpoint.state].sign} `}</span>
            {STATE_WORDS[endpoint.state].text}
          </span>
        )}
        <ModelLink endpoint={endpoint} />
        {endpoint.retired_at !== null && " (retired)"}
        {endpoint.simulated && " (simulated)"}
      </span>
      <span className="flex shrink-0 items-center gap-3">
        {endpoint.grades !== "" && <SmallBars letters={endpoint.grades} />}
        {uptime !== null && (
          <span className="figure-text text-right">
            {uptime.share === null
              ? "not measured"
              : `${formatShare(uptime.share)} of ${formatInteger(uptime.n)}`}
          </span>
        )}
      </span>
    </li>
  );
}
