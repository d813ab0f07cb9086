import type { Compared } from "./comparison-pairs.ts";
import { valuesOf } from "./comparison-result.ts";
import { median } from "./statistics.ts";

/** The last hour's runs: enough to see that something is going on, too few for a verdict. */
export const RECENT_RUNS = 4;
/** Below this many results in its week nobody can say what is usual. */
const FEWEST_USUAL = 12;

/** An endpoint's latest runs beside its usual. */
export interface Recent {
  /** How many runs, and the median of their times to the first token (or answer), ms. */
  readonly runs: number;
  readonly value: number;
  /** That median over the week's: 3.4 is 3.4 times its usual. Null where nobody knows what is usual. */
  readonly times: number | null;
}

interface Median {
  readonly n: number;
  readonly p50: number | null;
}

/** A week's medians of one endpoint, ms. */
export interface Usual {
  readonly ttft: Median;
  readonly answer_ttft: Median;
}

/** The last runs in which an endpoint answered; null where there is none. */
export function recentOf(
  endpoint: Pick<Compared, "runs" | "thinks"> | undefined,
  usual: Usual | null,
  byAnswer: boolean,
): Recent | null {
  if (endpoint === undefined) return null;
  const { runs, thinks } = endpoint;
  const last = valuesOf(runs, "first", { thinks, byAnswer })
    .filter((value) => value !== null)
    .slice(-RECENT_RUNS);
  const value = median(last);
  if (value === null) return null;
  const normal = byAnswer && usual !== null && usual.answer_ttft.n > 0 ? usual.answer_ttft : usual?.ttft;
  const p50 = normal !== undefined && normal.n >= FEWEST_USUAL ? normal.p50 : null;
  return { runs: last.length, value, times: p50 !== null && p50 > 0 ? value / p50 : null };
}
