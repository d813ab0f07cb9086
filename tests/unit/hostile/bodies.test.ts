import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { API_KEY, expectKind, measureAgainst, provider } from "./measure.ts";
import type { Peer } from "./server.ts";
import { ANSWER, COUNTS, DONE, errorEvent, finish, piece, usage } from "./wire.ts";

/** A proper stream, chunk by chunk, that ends in good order. */
function stream(...chunks: readonly (string | Uint8Array)[]) {
  return async (peer: Peer): Promise<void> => {
    await peer.streamHead();
    for (const chunk of chunks) {
      await peer.chunk(chunk);
      await sleep(2);
    }
    await peer.endChunks();
  };
}

const GOOD = ANSWER + finish() + usage(COUNTS) + DONE;

describe("an error inside a 200", () => {
  it("is a stream error, with the text before it kept", async () => {
    const error = { message: "The upstream went away", code: 502 };
    await measureAgainst(stream(piece("Well,"), errorEvent(error)), ({ measurement }) => {
      expectKind(measurement, "stream_error");
      expect(measurement).toMatchObject({ status_code: 200, response_text: "Well,", success: false });
      expect(measurement.error_message).toContain("The upstream went away");
    });
  });

  it.each([
    ["data after finish_reason", [ANSWER + finish(), errorEvent({ message: "Upstream failed" }), DONE]],
    ["a named event", ['event: error\ndata: {"error":{"message":"Upstream failed","type":"x"}}\n\n']],
    ["an event in words", ["event: error\ndata: Upstream failed\n\n"]],
    [
      "an event beside usage",
      [`data: {"choices":[],"usage":{},"error":{"message":"Upstream failed"}}\n\n`, DONE],
    ],
    [
      "the error a choice carries",
      [
        `data: {"choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"message":"Upstream failed"}}]}\n\n`,
        DONE,
      ],
    ],
  ])("is a stream error as %s", async (_, chunks) => {
    await measureAgainst(stream(...chunks), ({ measurement }) => {
      expectKind(measurement, "stream_error");
      expect(measurement.error_message).toContain("Upstream failed");
    });
  });

  it("ends the answer: a token that comes after it is none", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await peer.chunk(errorEvent({ message: "Upstream failed" }));
        await sleep(30);
        await peer.chunk(ANSWER + finish() + usage(COUNTS) + DONE);
        await peer.endChunks();
      },
      ({ measurement }) => {
        expectKind(measurement, "stream_error");
        expect(measurement).toMatchObject({
          response_text: null,
          ttft_ms: null,
          tps: null,
          chunk_times_ms: null,
        });
        expect(measurement).toMatchObject({ input_tokens: 21, output_tokens: 4 });
      },
    );
  });

  it("is a stream error as a JSON body, whatever its label", async () => {
    for (const type of ["application/json", "text/event-stream", "text/plain"]) {
      await measureAgainst(
        (peer) => peer.respond(200, '{"error":{"message":"Not today"}}', { "content-type": type }),
        ({ measurement }) => {
          expectKind(measurement, "stream_error");
          expect(measurement.error_message).toContain("Not today");
        },
      );
    }
  });

  it("is named for what it says where it speaks of limits, credit or load", async () => {
    const cases = [
      ["rate_limited", { message: "Rate limit reached", code: 429 }],
      ["quota", { message: "Insufficient credits", code: 402 }],
      ["server_error", { message: "The model is overloaded, try again", type: "overloaded_error" }],
    ] as const;
    for (const [kind, error] of cases) {
      await measureAgainst(stream(errorEvent(error)), ({ measurement }) => expectKind(measurement, kind));
    }
  });

  it("does not count once [DONE] has been said", async () => {
    const late = [errorEvent({ message: "too late" }), piece("and more"), usage({ completion_tokens: 999 })];
    for (const chunks of [[GOOD + late.join("")], [GOOD, ...late]]) {
      await measureAgainst(stream(...chunks), ({ measurement }) => {
        expect(measurement).toMatchObject({
          success: true,
          output_tokens: 4,
          response_text: "One two three four",
        });
      });
    }
  });
});

