import { describe, expect, it } from "vitest";
import { providerAccess, providerIn, readConfig } from "../../../workers/benchmark/config.ts";
import { splitByAccess } from "../../../workers/benchmark/jobs/target.ts";
import { describeStored } from "../../../workers/benchmark/providers/stored.ts";
import type { ProviderDescription } from "../../../workers/benchmark/providers/types.ts";
import { isPrivateHost } from "../../../workers/settings/values.ts";

const ROW = {
  slug: "lab-vllm",
  name: "Lab vLLM",
  kind: "direct",
  base_url: "https://llm.example.net/v1/",
  key_variable: null,
  dialect: {},
};
const KEY = "lab-key-0123456789";

function described(change: Partial<Record<keyof typeof ROW, unknown>> = {}): ProviderDescription {
  const [description] = describeStored([{ ...ROW, ...change }]).described;
  if (!description) throw new Error(`Refused: ${problemOf(change)}`);
  return description;
}

function problemOf(change: Partial<Record<keyof typeof ROW, unknown>>): string | undefined {
  return describeStored([{ ...ROW, ...change }]).refused[0]?.problem;
}

const access = (env: Record<string, string>, change: Partial<Record<keyof typeof ROW, unknown>> = {}) => {
  const config = readConfig(env, [described(change)]);
  const provider = providerIn(config, "lab-vllm");
  if (!provider) throw new Error("It is not known.");
  return { config, provider, access: providerAccess(config, provider) };
};

