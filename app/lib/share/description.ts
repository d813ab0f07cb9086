import { formatMs, formatTps } from "../format.ts";
import { LEADER_NAMES, type Leader } from "../leaders.ts";
import type { Endpoint } from "../types.ts";
import { cardColumns } from "./card.ts";

/*
 * Figures in the words of a page's description, for who reads documents: search engines, chats that show a link. Each is a
 * sentence with a space after it, or "" where there is nothing to tell; simulated ones say so.
 */

/** "TTFT p50 412 ms, Output speed 84.2 tok/s, …", without what is locked. */
export function describeEndpoint(endpoint: Endpoint): string {
  if (endpoint.attempts === 0) return "";
  const figures = cardColumns({ endpoints: [endpoint] }).map(
    ({ label, text }) => `${label} ${text(endpoint)}`,
  );
  return sentence(figures, endpoint.simulated);
}

/** Over several endpoints: "TTFT p50 170 ms to 240 ms, Output speed 310 tok/s to 620 tok/s". */
export function describeEndpoints(endpoints: readonly Endpoint[]): string {
  const range = (
    label: string,
    values: readonly (number | null | undefined)[],
    format: (n: number) => string,
  ) => {
    const known = values.filter((value) => value != null);
    const [low, high] = [format(Math.min(...known)), format(Math.max(...known))];
    return known.length === 0 ? "" : `${label} ${low === high ? low : `${low} to ${high}`}`;
  };
  const figures = [
    range(
      "TTFT p50",
      endpoints.map(({ ttft }) => ttft?.p50),
      formatMs,
    ),
    range(
      "Output speed",
      endpoints.map(({ tps }) => tps?.p50),
      formatTps,
    ),
  ];
  return sentence(
    figures,
    endpoints.some(({ simulated }) => simulated),
  );
}

/** "Lowest TTFT 170 ms (Groq llama-3.1-8b-instant), Highest TPS …, Cheapest $0.077 for 1,000 requests (…)". */
export function describeLeaders(leaders: readonly (Leader | null)[]): string {
  const known = leaders.filter((leader) => leader !== null);
  const figures = known.map(({ title, figure, endpoint }) => {
    const cost = title === "cheapest" ? " for 1,000 requests" : "";
    return `${LEADER_NAMES[title]} ${figure}${cost} (${endpoint.provider_name} ${endpoint.model})`;
  });
  return sentence(
    figures,
    known.some(({ endpoint }) => endpoint.simulated),
  );
}

function sentence(figures: readonly string[], isSimulated: boolean): string {
  const words = figures.filter((figure) => figure !== "").join(", ");
  if (words === "") return "";
  return `${isSimulated ? "Simulated: " : ""}${words}. `;
}
