import type { ApiDocs } from "../../lib/api/docs.ts";
import { SimulatedBanner } from "../ui/banner.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
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
      <PageHeading title="API">
        <Prose text={docs.description} />
      </PageHeading>
      {simulated === true && <SimulatedBanner some />}
      <nav aria-label="Endpoints" className="mt-5">
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
