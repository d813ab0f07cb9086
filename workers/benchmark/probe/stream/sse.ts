import { isObject, parseJson } from "../json.ts";

/**
 * Receives one event: its data as JSON (undefined where it is none) and as text, and its `event:` name where it
 * has one.
 */
export type SseListener = (json: unknown, text: string, name: string | undefined) => void;

export interface SseReader {
  /** Takes the next bytes of the body, cut anywhere, also inside a character. */
  push(bytes: Uint8Array): void;
  /** The body is over: an event that lacks only its closing blank line is still handed over. */
  end(): void;
}

const LF = 10;
const SPACE = 32;
/** No JSON text that ends here can be complete before an object follows. */
const GOES_ON = /[[{,:]\s*$/;
/** Lines of one event that are looked at each for itself; an exception a line is too much for a body of nothing else. */
const MAX_APART = 100;
/** Texts that look like JSON and are none: after so many nothing of a body is tried any more, since each costs an exception. */
const MAX_UNREADABLE = 1_000;
/** What a JSON text begins with, and what it ends with: an object, a list, a string, a word, a number. */
const BEGINNINGS = '{["tfn-0123456789';
const ENDINGS = '}]"el0123456789';
const CLOSING_WORD = /^\s*(?:\[DONE\]|DONE)\s*$/i;
const FIELD = /^\s*(data|event|error|id|retry):/i;
/** The standard wants fields of other names ignored. */
const OTHER_FIELD = /^[\w-]+(?::|$)/;

/**
 * Reads `text/event-stream` bytes as the WHATWG standard has it (LF, CR and CRLF, one BOM, comments, several
 * `data:` lines), and also what servers send beside it: events without a blank line between them, a blank or a
 * second `data:` before the data, an `error:` field, JSON without any field, an end without its blank line. A line
 * of data that is a whole JSON object is an event by itself, since the standard would join it to no valid JSON.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * It keeps at most one unfinished event; the caller's cap on the whole body is its bound.
 */
export function createSseReader(listener: SseListener): SseReader {
  // The one BOM that the standard allows is stripped below; a decoder that strips as well would take two.
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  let atStart = true;
  let afterCr = false;
  /** The line that has not ended. */
  let rest = "";
  /** Data lines that are no event yet. */
  let data: string[] = [];
  /** Lines without a field that are no event yet. */
  let bare: string[] = [];
  let name: string | undefined;

  let unreadable = 0;
  /** As parseJson, for at most so many texts that are none. An object that was made a string once more is that object. */
  const read = (text: string): unknown => {
    if (unreadable >= MAX_UNREADABLE || !mayBeJson(text)) return undefined;
    const json = parseJson(text);
    if (json === undefined) unreadable += 1;
    if (typeof json !== "string" || !beginsJson(json)) return json;
    const inner = read(json);
    return isObject(inner) ? inner : json;
  };

  const emit = (json: unknown, text: string): void => {
    const named = name;
    name = undefined;
    listener(json, text, named);
  };

  const flush = (lines: string[]): void => {
    const text = lines.join("\n");
    if (text.trim() === "") return;
    const json = read(text);
    if (json !== undefined || lines.length === 1) {
      emit(json, text);
      return;
    }
    const parsed =
      lines.length > MAX_APART ? [] : lines.map((line) => (beginsJson(line) ? read(line) : undefined));
    if (parsed.every((line) => line === undefined)) {
      emit(undefined, text);
      return;
    }
    lines.forEach((line, index) => {
      if (line.trim() !== "") emit(parsed[index], line);
    });
  };

  const flushAll = (): void => {
    if (data.length > 0) {
      const lines = data;
      data = [];
      flush(lines);
    }
    if (bare.length > 0) {
      const lines = bare;
      bare = [];
      flush(lines);
    }
  };

  const takeData = (value: string): void => {
    if (bare.length > 0) flushAll();
    if (
      data.length === 0 ||
      (data.length < MAX_APART && !GOES_ON.test(data[data.length - 1]?.slice(-64) ?? ""))
    ) {
      const json = beginsJson(value) ? read(value) : undefined;
      if (json !== undefined || CLOSING_WORD.test(value)) {
        flushAll();
        emit(json, value);
        return;
      }
    }
    if (value !== "" || data.length > 0) data.push(value);
  };

  /** The usual line, once a token: an object that is whole in it. */
  const takeObject = (value: string): void => {
    const json = read(value);
    if (json === undefined) data.push(value);
    else emit(json, value);
  };

  const takeField = (field: string, value: string): void => {
    switch (field) {
      case "data":
        takeData(withoutPrefix(value));
        return;
      case "event":
        if (name !== undefined || bare.length > 0) flushAll();
        name = value.trim() === "" ? undefined : value.trim();
        return;
      case "error":
        flushAll();
        name = "error";
        emit(read(value), value.trim());
        return;
      default: // id and retry say nothing here
    }
  };

  /** What is no field goes on with the data before it, or stands for itself: JSON, or the text of some proxy. */
  const takeBare = (line: string): void => {
    if (data.length > 0) {
      data.push(line);
      return;
    }
    if (bare.length === 0 && beginsJson(line)) {
      const json = read(line);
      if (json !== undefined) {
        emit(json, line);
        return;
      }
    }
    bare.push(line);
  };

  const takeLine = (line: string): void => {
    if (line === "") {
      flushAll();
      name = undefined;
      return;
    }
    if (line.startsWith("data:")) {
      takeData(withoutPrefix(line.charCodeAt(5) === SPACE ? line.slice(6) : line.slice(5)));
      return;
    }
    if (line.charCodeAt(0) === 0x3a) return;
    const field = FIELD.exec(line);
    if (field !== null)
      takeField((field[1] ?? "").toLowerCase(), line.slice(field[0].length).replace(/^ /, ""));
    else if (line.trim() !== "" && (bare.length > 0 || !OTHER_FIELD.test(line))) takeBare(line);
  };

  const take = (text: string): void => {
    let start = 0;
    if (atStart && text !== "") {
      atStart = false;
      if (text.charCodeAt(0) === 0xfeff) start = 1;
    }
    if (afterCr && text !== "") {
      afterCr = false;
      if (text.charCodeAt(0) === LF) start = 1;
    }
    let lf = text.indexOf("\n", start);
    let cr = text.indexOf("\r", start);
    while (lf !== -1 || cr !== -1) {
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
      if (rest === "" && data.length === 0 && bare.length === 0 && text.startsWith("data: {", start)) {
        takeObject(text.slice(start + 6, end));
      } else {
        const line = text.slice(start, end);
        takeLine(rest === "" ? line : rest + line);
        rest = "";
      }
      start = end + 1;
      if (end === cr) {
        if (start === text.length) afterCr = true;
        else if (lf === start) start += 1;
        cr = text.indexOf("\r", start);
      }
      if (lf !== -1 && lf < start) lf = text.indexOf("\n", start);
    }
    if (start < text.length) rest += start === 0 ? text : text.slice(start);
  };

  return {
    push(bytes) {
      take(decoder.decode(bytes, { stream: true }));
    },
    end() {
      take(decoder.decode());
      if (rest !== "") takeLine(rest);
      rest = "";
      flushAll();
    },
  };
}

/** Whether a text is the word that ends a stream. */
export function isClosingWord(text: string): boolean {
  return CLOSING_WORD.test(text);
}

/** `data: data: {…}`: a server that frames what was framed already. */
function withoutPrefix(value: string): string {
  let start = 0;
  while (value.startsWith("data:", start)) {
    start += 5;
    while (value.charCodeAt(start) === SPACE) start += 1;
  }
  return start === 0 ? value : value.slice(start);
}

/** Whether the first visible character is a brace or a bracket. */
function beginsJson(text: string): boolean {
  const first = text[firstVisible(text)];
  return first === "{" || first === "[";
}

/** Whether a text begins and ends as JSON does. */
function mayBeJson(text: string): boolean {
  let last = text.length - 1;
  while (last > 0 && text.charCodeAt(last) <= SPACE) last -= 1;
  const [beginning = " ", ending = " "] = [text[firstVisible(text)], text[last]];
  return BEGINNINGS.includes(beginning) && ENDINGS.includes(ending);
}

function firstVisible(text: string): number {
  let index = 0;
  while (index < text.length && text.charCodeAt(index) <= SPACE) index += 1;
  return index;
}
