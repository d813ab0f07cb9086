import fc from "../../support/fast-check.ts";

/** Generated bodies of answers: mostly near the format, since noise alone is refused at the first byte. */

const encoder = new TextEncoder();

/** Values that a usage, an index or a timing must not be, among some that it may. */
const number = fc.constantFrom(
  ...[4, 0, 1, 100, 250, 2_147_483_647, 2_147_483_648, -1, -2_147_483_649, 0.5, 1e308, -1e308, 1e-308],
);
const absurd = fc.oneof(
  { weight: 4, arbitrary: number },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      "12",
      "",
      "NaN",
      [],
      [4],
      {},
      { value: 4 },
      "\0",
      "\ud800",
    ),
  },
);

/** Any UTF-16 unit, NUL and half a surrogate pair among them. */
export const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

/** Pieces of text that are hard to store, to split or to tell from a tag. */
const text = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ...[
        "Hello",
        " world",
        "é",
        "語🚲",
        "- one\n",
        "<think>",
        "</think>",
        "<thi",
        "<thinking>",
        "</thought>",
        "[THINK]",
        "<|channel|>analysis<|message|>",
        "<|channel|>final<|message|>",
        "nk>",
        "</",
        " ",
        "\n\n",
        "",
      ],
      ...[
        "\0",
        "\ud800",
        "\udc00x",
        "\u2028",
        "<think></think>",
        "</think></think>",
        "<THINK>",
        "data: x\n\n",
      ],
      ...["sk-live-0123456789abcdef", "org-AbCdEf123456", "a@b.example", "[DONE]", "\ufeff"],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit, maxLength: 8 }) },
);

const usage = fc.record(
  {
    prompt_tokens: absurd,
    completion_tokens: absurd,
    total_tokens: absurd,
    cost: absurd,
    cached_tokens: absurd,
    completion_tokens_details: fc.record({ reasoning_tokens: absurd }, { requiredKeys: [] }),
    prompt_tokens_details: fc.record({ cached_tokens: absurd }, { requiredKeys: [] }),
    queue_time: absurd,
    input_tokens: absurd,
    output_tokens: absurd,
    cache_read_input_tokens: absurd,
  },
  { requiredKeys: [] },
);

const nest = (open: string, close: string) => (depth: number) => open.repeat(depth) + close.repeat(depth);
const deep = fc
  .constantFrom(1, 2, 3, 5, 8, 13, 30, 60, 300, 3_000)
  .chain((depth) =>
    fc.constantFrom(
      nest("[", "]")(depth),
      `${'{"error":'.repeat(depth)}1${"}".repeat(depth)}`,
      "[".repeat(depth),
    ),
  );

const error = fc.oneof(
  fc.record({ message: text, code: absurd, type: text }, { requiredKeys: [] }),
  text,
  fc.constantFrom<unknown>(null, 0, [], [[]], { metadata: { raw: "\0" } }, { message: { deep: {} } }),
);

const delta = fc.oneof(
  { weight: 4, arbitrary: text.map((content) => ({ content })) },
  { weight: 2, arbitrary: text.map((reasoning) => ({ reasoning, reasoning_content: reasoning })) },
  { weight: 1, arbitrary: text.map((refusal) => ({ refusal })) },
  {
    weight: 1,
    arbitrary: text.map((name) => ({ tool_calls: [{ function: { name, arguments: name } }, null] })),
  },
  {
    weight: 1,
    arbitrary: text.map((part) => ({ content: [{ type: "text", text: part }, { thinking: [part] }, 7] })),
  },
  {
    weight: 1,
    arbitrary: text.map((part) => ({ reasoning_details: [{ text: part }, { summary: part }, null] })),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 7, "x", [], { role: "assistant", content: "" }) },
);

/** Pieces under every name and in every form that servers use for thoughts and answers. */
const thoughtKey = fc.constantFrom(
  ...[
    "reasoning",
    "reasoning_content",
    "reasoning_text",
    "thinking",
    "thought",
    "reasoning_details",
    "content_blocks",
  ],
  ...["thinking_blocks", "content", "unheard_of"],
);
const wrapped = text.chain((inner) =>
  fc.constantFrom<unknown>(
    inner,
    7,
    { text: inner },
    { thinking: inner, signature: inner },
    [{ type: "thinking", thinking: inner }],
    [{ delta: { thinking: inner } }, { delta: { text: inner } }],
    [[[[[[[inner]]]]]]],
  ),
);
const oddDelta = fc
  .tuple(thoughtKey, wrapped, text)
  .map(([key, value, more]) => ({ [key]: value, content: more }));

