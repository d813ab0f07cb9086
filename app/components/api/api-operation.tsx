import type { OperationDocs } from "../../lib/api/docs.ts";
import { Prose } from "./prose.tsx";

/** One address: what it is for, how to ask, what it takes and what it answers. */
export function ApiOperation({ operation }: { operation: OperationDocs }) {
  const { id, path, summary, description, samples, parameters, fields, answers } = operation;
  return (
    <section aria-labelledby={id} className="panel mt-5 min-w-0 p-4 md:p-5">
      <h2 id={id} className="scroll-mt-4 font-semibold text-base tracking-tight">
        {summary}
      </h2>
      <p className="mt-1 break-all font-mono text-xs">
        <span className="text-acid-success">GET</span> {path}
      </p>
      <p className="mt-3 max-w-[80ch] text-acid-muted leading-relaxed">
        <Prose text={description} />
      </p>
      {samples.map(({ label, source }) => (
        <figure key={source} className="mt-3">
          <figcaption className="text-acid-muted text-xs">{label}</figcaption>
          <pre className="mt-1 whitespace-pre-wrap break-all rounded-lg border border-acid-border bg-acid-bg p-3 font-mono text-xs">
            <code>{source}</code>
          </pre>
        </figure>
      ))}
      {parameters.length > 0 && (
        <>
          <h3 className="eyebrow mt-5">Parameters</h3>
          <Terms
            entries={parameters.map(({ name, place, takes, description: text }) => ({
              name,
              note: place === "query" ? takes : `${place}, ${takes}`,
              text,
            }))}
          />
        </>
      )}
      {fields.length > 0 && (
        <details className="mt-5">
          <summary className="eyebrow cursor-pointer rounded">Response fields ({fields.length})</summary>
          <Terms entries={fields.map(({ name, type, description: text }) => ({ name, note: type, text }))} />
        </details>
      )}
      <h3 className="eyebrow mt-5">Responses</h3>
      <Terms
        entries={answers.map(({ status, type, description: text }) => ({ name: status, note: type, text }))}
      />
    </section>
  );
}

interface Term {
  readonly name: string;
  readonly note: string;
  readonly text: string;
}

function Terms({ entries }: { entries: readonly Term[] }) {
  return (
    <dl className="mt-1 divide-y divide-acid-border/60">
      {entries.map(({ name, note, text }) => (
        <div key={name} className="py-2 md:grid md:grid-cols-[13rem_1fr] md:gap-x-6">
          <dt className="break-words font-mono text-xs leading-5">{name}</dt>
          <dd className="min-w-0 leading-relaxed">
            <Prose text={text} /> <span className="break-words text-acid-muted text-xs">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
