import type { EndpointLabel } from "./types.ts";

/** What names an endpoint, without its figures: what a page gets it gets twice, to bring itself to life. */
export function endpointLabel(endpoint: EndpointLabel): EndpointLabel {
  const { provider, provider_name, kind, model, retired_at, successor, simulated } = endpoint;
  return { provider, provider_name, kind, model, retired_at, successor, simulated };
}
