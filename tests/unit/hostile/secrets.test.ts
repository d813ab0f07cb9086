import { describe, expect, it } from "vitest";
import { readableLine } from "../../../workers/benchmark/probe/redact.ts";
import { API_KEY, measureAgainst, provider } from "./measure.ts";
import type { Peer } from "./server.ts";
import { ANSWER, DONE, errorEvent, finish } from "./wire.ts";

const ACCOUNT = [
  "org-Ab12Cd34Ef56",
  "org_01hxyz99",
  "proj_Qw12Er34",
  "user_77aa88bb",
  "jo.doe+x@example.com",
];
const MASKED = `${API_KEY.slice(0, 14)}********${API_KEY.slice(-4)}`;
const LINE = `Key ${API_KEY} (${MASKED}) of ${ACCOUNT.join(", ")} was refused; Authorization: Bearer ${API_KEY}`;

/** Everything that leaves the probe, as one text. */
function expectNoSecret(outcome: object): void {
  const all = JSON.stringify(outcome);
  for (const secret of [API_KEY, encodeURIComponent(API_KEY), API_KEY.slice(0, 20), ...ACCOUNT]) {
    expect(all).not.toContain(secret);
  }
}

describe("what a provider echoes of a secret appears nowhere", () => {
  const bodies: readonly [string, string][] = [
    ["an error object", JSON.stringify({ error: { message: LINE, code: API_KEY, type: ACCOUNT[0] } })],
    ["an error in words", JSON.stringify({ error: LINE })],
    ["FastAPI's detail", JSON.stringify({ detail: [{ loc: [API_KEY], msg: LINE }] })],
    ["OpenRouter's raw text", JSON.stringify({ error: { message: "x", metadata: { raw: LINE } } })],
    ["an unknown object", JSON.stringify({ oops: { deep: [LINE] } })],
    ["HTML", `<html><title>${LINE}</title></html>`],
    ["plain text", LINE],
    ["a long text in which the cut falls inside the key", `${"x ".repeat(235)}${LINE}`],
    [
      "escaped JSON inside JSON",
      JSON.stringify({ error: { message: JSON.stringify({ error: { message: LINE } }) } }),
    ],
  ];

  it.each(bodies)("in %s", async (_, body) => {
    for (const status of [400, 401, 500]) {
      await measureAgainst(
        (peer) => peer.respond(status, body),
        ({ outcome }) => {
          expectNoSecret(outcome);
          expect(outcome.measurement.error_message?.length).toBeLessThanOrEqual(500);
        },
      );
    }
  });

  it("in a body that should have been a stream", async () => {
    for (const [, body] of bodies) {
      await measureAgainst(
        (peer) => peer.respond(200, body),
        ({ outcome }) => expectNoSecret(outcome),
      );
    }
  });

  it("in an error inside a stream, in headers and in fields that are stored as they come", async () => {
    const chunk = {
      choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: `stop ${API_KEY}` }],
      provider: `Upstream ${API_KEY}`,
      usage: { prompt_tokens: 1, completion_tokens: 1, queue_time: API_KEY },
    };
    const answer = async (peer: Peer): Promise<void> => {
      await peer.streamHead({
        "x-request-id": API_KEY,
        "openai-processing-ms": API_KEY,
        "x-generation-id": API_KEY,
      });
      await peer.chunk(`data: ${JSON.stringify(chunk)}\n\n`);
      await peer.chunk(errorEvent({ message: LINE }));
      await peer.endChunks();
    };
    for (const slug of ["openai", "openrouter", "groq"]) {
      await measureAgainst(answer, ({ outcome }) => expectNoSecret(outcome), {
        request: { provider: provider(slug) },
      });
    }
  });

  it("in the place a redirect points to", async () => {
    await measureAgainst(
      (peer) => peer.respond(307, LINE, { location: `https://evil.example/?key=${API_KEY}` }),
      ({ outcome }) => expectNoSecret(outcome),
    );
  });

  it("in the answer itself, if a model should say it", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        const said = JSON.stringify({
          choices: [{ index: 0, delta: { content: `Your key is ${API_KEY}` } }],
        });
        await peer.chunk(`data: ${said}\n\n${ANSWER}${finish()}${DONE}`);
        await peer.endChunks();
      },
      ({ outcome }) => {
        expect(outcome.measurement.success).toBe(true);
        expect(JSON.stringify(outcome)).not.toContain(API_KEY);
      },
    );
  });
});

describe("looking for secrets", () => {
  it.each([
    "x",
    "-",
    "*",
    "•",
    "a@",
    "a.",
    " ",
    "a1",
    "key=",
    "bearer ",
    "org_",
    "sk-",
    "eyJ",
    "a@a.",
    '"',
    "\n",
  ])("stays quick in a long text of nothing but %j", (filler) => {
    const text = filler.repeat(Math.ceil(200_000 / filler.length));
    const start = performance.now();
    const line = readableLine(text, [API_KEY]);
    expect(performance.now() - start).toBeLessThan(300);
    expect(line.length).toBeLessThanOrEqual(500);
  });
});
