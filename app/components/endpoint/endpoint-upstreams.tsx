import type { ModelPage } from "../../data/models-page.server.ts";
import { formatCount, formatShare } from "../../lib/format.ts";

/** Which upstreams a reseller's own routing chose, in shares of the requests. */
export function EndpointUpstreams({ upstreams }: Pick<ModelPage, "upstreams">) {
  return (
    <>
      <p className="mb-3 text-acid-muted text-xs leading-relaxed">
        Upstreams that the reseller routed these requests to. Figures above are over all of them together.
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-xs leading-relaxed">
        {upstreams.map(({ upstream, n, share }) => (
          <div key={upstream} className="contents">
            <dt className="figure-text [overflow-wrap:anywhere]">{upstream}</dt>
            <dd className="text-acid-muted">{`${formatShare(share)}, ${formatCount(n, "request", "requests")}`}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
