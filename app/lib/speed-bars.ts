import { formatMs } from "./format.ts";
import { providerMark } from "./provider-marks.ts";
import type { WindowName } from "./queries.ts";
import { rankEndpoints, type Unranked } from "./ranking.ts";
import { linearScale, type Scale } from "./scale.ts";
import type { Endpoint, EndpointKind } from "./types.ts";

/** One bar of the first-token chart; times in milliseconds. */
export interface SpeedBar {
  readonly key: string;
  readonly provider: string;
  readonly providerName: string;
  /** The provider's sign: its letters, and its colour by its place in the palette. */
  readonly mark: string;
  readonly hue: number;
  readonly model: string;
  readonly kind: EndpointKind | null;
  readonly simulated: boolean;
  readonly unranked: Unranked | null;
  readonly p50: number;
  /** Null below 20 results. */
  readonly p95: number | null;
  readonly n: number;
}

/** The same geometry for the drawing made on the server and for the canvas that takes its place, in pixels. */
export const CHART = { row: 38, bar: 10, axis: 24 } as const;

/** A reseller's bar is paler than that of who runs the model. */
export const PROXY_OPACITY = 0.45;

/** Fastest first, those without a rank last; endpoints without a first token have no bar. */
export function speedBars(endpoints: readonly Endpoint[], window: WindowName): SpeedBar[] {
  return rankEndpoints("lowestTtft", endpoints, window).flatMap(({ endpoint, unranked }) => {
    const { ttft } = endpoint;
    if (ttft === null || ttft.p50 === null) return [];
    const { letters: mark, hue } = providerMark(endpoint.provider);
    return [
      {
        mark,
        hue,
        key: `${endpoint.provider}/${endpoint.model}`,
        provider: endpoint.provider,
        providerName: endpoint.provider_name,
        model: endpoint.model,
        kind: endpoint.kind,
        simulated: endpoint.simulated,
        unranked,
        p50: ttft.p50,
        p95: ttft.p95,
        n: ttft.n,
      },
    ];
  });
}

/** The marks beside a name: simulated, and why it has no rank. */
export function marks({ simulated, unranked }: { simulated: boolean; unranked: Unranked | null }): string[] {
  return [...new Set([...(simulated ? ["simulated"] : []), ...(unranked === null ? [] : [unranked])])];
}

export function speedScale(bars: readonly SpeedBar[]): Scale {
  return linearScale(Math.max(0, ...bars.map((bar) => bar.p95 ?? bar.p50)));
}

/** What a bar says when pointed at. */
export function describeBar(bar: SpeedBar): string[] {
  return [
    `p50 ${formatMs(bar.p50)} (median)`,
    bar.p95 === null ? "p95 n/a: needs 20 requests" : `p95 ${formatMs(bar.p95)}: 95% were faster`,
    [`n ${bar.n}`, ...marks(bar)].join(", "),
  ];
}
