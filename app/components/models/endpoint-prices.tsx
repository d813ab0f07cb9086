import { formatDate, formatUsd } from "../../lib/format.ts";
import type { PricePoint } from "../../lib/models-types.ts";
import { LockedState } from "../ui/locked-state.tsx";

/** Each price there was, newest first, USD per million tokens. */
export function EndpointPrices({ prices, locked }: { prices: readonly PricePoint[]; locked: boolean }) {
  if (locked) return <LockedState metric="Price" />;
  if (prices.length === 0) {
    return <p className="text-acid-muted">No price is known, so its results enter no figure of cost.</p>;
  }
  return (
    <>
      <table className="w-full text-left text-xs">
        <caption className="mb-2 text-left text-acid-muted">
          USD per million tokens, lower is better. The first line is the price of today.
        </caption>
        <thead>
          <tr className="border-acid-border border-b">
            <Head>Since</Head>
            <Head end>In</Head>
            <Head end>Out</Head>
            <Head end>Cached in</Head>
          </tr>
        </thead>
        <tbody className="figure-text">
          {prices.map((price, index) => {
            const before = prices[index + 1];
            return (
              <tr key={`${price.at} ${price.source}`} className="border-acid-border/60 border-b align-top">
                <th scope="row" className="py-2 pr-3 font-normal">
                  <time dateTime={price.at}>{formatDate(price.at)}</time>
                  <span className="block text-2xs text-acid-muted [overflow-wrap:anywhere]">
                    {nameSource(price.source)}
                  </span>
                </th>
                <Price now={price.input} before={before?.input} />
                <Price now={price.output} before={before?.output} />
                <Price now={price.cached_input} before={undefined} />
              </tr>
            );
          })}
        </tbody>
      </table>
      {prices.length === 1 && <p className="mt-2 text-acid-muted text-xs">No change is known.</p>}
    </>
  );
}

function Head({ children, end = false }: { children: string; end?: boolean }) {
  return (
    <th scope="col" className={`py-1.5 font-normal text-acid-muted ${end ? "pl-2 text-right" : "pr-3"}`}>
      {children}
    </th>
  );
}

function Price({ now, before }: { now: number | null; before: number | undefined }) {
  const change =
    now === null || before === undefined || before === now
      ? null
      : before === 0
        ? "was free"
        : now / before - 1;
  return (
    <td className="py-2 pl-2 text-right">
      {now === 0 ? "free" : formatUsd(now)}
      {change !== null && (
        <span className="block text-2xs text-acid-muted">
          {typeof change === "string"
            ? change
            : `${change > 0 ? "▲ +" : "▼ −"}${Math.abs(change * 100).toFixed(0)}%`}
        </span>
      )}
    </td>
  );
}

/** A source's host where it is an address, as it is otherwise: shown, never a link. */
function nameSource(source: string): string {
  return /^https?:\/\/([^/]+)/.exec(source)?.[1] ?? source;
}
