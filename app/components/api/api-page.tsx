import type { ApiDocs } from "../../lib/api/docs.ts";
import { SimulatedBanner } from "../ui/banner.tsx";
import { ApiConventions } from "./api-conventions.tsx";
import { ApiOperation } from "./api-operation.tsx";
import { Prose } from "./prose.tsx";

export interface ApiPageProps {
  readonly docs: ApiDocs;
  readonly origin: string;
  readonly locked: readonly string[];
  /** Whether the newest result is simulated; null where that is not known. */
  readonly simulated: boolean | null;
}

/** The documentation for programs, made of the OpenAPI document. */
export function ApiPage({ docs, origin, locked, simulated }: ApiPageProps) {
  return (
    <>
      <h1 className="mt-6 font-semibold text-2xl tracking-tight md:text-3xl">For programs</h1>
      <p className="mt-2 max-w-[75ch] text-acid-muted leading-relaxed">
        <Prose text={docs.description} />
      </p>
      {simulated === true && <SimulatedBanner some />}
      <nav aria-label="Addresses" className="mt-5">
        <ul className="flex flex-wrap gap-2">
          {docs.operations.map(({ id, path }) => (
            <li key={id}>
              <a
                href={`#${id}`}
                className="block rounded-md border border-acid-border px-2 py-1 font-mono text-acid-link text-xs hover:border-acid-link"
              >
                {path}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <ApiConventions origin={origin} locked={locked} />
      {docs.operations.map((operation) => (
        <ApiOperation key={operation.id} operation={operation} />
      ))}
    </>
  );
}
