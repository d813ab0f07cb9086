import { describe, expect, it } from "vitest";
import { ConfigError, providerAccess, readConfig } from "../../../workers/benchmark/config.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";

const groq = findProvider("groq");
if (!groq) throw new Error("Groq is gone from the registry.");

const TOKEN = "0123456789abcdef0123";
const READERS = /^SUPABASE_SERVICE_ROLE is the publishable \(anon\) key/;
const legacyKey = (role: string) =>
  ["{}", JSON.stringify({ iss: "supabase", role }), "no signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

describe("the settings", () => {
  it("have defaults for everything", () => {
    expect(readConfig({})).toMatchObject({
      supabase: null,
      adminToken: null,
      budgetUsd: 5,
      region: "enam",
      location: "enam",
      warmup: true,
      deadlines: {
        headersMs: 30_000,
        firstTokenMs: 60_000,
        firstTokenReasoningMs: 120_000,
        idleMs: 30_000,
        totalMs: 180_000,
      },
      retention: { chunkTimesDays: null, textsDays: null, rowsDays: null },
    });
  });

  it.each([legacyKey("service_role"), `sb_secret_${"k".repeat(24)}`, "not.a.jwt-but-long-enough"])(
    "take %s for the key that writes",
    (serviceRole) => {
      const config = readConfig({
        SUPABASE_URL: "https://x.supabase.co",
        SUPABASE_SERVICE_ROLE: serviceRole,
      });
      expect(config.supabase?.serviceRole).toBe(serviceRole);
    },
  );

  it("take white space off keys and tokens, and a budget of a blank for none", () => {
    const config = readConfig({
      GROQ_API_KEY: `  ${"k".repeat(20)}\n`,
      ADMIN_TOKEN: ` ${TOKEN}\r\n`,
      BENCHMARK_BUDGET_USD: "  ",
    });
    expect(config.providers.get("groq")?.apiKey).toBe("k".repeat(20));
    expect(config.adminToken).toBe(TOKEN);
    expect(config.budgetUsd).toBe(5);
    expect(config.secrets).toEqual(expect.arrayContaining([TOKEN, "k".repeat(20)]));
  });

  it.each([
    "http://127.0.0.1:8000/v1",
    "http://localhost:11434/v1",
    "http://[::1]:1/v1",
    "https://gpu.example/v1",
  ])("send a provider's requests to %s", (base) => {
    expect(readConfig({ GROQ_BASE_URL: `${base}/` }).providers.get("groq")?.baseUrl).toBe(base);
  });

  it("take an empty value for none", () => {
    expect(readConfig({ BENCHMARK_BUDGET_USD: "", PROBE_REGION: "", ADMIN_TOKEN: "" })).toEqual(
      readConfig({}),
    );
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ SUPABASE_URL: "https://x.supabase.co" }, /^SUPABASE_SERVICE_ROLE is missing/],
    [{ SUPABASE_SERVICE_ROLE: `sb_publishable_${"k".repeat(24)}` }, READERS],
    [{ SUPABASE_SERVICE_ROLE: legacyKey("anon") }, READERS],
    [{ SUPABASE_URL: "ftp://x" }, /^SUPABASE_URL must be an http\(s\) URL/],
    [
      { SUPABASE_URL: "https://x.supabase.co", SUPABASE_SERVICE_ROLE: "sb_secret_0123456789\nabcdefghij" },
      /^SUPABASE_SERVICE_ROLE contains a space/,
    ],
    [{ ADMIN_TOKEN: "short" }, /^ADMIN_TOKEN must have at least 16 characters/],
    [{ BENCHMARK_BUDGET_USD: "-1" }, /^BENCHMARK_BUDGET_USD/],
    [{ PROBE_REGION: "moon" }, /^PROBE_REGION/],
    [{ RETAIN_RESULTS_DAYS: "30" }, /^RETAIN_RESULTS_DAYS must be at least 31/],
    [{ GROQ_API_KEY: "two words" }, /^GROQ_API_KEY contains a space/],
    [{ GROQ_BASE_URL: "localhost:1" }, /^GROQ_BASE_URL must be an http\(s\) URL/],
    [{ GROQ_BASE_URL: "http://api.groq.com/openai/v1" }, /^GROQ_BASE_URL must begin with https/],
    [{ GROQ_BASE_URL: "http://127.0.0.1.evil.example/v1" }, /^GROQ_BASE_URL must begin with https/],
    [{ GROQ_BASE_URL: "https://me:secret@proxy.example/v1" }, /^GROQ_BASE_URL must not carry a user name/],
    [{ GROQ_BASE_URL: "https://proxy.example/v1?key=secret" }, /^GROQ_BASE_URL must not carry a query/],
    [{ GROQ_BASE_URL: "https://proxy.example/v1?" }, /^GROQ_BASE_URL must not carry a query/],
    [{ GROQ_BASE_URL: "https://proxy.example/v1#" }, /^GROQ_BASE_URL must not end in a #fragment/],
    [{ GROQ_BASE_URL: "https://@proxy.example/v1" }, /^GROQ_BASE_URL must not carry a user name/],
    [{ GROQ_BASE_URL: "https://:@proxy.example/v1" }, /^GROQ_BASE_URL must not carry a user name/],
    [{ GROQ_BASE_URL: "http://localhost\\.evil.example/v1" }, /^GROQ_BASE_URL must be an http\(s\) URL/],
    [{ GROQ_BASE_URL: "http://local\thost/v1" }, /^GROQ_BASE_URL must be an http\(s\) URL/],
    [{ GROQ_BASE_URL: "https:proxy.example" }, /^GROQ_BASE_URL must be an http\(s\) URL/],
    [{ PRICE_FEED_URL: "http://models.dev/api.json" }, /^PRICE_FEED_URL must begin with https/],
    [{ PRICE_FEED_URL: "https://me@models.dev/api.json" }, /^PRICE_FEED_URL must not carry a user name/],
    [{ SUPABASE_URL: "http://x.supabase.co" }, /^SUPABASE_URL must begin with https/],
    [{ GROQ_API_KEY: `"${"k".repeat(20)}"` }, /^GROQ_API_KEY has a quote in it/],
    [{ GROQ_API_KEY: `\u201c${"k".repeat(20)}\u201d` }, /^GROQ_API_KEY has a quote in it/],
    [{ ADMIN_TOKEN: `'${TOKEN}'` }, /^ADMIN_TOKEN has a quote in it/],
    [{ ADMIN_TOKEN: "x".repeat(24) }, /^ADMIN_TOKEN is one character repeated/],
    [{ ADMIN_TOKEN: TOKEN.repeat(30) }, /^ADMIN_TOKEN must have at most 512 characters/],
    [{ ADMIN_TOKEN: "a passphrase of several words" }, /^ADMIN_TOKEN contains a space/],
    [
      { ADMIN_TOKEN: "p\u00e4ssw\u00f6rter-sind-k\u00fcnstlich" },
      /^ADMIN_TOKEN contains a space or a character no key has/,
    ],
    [{ BENCHMARK_BUDGET_USD: "$5" }, /^BENCHMARK_BUDGET_USD must be a number \(USD\)/],
    [{ BENCHMARK_BUDGET_USD: "0x10" }, /^BENCHMARK_BUDGET_USD must be a number/],
    [{ BENCHMARK_BUDGET_USD: {} }, /^BENCHMARK_BUDGET_USD must be text/],
  ])("refuse %j with one line that names the variable", (env, message) => {
    const read = () => readConfig(env);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/\n/);
  });

  it("send a key only to the provider's own base URL or the one that is set for it", () => {
    const config = readConfig({
      GROQ_API_KEY: "k".repeat(20),
      GROQ_BASE_URL: "http://127.0.0.1:1/v1/",
      SIMULATOR_URL: "http://127.0.0.1:2",
    });
    expect(providerAccess(config, groq)).toEqual({
      state: "ready",
      apiKey: "k".repeat(20),
      baseUrl: "http://127.0.0.1:1/v1",
      simulated: false,
    });
  });

  it("let the simulator play a provider without a key, and nothing play it without a simulator", () => {
    expect(providerAccess(readConfig({ SIMULATOR_URL: "http://127.0.0.1:2" }), groq)).toMatchObject({
      state: "ready",
      simulated: true,
    });
    expect(providerAccess(readConfig({}), groq)).toEqual({ state: "no_key", variable: "GROQ_API_KEY" });
  });
});
