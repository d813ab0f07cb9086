import { Link } from "@remix-run/react";
import { type EndpointId, endpointPath } from "../../lib/models-path.ts";

/** A model's name that leads to its page. */
export function ModelLink({ endpoint }: { endpoint: EndpointId }) {
  return (
    <Link
      to={endpointPath(endpoint)}
      className="figure-text inline-block py-1 text-acid-link underline-offset-4 [overflow-wrap:anywhere] hover:underline"
    >
      {endpoint.model}
    </Link>
  );
}