describe("a body that is not what was asked for", () => {
  it.each([
    ["an HTML page", "text/html", "<!doctype html><html><title>Sign in</title><body>Hello</body></html>"],
    ["HTML under the stream's label", "text/event-stream", "<html><body>It works!</body></html>"],
    ["a whole completion as JSON", "application/json", '{"choices":[{"message":{"content":"Hi"}}]}'],
    ["a JSON array", "application/json", "[]"],
    ["a bare JSON string", "application/json", '"ok"'],
    ["plain words", "text/plain", "OK"],
    ["words that look like lines of a stream", "text/event-stream", "hello: world\nfoo: bar\n\n"],
    ["events that hold no JSON", "text/event-stream", "data: yes\n\ndata: no\n\n"],
    ["only comments", "text/event-stream", ": one\n\n: two\n\n"],
  ])("is a bad response: %s", async (_, type, body) => {
    await measureAgainst(
      (peer) => peer.respond(200, body, { "content-type": type }),
      async ({ measurement, server, tookMs }) => {
        expectKind(measurement, "bad_response");
        expect(measurement).toMatchObject({ status_code: 200, output_tokens: 0, tps: null });
        expect(tookMs).toBeLessThan(400);
        expect(server.measured).toHaveLength(1);
      },
    );
  });

  it.each(["text/plain", "application/json", "application/octet-stream", ""])(
    "is read as the stream it is under the label '%s'",
    async (type) => {
      await measureAgainst(
        async (peer) => {
          await peer.head(200, {
            ...(type === "" ? {} : { "content-type": type }),
            "transfer-encoding": "chunked",
          });
          await peer.chunk(GOOD);
          await peer.endChunks();
        },
        ({ measurement }) => expect(measurement).toMatchObject({ success: true, output_tokens: 4 }),
      );
    },
  );

  it("is empty as a 204, as an empty 200 and as a stream that ends without a token", async () => {
    await measureAgainst(
      (peer) => peer.head(204),
      ({ measurement }) => {
        expectKind(measurement, "empty_response");
        expect(measurement.status_code).toBe(204);
      },
    );
    const cases = [
      [DONE],
      [finish("content_filter"), DONE],
      [finish() + usage({ prompt_tokens: 21, completion_tokens: 0 })],
    ];
    for (const chunks of cases) {
      await measureAgainst(stream(...chunks), ({ measurement }) => expectKind(measurement, "empty_response"));
    }
  });

  it("has no answer when all that was generated is thoughts", async () => {
    const hidden = { ...COUNTS, completion_tokens: 64, completion_tokens_details: { reasoning_tokens: 64 } };
    const think = [piece("<thi"), piece("nk>Let me"), piece(" see</think>"), finish("length"), DONE];
    for (const chunks of [think, [finish("length"), usage(hidden), DONE]]) {
      await measureAgainst(stream(...chunks), ({ measurement }) => {
        expectKind(measurement, "no_answer");
        expect(measurement.answer_ttft_ms).toBeNull();
      });
    }
  });

  it.each([301, 302, 303, 307, 308])(
    "is a bad response as a %i, and the key does not follow",
    async (status) => {
      let followed = 0;
      await measureAgainst(
        async (peer) => {
          await peer.respond(status, "", { location: "/elsewhere/v2" });
          peer.socket.on("data", (data) => {
            if (/elsewhere/.test(String(data))) followed += 1;
          });
        },
        async ({ measurement, server }) => {
          expectKind(measurement, "bad_response");
          expect(measurement.status_code).toBe(status);
          await sleep(50);
          expect(followed).toBe(0);
          expect([...server.warmups, ...server.measured].map(({ path }) => path)).toEqual([
            "/v1/models",
            "/v1/chat/completions",
          ]);
          expect(server.measured[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
        },
      );
    },
  );

  it("skips and counts single bad events, and measures the rest", async () => {
    const bad = ["data: {oops\n\n", "data: 17\n\n", 'data: {"hello":1}\n\n', "data: null\n\n"].join("");
    await measureAgainst(
      stream(piece("One"), bad, piece(" two three four"), finish() + usage(COUNTS) + DONE),
      ({ measurement }) => {
        expect(measurement).toMatchObject({
          success: true,
          skipped_events: 4,
          response_text: "One two three four",
          output_tokens: 4,
        });
      },
    );
  });
});

describe("the framing of a body", () => {
  it("may be gzip", async () => {
    const packed = gzipSync(Buffer.from(GOOD));
    await measureAgainst(
      async (peer) => {
        await peer.streamHead({ "content-encoding": "gzip" });
        await peer.chunk(packed.subarray(0, 20));
        await sleep(30);
        await peer.chunk(packed.subarray(20));
        await peer.endChunks();
      },
      ({ measurement }) =>
        expect(measurement).toMatchObject({
          success: true,
          output_tokens: 4,
          response_text: "One two three four",
        }),
    );
  });

  it("may claim gzip and be none: then it is lost, not a crash", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead({ "content-encoding": "gzip" });
        await peer.chunk(GOOD);
        await peer.endChunks();
      },
      ({ measurement }) => {
        expect(measurement.success).toBe(false);
        expect(["stream_truncated", "bad_response"]).toContain(measurement.error_kind);
      },
    );
  });

  it("is truncated when its length promises more than comes", async () => {
    await measureAgainst(
      async (peer) => {
        const length = String(Buffer.byteLength(ANSWER) + 1_000);
        await peer.head(200, { "content-type": "text/event-stream", "content-length": length });
        await peer.send(ANSWER);
        await sleep(20);
        peer.socket.end();
      },
      ({ measurement }) => {
        expectKind(measurement, "stream_truncated");
        expect(measurement.response_text).toBe("One two three four");
      },
    );
  });

  it("is whole when [DONE] came, though its length promised more", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.head(200, { "content-type": "text/event-stream", "content-length": "1000000" });
        await peer.send(GOOD);
      },
      async ({ measurement, server }) => {
        expect(measurement).toMatchObject({ success: true, output_tokens: 4 });
        await server.freed();
      },
    );
  });

  it("is truncated where its length cuts the stream off, and what follows is no answer to anything", async () => {
    await measureAgainst(
      async (peer) => {
        const length = String(Buffer.byteLength(piece("One") + piece(" two")));
        await peer.head(200, { "content-type": "text/event-stream", "content-length": length });
        await peer.send(GOOD);
      },
      async ({ measurement, server }) => {
        expectKind(measurement, "stream_truncated");
        expect(measurement.response_text).toMatch(/^One/);
        await server.freed();
      },
    );
  });

  it("is truncated when a chunk's size is nonsense", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await peer.chunk(piece("One"));
        await sleep(20);
        await peer.send("zz\r\nnot a chunk\r\n");
      },
      async ({ measurement, server }) => {
        expectKind(measurement, "stream_truncated");
        expect(measurement.response_text).toBe("One");
        await server.freed();
      },
    );
  });

  it("may lack the last blank line, or the line's end", async () => {
    const last = `data: ${JSON.stringify({ choices: [], usage: COUNTS })}`;
    for (const end of ["", "\n", "\r", "\r\n"]) {
      await measureAgainst(stream(ANSWER + finish(), last + end), ({ measurement }) => {
        expect(measurement).toMatchObject({ success: true, output_tokens: 4, tokens_estimated: false });
      });
    }
  });
});