const finishReason = fc.constantFrom<unknown>(
  null,
  "null",
  "abort",
  "network_error",
  "overloaded_error",
  "unheard_of",
  { type: "stop" },
  "stop",
  "length",
  "content_filter",
  "eos",
  "",
  7,
  "\0\ud800",
);

const chatChunk = fc.oneof(
  {
    weight: 6,
    arbitrary: delta.map((piece) => ({ choices: [{ index: 0, delta: piece, finish_reason: null }] })),
  },
  {
    weight: 2,
    arbitrary: finishReason.map((reason) => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(oddDelta, fc.integer({ min: 0, max: 3 })).map(([odd, index]) => ({
      choices: [{ index, delta: odd, finish_reason: null }],
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(text, finishReason, usage).map(([content, reason, counts]) => ({
      choices: [{ message: { content }, finish_reason: "stop", native_finish_reason: reason, usage: counts }],
    })),
  },
  {
    weight: 1,
    arbitrary: absurd.map((n) => ({
      choices: [],
      timings: { prompt_n: n, predicted_n: n, predicted_ms: n },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(absurd, text).map(([code, message]) => ({
      base_resp: { status_code: code, status_msg: message },
      error_code: code,
      code,
      message,
    })),
  },
  {
    weight: 2,
    arbitrary: usage.map((counts) => ({ choices: [], usage: counts, x_groq: { usage: counts } })),
  },
  { weight: 1, arbitrary: error.map((problem) => ({ error: problem })) },
  {
    weight: 1,
    arbitrary: text.map((name) => ({ choices: [{ index: 1, delta: { content: name } }], provider: name })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(null, 1, "x", [], {}, { choices: null }, { choices: [null, 3] }),
  },
);

const messagesEvent = fc.oneof(
  text.map((value) => ({ type: "content_block_delta", delta: { type: "text_delta", text: value } })),
  text.map((value) => ({ type: "content_block_delta", delta: { thinking: value, partial_json: value } })),
  usage.map((counts) => ({ type: "message_start", message: { usage: counts } })),
  fc.tuple(usage, finishReason).map(([counts, reason]) => ({
    type: "message_delta",
    delta: { stop_reason: reason },
    usage: counts,
  })),
  error.map((problem) => ({ type: "error", error: problem })),
  fc.constantFrom<unknown>(
    { type: "ping" },
    { type: "message_stop" },
    { type: 7 },
    { type: "content_block_delta" },
  ),
);

const json = (value: unknown): string => JSON.stringify(value) ?? "null";

/** One event or line of the stream; lines end with LF here and are rewritten by `framed`. */
const event = fc.oneof(
  { weight: 10, arbitrary: chatChunk.map((chunk) => `data: ${json(chunk)}\n\n`) },
  { weight: 4, arbitrary: messagesEvent.map((chunk) => `event: x\ndata: ${json(chunk)}\n\n`) },
  { weight: 1, arbitrary: deep.map((value) => `data: ${value}\n\n`) },
  { weight: 1, arbitrary: text.map((value) => `event: error\ndata: ${value}\n\n`) },
  { weight: 1, arbitrary: chatChunk.map((chunk) => ` data: data: ${json(chunk)}\n`) },
  { weight: 1, arbitrary: error.map((problem) => `error: ${json(problem)}\n`) },
  { weight: 1, arbitrary: chatChunk.map((chunk) => `${JSON.stringify(chunk, null, 1)}\n`) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...[1, 64, 64, 512, 512, 512, 2_000, 2_000, 9_000, 70_000])
      .map((size) => `data: ${"x".repeat(size)}\n\n`),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        "data: [DONE]\n\n",
        "data:[DONE]\n\n",
        ": comment\n\n",
        ":\n",
        "\n",
        "\n\n\n",
        "data\n\n",
        "data:\n\n",
      ],
      ...[
        "retry: 99999999999\n",
        "id: \0\n",
        "event:\n",
        "event: error\n",
        "data: {\n",
        "data: }\n\n",
        "\ufeff",
      ],
      ...['data: {"choices":[{"index":0,"delta":{"content":"\\ud800"}}]}\n\n', "\0\n", "data: 1e999\n\n"],
      ...['data: {"choices":[],"usage":{"prompt_tokens":1e999,"completion_tokens":-1e999}}\n\n'],
      ...['data: {"__proto__":{"error":"x"},"constructor":1,"choices":[{"delta":{"__proto__":1}}]}\n\n'],
    ),
  },
);

const lineEnd = fc.constantFrom("\n", "\n", "\r\n", "\r");

/** A change of the bytes after the fact. */
const mutation = fc.record({
  kind: fc.constantFrom("none", "none", "truncate", "flip", "insert", "repeat"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  byte: fc.constantFrom(0x00, 0xff, 0xc3, 0x80, 0xed, 0x0a, 0x0d, 0x22, 0x7b, 0x3a, 0xf0),
});

interface Mutation {
  readonly kind: string;
  readonly at: number;
  readonly byte: number;
}

function mutate(bytes: Uint8Array, { kind, at, byte }: Mutation): Uint8Array {
  const index = Math.floor(at * bytes.length);
  switch (kind) {
    case "truncate":
      return bytes.subarray(0, index);
    case "flip": {
      const changed = bytes.slice();
      if (index < changed.length) changed[index] = byte;
      return changed;
    }
    case "insert":
      return concat([bytes.subarray(0, index), Uint8Array.of(byte, byte), bytes.subarray(index)]);
    case "repeat":
      return concat([bytes, bytes.subarray(index)]);
    default:
      return bytes;
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A body of up to a dozen events, near the format or beside it, after one mutation. */
export const body: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(event, { maxLength: 10 }), lineEnd, mutation)
  .map(([events, end, change]) => {
    const whole = events.join("");
    return mutate(encoder.encode(end === "\n" ? whole : whole.replaceAll("\n", end)), change);
  });

/** A stream that some provider might send: well-formed chunks, a proper end, no closing blank line missing. */
export const properBody: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(chatChunk, { minLength: 1, maxLength: 10 }), lineEnd)
  .map(([chunks, end]) => {
    const whole = `${chunks.map((chunk) => `data: ${json(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
    return encoder.encode(whole.replaceAll("\n", end));
  });

/** A stream that ends properly, one piece a read, with figures of any size in any of the places where figures stand. */
export const figures: fc.Arbitrary<readonly Uint8Array[]> = fc
  .tuple(
    fc.array(fc.constantFrom("High", " tide", " at", " six", " o'clock", "<think>", "</think>", "."), {
      minLength: 4,
      maxLength: 40,
    }),
    fc.array(
      fc.tuple(fc.constantFrom("usage", "x_groq", "choice", "timings", "message_delta"), figure(), figure()),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    fc.constantFrom("content", "reasoning_content"),
  )
  .map(([words, reports, key]) => {
    const pieces = words.map((word) => ({ choices: [{ index: 0, delta: { [key]: word } }] }));
    const last = { choices: [{ index: 0, delta: { content: "!" }, finish_reason: "stop" }] };
    const said = reports.map(([place, one, other]) => reportIn(place, one, other));
    return [...pieces, last, ...said]
      .map((chunk) => encoder.encode(`data: ${json(chunk)}\n\n`))
      .concat([encoder.encode("data: [DONE]\n\n")]);
  });

/** Any size, with those nearest to what could be true the most. */
function figure(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 0, max: 2_000 }),
    fc.integer({ min: 0, max: 2_147_483_647 }),
    fc.constantFrom(0, 1, 512, 1_088, 1_089, 4_160, 4_161, 1e9, 0.5, -3),
  );
}

function reportIn(place: string, one: number, other: number): object {
  const usage = {
    prompt_tokens: 500,
    completion_tokens: one,
    total_tokens: 500 + one + other,
    cost: one / 100,
    completion_tokens_details: { reasoning_tokens: other },
  };
  if (place === "timings") return { choices: [], timings: { prompt_n: other, predicted_n: one } };
  if (place === "x_groq") return { choices: [], x_groq: { usage } };
  if (place === "choice") return { choices: [{ index: 0, delta: {}, usage }] };
  if (place === "message_delta") return { type: "message_delta", delta: {}, usage: { output_tokens: one } };
  return { choices: [], usage };
}

/** Where a body is cut, as fractions of its length; an empty list is one delivery. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  maxLength: 8,
});

/** The body in pieces; two cuts at one place give an empty piece, which a network may hand over too. */
export function cutUp(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const places = fractions.map((fraction) => Math.floor(fraction * bytes.length)).sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) =>
    bytes.subarray(index === 0 ? 0 : places[index - 1], end),
  );
}
