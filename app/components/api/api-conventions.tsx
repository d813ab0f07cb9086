import { Prose } from "./prose.tsx";

/** What holds for every address. */
export function ApiConventions({ origin, locked }: { origin: string; locked: readonly string[] }) {
  const rules: readonly (readonly [id: string, term: string, text: string])[] = [
    [
      "pages",
      "Pages",
      "A list answers with `page` and `data`. Follow `page.next` until it is null; it keeps your filters. Cursors are not for reading or making.",
    ],
    [
      "caching",
      "Caching",
      "Send the ETag of the answer you have as `If-None-Match`: 304 says that it still holds. `Cache-Control` says how long an answer may be kept without asking.",
    ],
    [
      "browsers",
      "Browsers",
      "Any page of any site may read. There is no key, and nothing depends on who asks.",
    ],
    [
      "problems",
      "Problems",
      "A refusal is `application/problem+json`. 400 names each parameter that cannot be taken, 404 is an address that is not there, 503 and 504 pass: try again in a minute.",
    ],
    [
      "simulated",
      "Simulated",
      "`simulated: true` means that the built-in simulator answered because a provider had no key. Such figures say nothing about that provider; leave them out of what you publish.",
    ],
    [
      "locked",
      "Locked metrics",
      locked.length === 0
        ? "None on this server."
        : `${locked.join(", ")}: absent on this server from every answer, column, badge and sort order.`,
    ],
  ];
  return (
    <section aria-labelledby="conventions" className="panel mt-6 p-4 md:p-5">
      <h2 id="conventions" className="font-semibold text-base tracking-tight">
        What holds everywhere
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
        For tools:{" "}
        <a href="/api/v1/openapi.json" className="break-all font-mono text-acid-link text-xs underline">
          {origin}/api/v1/openapi.json
        </a>
      </p>
    </section>
  );
}
