import type { ModelPage } from "../../data/models-page.server.ts";

/** Each price there was, newest first, USD per million tokens. */
export function EndpointPrices({ prices }: Pick<ModelPage, "prices">) {
  if (prices.length === 0) {
    return <p className="text-acid-muted">No known price, so its results count in no cost figure.</p>;
  }
  return (
    <>
      <table className="w-full text-left text-xs">
        <caption className="mb-2 text-left text-acid-muted">
          USD per million tokens, lower is better. The first row is the current price.
        </caption>
        <thead>
          <tr className="border-acid-border border-b">
            <Head>Since</Head>
            <Head end>Input</Head>
            <Head end>Output</Head>
            <Head end>Cached input</Head>
          </tr>
        </thead>
        <tbody className="figure-text">
          {prices.map((price) => (
            <tr key={`${price.at} ${price.source}`} className="border-acid-border/60 border-b align-top">
              <th scope="row" className="py-2 pr-3 font-normal">
                <time dateTime={price.at}>{price.since}</time>
                <span className="block text-2xs text-acid-muted [overflow-wrap:anywhere]">
                  {price.source}
                </span>
              </th>
              {price.figures.map(({ now, change }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they are columns
                <td key={index} className="py-2 pl-2 text-right">
                  {now}
                  {change !== null && <span className="block text-2xs text-acid-muted">{change}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {prices.length === 1 && <p className="mt-2 text-acid-muted text-xs">No price changes.</p>}
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
