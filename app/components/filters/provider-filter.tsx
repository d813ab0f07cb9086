import { KINDS, type OverviewQuery, overviewHref } from "../../lib/queries.ts";
import { Segments } from "./segments.tsx";

const TEXTS = {
  all: { text: "all", title: "All endpoints" },
  direct: { text: "direct", title: "The company that runs the model answers" },
  proxy: { text: "proxy", title: "Reached through a reseller" },
} as const;

/** All endpoints, those that answer themselves, or those reached through a reseller. */
export function ProviderFilter({ query }: { query: OverviewQuery }) {
  return (
    <Segments
      label="How the model is reached"
      options={KINDS.map((kind) => ({
        ...TEXTS[kind],
        to: overviewHref(query, { kind }),
        chosen: query.kind === kind,
      }))}
    />
  );
}
