import { describe, expect, it } from "vitest";
import { createSseReader } from "../../../workers/benchmark/probe/stream/sse.ts";
import { byteByByte, cutAtRandom, randomFrom } from "./framing.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(parts: readonly Uint8Array[]): [string, string | undefined][] {
  const events: [string, string | undefined][] = [];
  const reader = createSseReader((_json, text, name) => events.push([text, name]));
  for (const part of parts) reader.push(part);
  reader.end();
  return events;
}

const readText = (text: string) => read([bytesOf(text)]);

describe("an event stream", () => {
  it("has the same events with LF, CR and CRLF, however its bytes are cut", () => {
    const lines = [
      "event: tide",
      'data: {"höhe":',
      'data: "3,2 m 🌊"}',
      "",
      ": nobody hears this",
      "data: second",
      "",
      "",
    ];
    const expected = [
      ['{"höhe":\n"3,2 m 🌊"}', "tide"],
      ["second", undefined],
    ];
    const random = randomFrom(20_261_123);
    for (const lineEnding of ["\n", "\r", "\r\n"]) {
      const bytes = bytesOf(lines.join(lineEnding));
      expect(read([bytes])).toEqual(expected);
      expect(read(byteByByte(bytes))).toEqual(expected);
      for (let turn = 0; turn < 200; turn += 1) expect(read(cutAtRandom(bytes, random))).toEqual(expected);
    }
  });

  it("may mix its line endings", () => {
    expect(readText("data: a\r\n\ndata: b\r\rdata: c\n\r\n")).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["c", undefined],
    ]);
  });

  it("loses one byte order mark at its start, also when cut", () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf("data: x\n\n"));
    expect(read([bytes])).toEqual([["x", undefined]]);
    expect(read(byteByByte(bytes))).toEqual([["x", undefined]]);
  });

  it("takes one space after the colon away, and only one", () => {
    expect(readText("data:  two\n\ndata:none\n\n")).toEqual([
      [" two", undefined],
      ["none", undefined],
    ]);
  });

  it("has no event where there is no data", () => {
    expect(readText("event: alone\n\n: comment\n\nid: 7\n\nretry: 100\n\ndata\n\ndata:\n\n")).toEqual([]);
  });

  it("forgets an event's name after its blank line", () => {
    expect(readText("event: named\n\ndata: plain\n\n")).toEqual([["plain", undefined]]);
  });

  it("hands over a last event that lacks its blank line or its line end", () => {
    for (const tail of ["", "\n", "\r", "\r\n"]) {
      expect(readText(`data: first\n\ndata: last${tail}`)).toEqual([
        ["first", undefined],
        ["last", undefined],
      ]);
    }
  });

  it("survives bytes that are no UTF-8", () => {
    expect(
      read([Uint8Array.of(0xff, 0xfe, 0x0a), bytesOf("data: a"), Uint8Array.of(0xc3), bytesOf("b\n\n")]),
    ).toEqual([
      ["\uFFFD\uFFFD", undefined],
      ["a\uFFFDb", undefined],
    ]);
  });

  it("carries several events in one read", () => {
    expect(readText("data: 1\n\ndata: 2\n\ndata: 3\n\n").map(([data]) => data)).toEqual(["1", "2", "3"]);
  });

  it("hears what servers send beside the standard, each event when its line has ended", () => {
    const heard: unknown[] = [];
    const reader = createSseReader((json, text, name) => heard.push([json ?? text, name]));
    const push = (text: string): number => {
      reader.push(bytesOf(text));
      return heard.length;
    };
    expect(push('data: {"n":1}\n')).toBe(1);
    expect(push('data: {"n":2}\n  data: {"n":3}\n')).toBe(3);
    expect(push('data: data: {"n":4}\ndata:\ndata:\n\n')).toBe(4);
    expect(push('event: error\ndata: {"n":5}\ndata: [DONE]\n')).toBe(6);
    expect(push('error: {"n":7}\n\n{"n":8}\n')).toBe(8);
    expect(push('{\n "n":\n9\n}\n')).toBe(8);
    reader.end();
    expect(heard).toEqual([
      [{ n: 1 }, undefined],
      [{ n: 2 }, undefined],
      [{ n: 3 }, undefined],
      [{ n: 4 }, undefined],
      [{ n: 5 }, "error"],
      ["[DONE]", undefined],
      [{ n: 7 }, "error"],
      [{ n: 8 }, undefined],
      [{ n: 9 }, undefined],
    ]);
  });

  it("parts a broken event from those after it", () => {
    expect(readText('data: {"broken\ndata: {"n":1}\ndata: {"n":2}\n\n').map(([text]) => text)).toEqual([
      '{"broken',
      '{"n":1}',
      '{"n":2}',
    ]);
    expect(readText('data: [\ndata: {"n":1},\ndata: {"n":2}\ndata: ]\n\n')).toHaveLength(1);
  });
});
