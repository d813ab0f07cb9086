import type { KindFilter } from "./search-params.ts";
import type { Overview } from "./types.ts";

/** The overview of direct or proxy endpoints alone. One whose kind nobody knows is in neither. */
export function ofKind(overview: Overview, kind: KindFilter): Overview {
  if (kind === "all") return overview;
  return {
    ...overview,
    endpoints: overview.endpoints.filter((endpoint) => endpoint.kind === kind),
    providers: overview.providers.filter((provider) => provider.kind === kind),
  };
}
