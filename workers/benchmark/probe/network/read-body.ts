import type { DeadlineWatch } from "./deadlines.ts";
import { failureText } from "./failure-text.ts";

export interface BodyRead {
  /** ended: read to its end; stopped: `take` wanted no more; lost: broke off; deadline: one passed. */
  readonly how: "ended" | "stopped" | "too large" | "lost" | "deadline";
  /** What the exception said, of a lost connection. */
  readonly cause: string;
  readonly endedAt: number;
  /** Bytes handed to `take`, decompressed. */
  readonly bytes: number;
}

export interface BodyReading {
  readonly watch: DeadlineWatch;
  readonly now: () => number;
  readonly maxBytes: number;
  /** Given the function that ends a pending read at once, for when a deadline passes. */
  readonly onReader: (release: () => void) => void;
}

/**
 * Hands over the body as it arrives, each read with the one clock reading that belongs to it, until `take`
 * returns false, the body ends or breaks off, or a limit is reached. A body that is not read to its end is
 * cancelled, which frees its connection.
 */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  { watch, now, maxBytes, onReader }: BodyReading,
  take: (bytes: Uint8Array, atMs: number) => boolean,
): Promise<BodyRead> {
  if (body === null) return { how: "ended", cause: "", endedAt: now(), bytes: 0 };
  const reader = body.getReader();
  const release = (): void => {
    reader.cancel().catch(ignored);
  };
  onReader(release);
  let bytes = 0;
  const end = (how: BodyRead["how"], endedAt: number, cause = ""): BodyRead => {
    if (how !== "ended") release();
    return { how, cause, endedAt, bytes };
  };
  for (;;) {
    let next: Awaited<ReturnType<typeof reader.read>>;
    try {
      next = await reader.read();
    } catch (error) {
      const atMs = now();
      return watch.check(atMs) ? end("deadline", atMs) : end("lost", atMs, failureText(error));
    }
    const atMs = now();
    if (watch.check(atMs)) return end("deadline", atMs);
    if (next.done) return end("ended", atMs);
    const room = maxBytes - bytes;
    const fits = next.value.byteLength <= room;
    const part = fits ? next.value : next.value.subarray(0, room);
    bytes += part.byteLength;
    if (!take(part, atMs)) return end("stopped", atMs);
    if (!fits) return end("too large", atMs);
  }
}

/** A body that is given up may also fail to be cancelled: it is gone either way. */
function ignored(): void {}