describe("a stored provider", () => {
  it("is asked like OpenAI where its dialect says nothing", () => {
    const { provider, access: reached } = access({ LAB_VLLM_API_KEY: KEY });
    expect(reached).toEqual({
      state: "ready",
      apiKey: KEY,
      baseUrl: "https://llm.example.net/v1",
      simulated: false,
    });
    expect(provider.headers(KEY)).toEqual({ authorization: `Bearer ${KEY}` });
    expect(provider.parameters({ model: "m", reasoning: true, maxOutputTokens: 9 })).toEqual({
      max_tokens: 9,
      temperature: 0,
    });
    expect(provider).toMatchObject({
      isStored: true,
      logoUrl: null,
      feedKey: null,
      chatPath: "/chat/completions",
    });
  });

  it("is asked as its dialect says", () => {
    const { provider } = access(
      {},
      {
        dialect: {
          auth: "api-key",
          headers: { "x-portkey-provider": "openai" },
          maxTokensAs: "max_completion_tokens",
          noTemperature: { models: "." },
          includeUsage: true,
          lowEffort: { models: ".", parameters: { reasoning_effort: "low" } },
          modelsList: null,
        },
      },
    );
    expect(provider.headers(KEY)).toEqual({ "api-key": KEY, "x-portkey-provider": "openai" });
    expect(provider.headers("")).toEqual({ "x-portkey-provider": "openai" });
    expect(provider.parameters({ model: "m", reasoning: true, maxOutputTokens: 9 })).toEqual({
      max_completion_tokens: 9,
      stream_options: { include_usage: true },
      reasoning_effort: "low",
    });
    expect(provider.modelsList).toBeNull();
  });

  it("is never played by the simulator: without its key it is skipped, and the setting named", () => {
    const { config, access: reached } = access({ SIMULATOR_URL: "http://127.0.0.1:1" });
    expect(reached).toEqual({ state: "no_key", variable: "LAB_VLLM_API_KEY" });
    const target = {
      provider: "lab-vllm",
      model: "m",
      providerId: null,
      modelId: null,
      reasoning: false,
      price: null,
    };
    expect(splitByAccess([target], config).unreachable).toEqual([{ target, reason: "no_key" }]);
  });

  it("is asked without a key where its setting, or its key, says none", () => {
    for (const [env, key_variable] of [
      [{}, "none"],
      [{ LAB_VLLM_API_KEY: "none" }, null],
    ] as const) {
      expect(access({ ...env }, { key_variable }).access).toMatchObject({ state: "ready", apiKey: "" });
    }
  });

  it("is refused at a private address unless the engine runs on a machine of one's own", () => {
    const base_url = "http://192.168.1.20:11434/v1";
    expect(access({ LAB_VLLM_API_KEY: KEY }, { base_url }).access).toEqual({ state: "private_address" });
    expect(access({ LAB_VLLM_API_KEY: KEY, LOCAL_ADDRESSES: "on" }, { base_url }).access).toMatchObject({
      state: "ready",
      baseUrl: base_url,
    });
  });

  it("never gets a built-in provider's key, neither by its slug nor by its setting", () => {
    for (const change of [{ slug: "groq", name: "Our Groq" }, { key_variable: "GROQ_API_KEY" }]) {
      const { slug } = { ...ROW, ...change };
      const config = readConfig({ GROQ_API_KEY: KEY, SIMULATOR_URL: "http://127.0.0.1:1" }, [
        described(change),
      ]);
      const provider = providerIn(config, slug);
      expect(provider && providerAccess(config, provider)).toEqual({
        state: "no_key",
        variable: "GROQ_API_KEY",
      });
    }
  });

  it("has a key that is redacted before and after anybody knows its provider", () => {
    const env = { LAB_VLLM_API_KEY: KEY, SOME_OTHER_API_KEY: "another-key-0123", NO_API_KEY: "none" };
    expect(readConfig(env).secrets).toEqual(expect.arrayContaining([KEY, "another-key-0123"]));
    expect(readConfig(env).secrets).not.toContain("none");
  });

  it.each([
    [{ slug: "Lab vLLM" }, /^slug: must be lower-case/],
    [{ slug: "a".repeat(64) }, /^slug: /],
    [{ name: "a\u202eb" }, /^name: must be one line/],
    [{ name: "n".repeat(101) }, /^name: /],
    [{ kind: "other" }, /^kind: /],
    [{ base_url: "http://llm.example.net/v1" }, /^base_url: must begin with https/],
    [{ base_url: "https://me:secret@llm.example.net/v1" }, /^base_url: must not carry a user name/],
    [{ base_url: "https://llm.example.net/v1?api-version=1" }, /^base_url: must not carry a query/],
    [{ base_url: `https://llm.example.net/${"v".repeat(500)}` }, /^base_url: must have at most 500/],
    [{ base_url: "file:///etc/passwd" }, /^base_url: must be an http/],
    [{ key_variable: "SUPABASE_SERVICE_ROLE" }, /^key_variable: must be capitals and end in _API_KEY/],
    [{ key_variable: "ADMIN_TOKEN" }, /^key_variable: /],
    [{ dialect: null }, /^dialect: /],
    [{ dialect: { unknown: 1 } }, /^dialect: /],
    [{ dialect: { noTemperature: { models: "(a+)+$" } } }, /^dialect\.noTemperature\.models: /],
    [{ dialect: { lowEffort: { models: ".", parameters: { tools: [] } } } }, /^dialect\.lowEffort/],
    [{ dialect: { headers: { authorization: "Bearer x" } } }, /^dialect\.headers/],
    [{ dialect: { headers: { "x-a": "b\r\nc: d" } } }, /^dialect\.headers/],
    [{ dialect: { warmupPath: "models" } }, /^dialect\.warmupPath: must begin with a slash/],
    [{ dialect: { pin: "openrouter" } }, /^dialect: /],
  ])("is not taken with %j", (change, problem) => {
    expect(problemOf(change)).toMatch(problem);
  });

  it("spoils no other where its row is of no use", () => {
    const { described: good, refused } = describeStored([
      { ...ROW, dialect: 1 },
      null,
      "x",
      { ...ROW, slug: "b" },
    ]);
    expect(good.map(({ slug }) => slug)).toEqual(["b"]);
    expect(refused.map(({ slug }) => slug)).toEqual(["lab-vllm", "unknown", "unknown"]);
  });
});

describe("a private host", () => {
  it.each([
    "localhost",
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.10",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "[::1]",
    "[fd00::1]",
    "[fe80::1]",
    "[::]",
    "[::7f00:1]",
    "[::a00:1]",
    "[::ffff:7f00:1]",
    "[::ffff:a00:1]",
    "gpu",
    "gpu.local",
    "gpu.lan",
    "llm.corp.internal",
    "localhost.",
    "gpu.home.arpa",
  ])("is %s", (host) => expect(isPrivateHost(host)).toBe(true));

  it.each([
    "llm.example.net",
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "192.169.0.1",
    "[2606:4700::1111]",
    "[::ffff:808:808]",
    "10.example.net",
    "my-lan.example",
    "127.0.0.1.example.com",
  ])("is not %s", (host) => expect(isPrivateHost(host)).toBe(false));

  it("is told by what an address means, however it is written", () => {
    for (const text of [
      "http://2130706433/",
      "http://0x7f.1/",
      "http://[0:0:0:0:0:0:0:1]/",
      "http://127.1/",
    ]) {
      expect(isPrivateHost(new URL(text).hostname), text).toBe(true);
    }
  });
});
