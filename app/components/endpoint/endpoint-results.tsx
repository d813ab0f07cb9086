import type { ReactNode } from "react";
import type { ModelPage } from "../../data/models-page.server.ts";
import { formatInteger, formatTime } from "../../lib/format.ts";
import { runHref } from "../../lib/queries.ts";
import { TextLink } from "../ui/text-link.tsx";

/** So many characters of a text come with the page (model_page). */
const SHOWN = 1_200;

/** The newest results, each of which opens to what came: text, error, the request's id. */
export function EndpointResults({ page }: { page: ModelPage }) {
  if (page.results.length === 0) return <p className="text-acid-muted">None yet.</p>;
  return (
    <ul className="divide-y divide-acid-border/60">
      {page.results.map((result) => (
        <li key={result.id}>
          <details className="group py-1.5">
            <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-4 gap-y-0.5 rounded py-1 text-xs marker:content-none">
              <span aria-hidden="true" className="text-acid-muted group-open:rotate-90">
                ▸
              </span>
              <time dateTime={result.at} className="figure-text">
                {formatTime(result.at)}
              </time>
              <span className={result.success ? "text-acid-success" : "text-acid-warning"}>
                {result.success
                  ? "✓ success"
                  : `✕ ${result.error_kind ?? `HTTP ${result.status_code ?? "?"}`}`}
              </span>
              {result.confirmation && <span className="text-acid-muted">confirmation</span>}
              <span className="figure-text text-acid-muted sm:ml-auto">{result.figures}</span>
            </summary>
            <Opened result={result} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function Opened({ result }: { result: ModelPage["results"][number] }) {
  return (
    <div className="grid gap-3 py-2 pl-5 text-xs leading-relaxed">
      {!result.success && (
        <p>
          {result.meaning}
          {result.error_message !== null && (
            <span className="figure-text block text-acid-muted [overflow-wrap:anywhere]">
              {result.error_message}
            </span>
          )}
        </p>
      )}
      {result.text !== null && result.text !== "" && (
        <div>
          <pre className="whitespace-pre-wrap rounded-lg border border-acid-border bg-acid-bg p-3 font-mono text-xs [overflow-wrap:anywhere]">
            {result.text}
          </pre>
          {result.text_length !== null && result.text_length > SHOWN && (
            <p className="mt-1 text-acid-muted">{`The first ${formatInteger(SHOWN)} of ${formatInteger(result.text_length)} characters. See the run for the full text.`}</p>
          )}
        </div>
      )}
      <dl className="flex flex-wrap gap-x-6 gap-y-1">
        <Detail name="Request id">{result.id}</Detail>
        <Detail name="HTTP status">{result.status_code ?? "none"}</Detail>
        <Detail name="Tokens in / out">
          {`${formatInteger(result.input_tokens)} / ${formatInteger(result.output_tokens)}`}
        </Detail>
        {result.finish_reason !== null && <Detail name="Finish reason">{result.finish_reason}</Detail>}
        {result.upstream !== null && <Detail name="Served by">{result.upstream}</Detail>}
        {result.simulated && <Detail name="Source">simulated</Detail>}
        <Detail name="Run">
          <TextLink to={runHref(result.run_id, { result: result.id })}>View in its run</TextLink>
        </Detail>
      </dl>
    </div>
  );
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-2xs text-acid-muted">{name}</dt>
      <dd className="figure-text [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
