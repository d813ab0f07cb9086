import { Prose } from "./prose.tsx";

/** What holds for every address. */
export function ApiConventions({ origin, locked }: { origin: string; locked: readonly string[] }) {
  const rules: readonly (readonly [id: string, term: string, text: string])[] = [
    [
      "pages",
      "Pagination",
      "A list returns `page` and `data`. Follow `page.next` until it is null; it keeps your filters. Cursors are opaque.",
    ],
    [
      "caching",
      "Caching",
      "Send the ETag of the response you have as `If-None-Match`: 304 means not modified. `Cache-Control` says how long a response may be cached.",
    ],
    [
      "browsers",
      "Browsers",
      "CORS is open to every site. There is no key, and responses do not depend on the caller.",
    ],
    [
      "problems",
      "Problems",
      "Errors are `application/problem+json`. 400 names each invalid parameter, 404 is an unknown address, 503 and 504 are temporary: retry after a minute.",
    ],
    [
      "limits",
      "Limits",
      "Cached responses are not limited. Others: 15 requests at once from one address and one more every 4 s; beyond that they start five a second, shared by all busy callers, and beyond 300 a minute (`results.csv`: 10) the answer is 429 with Retry-After.",
    ],
    [
      "simulated",
      "Simulated",
      "`simulated: true` means that the built-in simulator answered because a provider had no key. Such figures say nothing about that provider; do not publish them.",
    ],
    [
      "locked",
      "Locked metrics",
      locked.length === 0
        ? "None on this server."
        : `${locked.join(", ")}: absent from every response, column, badge and sort order on this server.`,
    ],
  ];
  return (
    <section aria-labelledby="conventions" className="panel mt-6 p-4 md:p-5">
      <h2 id="conventions" className="font-semibold text-base tracking-tight">
        Conventions
      </h2>
      <dl className="mt-3 grid gap-x-6 gap-y-3 md:grid-cols-[9rem_1fr]">
        {rules.map(([id, term, text]) => (
          <div key={id} className="md:contents">
            <dt id={id} className="scroll-mt-4 font-semibold">
              {term}
            </dt>
            <dd className="max-w-[80ch] text-acid-muted leading-relaxed">
              <Prose text={text} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-acid-muted leading-relaxed">
        OpenAPI:{" "}
        <a href="/api/v1/openapi.json" className="break-all font-mono text-acid-link text-xs underline">
          {origin}/api/v1/openapi.json
        </a>
      </p>
    </section>
  );
}
