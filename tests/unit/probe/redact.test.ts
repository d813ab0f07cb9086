import { describe, expect, it } from "vitest";
import { readableLine, redact, redactSecrets } from "../../../workers/benchmark/probe/redact.ts";
import { ask, chunk, ending, event, KEY } from "./ask.ts";

describe("redaction", () => {
  const secret = "8c1f0d3b5a7e9264kQzT+/w=";

  it("hides the keys it is given, plain, escaped and encoded", () => {
    const forms = [secret, encodeURIComponent(secret), `a"b\\c${secret}`];
    expect(redact(`key ${forms[0]} url ${forms[1]}`, [secret])).not.toContain("9264kQzT");
    const awkward = 'pa"ss\\word-123';
    expect(redact(JSON.stringify({ echoed: awkward }), [awkward])).not.toContain("word-123");
  });

  // A key without a maker's prefix, and too short to look like one: only its own letters give it away.
  const short = "zqXmLtWvKpRbNcYdHsFgJw";
  const encoded = (of: (code: number) => string) =>
    Array.from(short, (letter) => of(letter.charCodeAt(0))).join("");
  const hex = (code: number) => code.toString(16).padStart(2, "0");
  it.each([
    ["percent signs", encoded((code) => `%${hex(code)}`)],
    ["percent signs, twice", encoded((code) => `%25${hex(code)}`)],
    ["JavaScript's long escapes", encoded((code) => `\\u00${hex(code)}`)],
    ["JavaScript's long escapes, in capitals", encoded((code) => `\\u00${hex(code).toUpperCase()}`)],
    ["JavaScript's short escapes", encoded((code) => `\\x${hex(code)}`)],
    ["HTML's decimal entities", encoded((code) => `&#${code};`)],
    ["HTML's hexadecimal entities", encoded((code) => `&#x${hex(code)};`)],
    ["hex", encoded(hex)],
    ["base64", btoa(`me:${short}`)],
    ["base64 of a URL", Buffer.from(`?${short}?`).toString("base64url")],
  ])("hides a key in %s, whole and of its middle", (_, text) => {
    for (const part of [text, text.slice(Math.floor(text.length / 5))]) {
      const line = redactSecrets(`the key ${part} is wrong`, [short]);
      expect(line).toMatch(/^the key .*\[redacted\].* is wrong$/s);
      // What is left of it is less than gives a key away.
      expect(line.length).toBeLessThan("the key [redacted] is wrong".length + text.length / 2);
    }
  });

  it("hides a key with signs in it that stands in an address within an address", () => {
    const signs = "Ab3/dE+fGh1/Kl2=Mn4/Pq5+Rs6==";
    const text = `bad key: ${encodeURIComponent(encodeURIComponent(signs))}`;
    expect(redactSecrets(text, [signs])).toBe("bad key: [redacted]");
  });

  it("hides a key that is echoed cut short or masked in the middle", () => {
    const key = "a1b2c3d4e5f6a7b8c9d0";
    for (const echo of ["a1b2c3d4e5", "a1b2c3****c9d0", "a1b2c3…c9d0", "a1b2c3...c9d0"]) {
      const line = redact(`wrong key ${echo}, sorry`, [key]);
      expect(line).not.toContain("a1b2c3");
      expect(line).not.toContain("c9d0");
      expect(line).toContain("sorry");
    }
  });

  const hidden: readonly (readonly [what: string, text: string, leak: string])[] = [
    ["an OpenAI key", "Incorrect API key provided: sk-proj-Ab12Cd34Ef56.", "Ab12"],
    ["a masked OpenAI key", "provided: sk-abcde***************wxyz.", "wxyz"],
    ["a Groq key", "key gsk_0123456789abcdef is wrong", "0123456789"],
    ["an xAI key", "xai-AbCdEf123456 is wrong", "AbCdEf"],
    ["a Google key", "AIzaSyA1234567890abcdefghijk is wrong", "SyA123"],
    ["a Perplexity key", "pplx-0a1b2c3d4e5f is wrong", "0a1b2c"],
    ["a Bearer token", "Authorization: Bearer abc.def-ghi_jkl", "def-ghi"],
    ["a key in an address", "GET /v1/models?key=q1w2e3r4t5&alt=sse", "q1w2e3r4t5"],
    ["a key in JSON", '{"api_key": "q1w2e3r4t5"}', "q1w2e3r4t5"],
    ["a JSON Web Token", "token eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "c2lnbmF0"],
    ["a key of no known maker", "key 3f9c2b7a1d8e4f6a0b5c9d2e7f1a8b3c was refused", "3f9c2b7a"],
    ["an organisation", "in organization org-AbC123xyz on tokens", "AbC123"],
    ["an organisation with an underscore", "organization `org_01hx3k` is over its limit", "01hx3k"],
    ["a project", "Project `proj_Qx7` has no access", "Qx7"],
    ["a user", "user_2abcDEF was limited", "2abcDEF"],
    ["an e-mail address", "contact jane.doe+x@mail.example.org now", "jane.doe"],
  ];
  for (const [what, text, leak] of hidden) {
    it(`hides ${what} and keeps the rest`, () => {
      const clean = redact(text, []);
      expect(clean).not.toContain(leak);
      expect(clean).toContain("[redacted]");
    });
  }

  it("leaves ordinary words alone", () => {
    const texts = [
      "The model `openai/gpt-oss-20b` does not exist or you do not have access to it.",
      "Rate limit reached: 6000 tokens per minute, try again in 1m26.4s",
      "Unsupported parameter: 'max_tokens' is not supported with this model.",
      "connect ECONNREFUSED 127.0.0.1:8080",
      "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo is overloaded (request 0b7e4f52-9d51-4a57-9a0e-f3f1a2b4c5d6)",
      "give it a setting of its own with --key-variable.",
      "risk-averse desk-bound task-oriented",
    ];
    for (const text of texts) expect(redact(text, [])).toBe(text);
  });

  it("stays quick on long and hostile texts", () => {
    const started = performance.now();
    for (const unit of ["a", "-", "a@", "sk-", "*", "key=", "Bearer ", "a.b@c.", "eyJ."]) {
      readableLine(unit.repeat(Math.ceil(200_000 / unit.length)), [KEY]);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("comes before the cut, so that no half of a key is left", () => {
    const line = readableLine(`${"x ".repeat(243)}${KEY}`, [KEY]);
    expect(line).not.toContain(KEY.slice(0, 8));
    const far = readableLine(`${" ".repeat(65_530)}${KEY}`, [KEY]);
    expect(far).not.toContain(KEY.slice(0, 5));
  });
});

describe("an error message", () => {
  it("is one line of at most 500 characters without control characters", () => {
    const line = readableLine(`first\r\n\tsecond\u0000 third\u2028${"🌊 long ".repeat(200)}`, []);
    expect(line.length).toBeLessThanOrEqual(500);
    expect(line).toMatch(/^first second third 🌊/u);
    expect(line).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
  });
});

describe("a key that a provider echoes", () => {
  it("appears in no field of the row, wherever it was sent", async () => {
    const echo = `your key is ${KEY}`;
    const streams = [
      event({ error: { message: echo } }),
      chunk({ content: echo }, `stop ${KEY}`, { provider: KEY }) + ending(null),
      chunk({ refusal: echo }) + ending(null),
      `<title>${echo}</title>`,
      `{"message": "${KEY}"}`,
    ];
    const headers = { "x-request-id": KEY, "server-timing": `edge;desc="${KEY}"` };
    for (const bytes of streams) {
      for (const status of [200, 401, 500]) {
        const { row } = await ask({ reads: [{ atMs: 1, bytes }], status, headers });
        expect(JSON.stringify(row)).not.toContain(KEY);
      }
    }
    const redirect = await ask({
      reads: [],
      status: 302,
      headers: { location: `https://x.test/?key=${KEY}` },
    });
    expect(JSON.stringify(redirect.row)).not.toContain(KEY);
  });

  it("is not looked for when it is the simulator's, which is a plain word", async () => {
    const bytes = chunk({ content: "a simulated answer" }) + ending(null);
    const { row } = await ask({ reads: [{ atMs: 1, bytes }] }, { simulated: true, apiKey: "simulated" });
    expect(row.response_text).toBe("a simulated answer");
    expect(redactSecrets("short words stay", ["ort"])).toBe("short words stay");
  });
});
