import { setTimeout as sleep } from "node:timers/promises";

/** What costs the database and the Worker most, for each kind of reader. */
export const DEAREST = {
  programs: [
    "/results.csv",
    "/api/v1/results?limit=1000",
    "/api/v1/results?detail=full",
    "/api/v1/endpoints?window=30d",
    "/api/v1/runs?limit=200",
    "/feed.xml",
    "/badge/openai/gpt-4o-mini?window=30d",
  ],
  pages: ["/?window=30d", "/models/openai/gpt-4o-mini?window=30d", "/status", "/prices", "/runs"],
} as const;

export interface Greed {
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
}

/**
 * Clients that ask for these addresses one after the other, each again as soon as it has its answer, until a time is over.
 * One that is told 429 asks again after a second.
 * @param headersOf what a client sends, by its number
 */
export async function beGreedy(
  url: string,
  addresses: readonly string[],
  { clients, ms, headersOf }: { clients: number; ms: number; headersOf: (client: number) => HeadersInit },
): Promise<Greed> {
  const statuses = new Map<number, number>();
  const until = Date.now() + ms;
  const client = async (number: number) => {
    for (let request = number; Date.now() < until; request++) {
      const path = addresses[request % addresses.length] ?? "/";
      const response = await fetch(url + path, { headers: headersOf(number) });
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (response.status === 429) await sleep(1_000);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return { statuses };
}
