import { measure } from "../../../workers/benchmark/probe/index.ts";
import type { ProbeRequest } from "../../../workers/benchmark/probe/types.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";

/** A Worker that makes the measurement it is told to, for tests of the probe inside workerd. */
export default {
  async fetch(request: Request): Promise<Response> {
    const task = (await request.json()) as Omit<ProbeRequest, "provider">;
    const provider = findProvider("openai");
    if (provider === undefined) return new Response("no provider", { status: 500 });
    const outcome = await measure(
      { ...task, provider },
      { fetch, now: () => performance.now(), date: () => new Date(), colo: null },
    );
    return Response.json(outcome);
  },
};
