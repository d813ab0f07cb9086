import { createParser } from "eventsource-parser";

/** Receives one event: its data lines joined by LF, and its `event:` name where it has one. */
export type SseListener = (data: string, name: string | undefined) => void;

export interface SseReader {
  /** Takes the next bytes of the body, cut anywhere, also inside a character. */
  push(bytes: Uint8Array): void;
  /** The body is over: an event that lacks only its closing blank line is still handed over. */
  end(): void;
}

/**
 * Reads `text/event-stream` bytes as the WHATWG standard has it (LF, CR and CRLF, one BOM, comments, several
 * `data:` lines, an event without data is none), but for one point: at the end of the body the standard drops
 * an event without its blank line, and providers that leave the last one out exist.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * It keeps at most one unfinished event; the caller's cap on the whole body is its bound.
 */
export function createSseReader(listener: SseListener): SseReader {
  // The parser strips the one BOM that the standard allows; a decoder that strips as well would take two.
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  const parser = createParser({
    onEvent(event) {
      if (event.data !== "") listener(event.data, event.event);
    },
  });
  return {
    push(bytes) {
      parser.feed(decoder.decode(bytes, { stream: true }));
    },
    end() {
      parser.feed(decoder.decode());
      // After a trailing CR the parser takes one LF for the second half of a CRLF: hence three.
      parser.feed("\n\n\n");
    },
  };
}
