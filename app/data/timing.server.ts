import type { Reader } from "./reader.server.ts";

/** How long a loader and each of its reads took, for the Server-Timing header. */
export interface Timing {
  /** The reader, with its calls timed. */
  readonly reader: Reader;
  /** The header's value as far as it is known: a read that still goes on is not in it. */
  header(): string;
}

export function startTiming(reader: Reader): Timing {
  const started = performance.now();
  const reads: string[] = [];
  return {
    reader: {
      async call(name, parameters) {
        const began = performance.now();
        try {
          return await reader.call(name, parameters);
        } finally {
          reads.push(entry(name, began));
        }
      },
    },
    header: () => [entry("loader", started), ...reads].join(", "),
  };
}

function entry(name: string, since: number): string {
  return `${name};dur=${Math.round(performance.now() - since)}`;
}
