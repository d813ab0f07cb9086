import type { PricedEndpoint, PriceList } from "../../data/prices.server.ts";
import { formatAgo, formatDate, formatTime, formatUsd } from "../../lib/format.ts";
import { priceChange } from "../../lib/prices.ts";
import { changeWords, factorWords, priceWords, sourceWords } from "../../lib/prices-words.ts";
import { Panel } from "../ui/panel.tsx";

/** The newest changes, what it was and what it is. */
export function Changes({ changes, asOf }: { changes: PriceList["changes"]; asOf: string }) {
  if (changes.length === 0) {
    return <p className="text-acid-muted">No price changes yet. Prices are read every night.</p>;
  }
  return (
    <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
      {changes.map((change) => (
        <li
          key={`${change.provider}/${change.model}/${change.at}`}
          className="min-w-0 rounded-lg border border-acid-border bg-acid-bg/40 p-3"
        >
          <p className="[overflow-wrap:anywhere]">
            <bdi className="font-medium">{change.provider_name}</bdi>{" "}
            <bdi className="figure-text text-acid-muted text-xs">{change.model}</bdi>
          </p>
          <dl className="figure-text mt-1.5 grid gap-0.5 text-xs">
            <Move name="Input" before={change.before.input} now={change.now.input} />
            <Move name="Output" before={change.before.output} now={change.now.output} />
            {(change.before.cached !== null || change.now.cached !== null) && (
              <Move
                name="Cached"
                before={change.before.cached ?? change.before.input}
                now={change.now.cached ?? change.now.input}
              />
            )}
          </dl>
          <p className="mt-1.5 text-2xs text-acid-muted">
            <time dateTime={change.at} title={formatTime(change.at)}>
              {formatDate(change.at)}
            </time>
            {`, ${formatAgo(change.at, asOf)}; source: ${sourceWords(change.source)}`}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Move({ name, before, now }: { name: string; before: number; now: number }) {
  const same = before === now;
  const dearer = now > before;
  return (
    <div className="flex flex-wrap gap-x-2">
      <dt className="w-14 text-acid-muted">{name}</dt>
      <dd>
        {same ? formatUsd(now) : `${formatUsd(before)} → ${formatUsd(now)}`}{" "}
        {!same && (
          <span className={dearer ? "text-acid-warning" : "text-acid-success"}>
            <span aria-hidden="true">{dearer ? "▲ " : "▼ "}</span>
            {changeWords(priceChange(before, now))}
          </span>
        )}
      </dd>
    </div>
  );
}

/** Prices that jumped too far: what stands is used until a person has looked. */
export function Held({ endpoints }: { endpoints: readonly PricedEndpoint[] }) {
  return (
    <Panel title="Prices awaiting review" className="mt-4 border-acid-warning/40">
      <p className="mb-3 max-w-3xl text-acid-muted text-xs leading-relaxed">
        A source states a price more than ten times above or below the current one, or what other providers
        charge. It is used once the source has stated it on three days, a second source agrees, or it is
        accepted (<code className="figure-text">npm run models -- accept-price PROVIDER MODEL</code>).
      </p>
      <ul className="grid gap-2">
        {endpoints.map(({ provider, provider_name, model, held }) =>
          held === null ? null : (
            <li key={`${provider}/${model}`} className="[overflow-wrap:anywhere]">
              <bdi className="font-medium">{provider_name}</bdi>{" "}
              <bdi className="figure-text text-acid-muted text-xs">{model}</bdi>
              <span className="figure-text block text-xs">
                {`${priceWords(held)}, ${factorWords(held.factor)}; seen ${formatDate(held.since)}, ${sourceWords(held.source)}`}
              </span>
            </li>
          ),
        )}
      </ul>
    </Panel>
  );
}
