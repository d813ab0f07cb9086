import { describe, expect, it } from "vitest";
import { createSseReader } from "../../../workers/benchmark/probe/stream/sse.ts";
import { byteByByte, cutAtRandom, randomFrom } from "./framing.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(parts: readonly Uint8Array[]): [string, string | undefined][] {
  const events: [string, string | undefined][] = [];
  const reader = createSseReader((data, name) => events.push([data, name]));
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

  it("loses one byte order mark at its start, also when cut, and no other", () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf("data: x\n\n"));
    expect(read([bytes])).toEqual([["x", undefined]]);
    expect(read(byteByByte(bytes))).toEqual([["x", undefined]]);
    expect(readText("\uFEFF\uFEFFdata: x\n\ndata: y\n\n")).toEqual([["y", undefined]]);
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
    ).toEqual([["a\uFFFDb", undefined]]);
  });

  it("carries several events in one read", () => {
    expect(readText("data: 1\n\ndata: 2\n\ndata: 3\n\n").map(([data]) => data)).toEqual(["1", "2", "3"]);
  });
});