describe("a usage that cannot be true", () => {
  const absurd: readonly [string, unknown][] = [
    ["negative", -5],
    ["beyond int4", 4_294_967_296],
    ["beyond all numbers", 1e308],
    ["a fraction", 4.5],
    ["a text", "12"],
    ["null", null],
    ["an object", { value: 4 }],
    ["true", true],
  ];

  it.each(absurd)("counts as not reported: %s", async (_, count) => {
    const counts = { prompt_tokens: count, completion_tokens: count, total_tokens: count };
    await measureAgainst(stream(ANSWER + finish() + usage(counts) + DONE), ({ measurement }) => {
      expect(measurement).toMatchObject({
        success: true,
        output_tokens: Math.ceil("One two three four".length / 4),
        tokens_estimated: true,
      });
      expect(measurement.input_tokens).toBeGreaterThan(0);
    });
  });

  it.each([
    ["negative", "-0.5"],
    ["beyond all numbers", "1e999"],
    ["an impossible sum", "1e300"],
    ["a text", '"free"'],
  ])("charges nothing absurd: a cost that is %s", async (_, cost) => {
    const line = `data: {"choices":[],"usage":{"prompt_tokens":21,"completion_tokens":4,"cost":${cost}}}\n\n`;
    await measureAgainst(
      stream(ANSWER + finish() + line + DONE),
      ({ measurement }) => {
        expect(measurement).toMatchObject({ success: true, cost_source: "price" });
        expect(measurement.cost_usd).toBeCloseTo((21 * 0.15 + 4 * 0.6) / 1e6, 12);
      },
      { request: { provider: provider("openrouter") } },
    );
  });
});
