import * as z from "zod";
import { answerOf, type ChannelContext, type Telling } from "../alerts/channel.ts";
import type { Log } from "../log.ts";
import type { ResultRow } from "../store/rows.ts";
import { exportBody } from "../telemetry/body.ts";
import { type EndpointSeries, endpointSchema, withResult } from "../telemetry/series.ts";
import type { TelemetryConfig } from "../telemetry/settings.ts";
import type { Documents } from "./documents.ts";

/** The names of the endpoints' documents. */
const indexSchema = z.array(z.string());
const INDEX = "telemetry-endpoints";
/** The most endpoints that are pushed; beyond it those measured longest ago are forgotten. */
const MOST_ENDPOINTS = 300;

/**
 * What is pushed to an OpenTelemetry collector: each endpoint's histograms since its beginning, kept beside the results in
 * the transaction that makes them durable. Since they are cumulative, a push that was missed is in the next one, and one
 * that is repeated counts nothing twice (docs/decisions/0082).
 */
export class Telemetry {
  readonly #documents: Documents;
  readonly #log: Log;

  constructor(documents: Documents, log: Log) {
    this.#documents = documents;
    this.#log = log;
  }

  /** Takes a result within the transaction that stores it. Confirmations enter no figure. */
  take(row: ResultRow): void {
    if (row.confirmation) return;
    const name = `telemetry:${JSON.stringify([row.provider, row.model, row.location, row.simulated, row.upstream_pinned ? row.upstream : null])}`;
    this.#documents.write(name, withResult(this.#endpoint(name), row));
    const known = this.#names();
    if (known.includes(name)) return;
    const newestFirst = [...known, name]
      .map((key) => [key, this.#endpoint(key)?.newestAt ?? 0] as const)
      .sort((a, b) => b[1] - a[1])
      .map(([key]) => key);
    for (const key of newestFirst.slice(MOST_ENDPOINTS)) this.#documents.remove(key);
    this.#documents.write(INDEX, newestFirst.slice(0, MOST_ENDPOINTS));
  }

  /** Hands the receiver all there is. Never throws; the reason names no address and no header. */
  async push(config: TelemetryConfig, context: Pick<ChannelContext, "fetch" | "now">): Promise<Telling> {
    const endpoints = this.#names().flatMap((name) => {
      const endpoint = this.#endpoint(name);
      return endpoint ? [endpoint] : [];
    });
    if (endpoints.length === 0) return { ok: true, reason: "nothing to push" };
    const body = JSON.stringify(exportBody(endpoints, config.resource, context.now()));
    try {
      const telling = await answerOf(
        config,
        context.fetch(config.url, {
          method: "POST",
          headers: [
            ...config.headers.map(([name, value]): [string, string] => [name, value]),
            ["content-type", "application/json"],
          ],
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(config.timeoutMs),
        }),
      );
      if (telling.ok) this.#log.info("telemetry_pushed", { endpoints: endpoints.length });
      return telling;
    } catch (error) {
      // The words of an unforeseen error may hold an address.
      this.#log.error("telemetry_fault", { reason: error instanceof Error ? error.name : "failed" });
      return { ok: false, reason: "failed" };
    }
  }

  #names(): readonly string[] {
    return this.#documents.read(INDEX, indexSchema) ?? [];
  }

  #endpoint(name: string): EndpointSeries | null {
    return this.#documents.read(name, endpointSchema);
  }
}
