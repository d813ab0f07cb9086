import { describe, expect, it } from "vitest";
import { parsePrices } from "../../../local/cli/prices.ts";
import { parseProviders } from "../../../local/cli/providers-arguments.ts";
import { UsageError } from "../../../local/errors.ts";

const words = (line: string) => line.split(" ").filter((word) => word !== "");

describe("npm run providers", () => {
  it("reads what is added, with all that may be said of it", () => {
    expect(parseProviders(words("add lab-vllm https://llm.example.net/v1/"))?.request).toEqual({
      action: "add",
      provider: "lab-vllm",
      baseUrl: "https://llm.example.net/v1",
      models: [],
      free: false,
    });
    const all = parseProviders([
      ...words(
        "add gw http://10.0.0.5:8787/v1 --preset litellm --kind proxy --key-variable none --model a --model b",
      ),
      ...["--name", "Our gateway", "--header", "X-Team: search: all", "--free", "--yes", "--json"],
    ]);
    expect(all).toEqual({
      request: {
        action: "add",
        provider: "gw",
        baseUrl: "http://10.0.0.5:8787/v1",
        preset: "litellm",
        kind: "proxy",
        keyVariable: "none",
        models: ["a", "b"],
        name: "Our gateway",
        headers: { "x-team": "search: all" },
        free: true,
      },
      yes: true,
      json: true,
    });
  });

  it("reads the others, and lists where nothing is said", () => {
    expect(parseProviders([])?.request).toEqual({ action: "list" });
    expect(parseProviders(words("show lab"))?.request).toEqual({ action: "show", provider: "lab" });
    expect(parseProviders(words("check lab --yes"))?.request).toMatchObject({ action: "check", save: true });
    expect(parseProviders(words("remove lab"))).toMatchObject({ request: { action: "remove" }, yes: false });
    expect(parseProviders(["--help"])).toBeNull();
  });

  it.each([
    ["add", /^the slug: /],
    ["add Lab https://a.example", /^the slug: must be lower-case/],
    ["add lab http://a.example", /^the URL: must begin with https/],
    ["add lab https://me:pw@a.example", /^the URL: must not carry a user name/],
    ["add lab https://a.example --preset gpt", /^--preset: must be one of ollama, /],
    ["add lab https://a.example --key-variable SUPABASE_SERVICE_ROLE", /^--key-variable: must be capitals/],
    ["add lab https://a.example --header authorization:x", /^--header: /],
    ["add lab https://a.example --header nothing", /^--header "nothing" must be/],
    ["add lab https://a.example more", /^providers add takes no "more"/],
    ["list lab", /^providers list takes no "lab"/],
    ["list --free", /^providers list knows no --free/],
    ["burn lab", /^providers knows no "burn"; it knows add/],
    ["add lab https://a.example --what", /^Unknown option/],
  ])("refuses %j in one line", (line, problem) => {
    expect(() => parseProviders(words(line))).toThrow(UsageError);
    expect(() => parseProviders(words(line))).toThrow(problem);
  });
});

describe("npm run prices", () => {
  it("reads prices, and models with slashes in their names", () => {
    expect(parsePrices(words("set lab/meta/llama --input 0.1 --output 2 --cached-input 0"))).toEqual({
      action: "set",
      provider: "lab",
      model: "meta/llama",
      price: { input: 0.1, output: 2, cachedInput: 0 },
    });
    expect(parsePrices(words("set lab/m free"))).toMatchObject({
      price: { input: 0, output: 0, cachedInput: null },
    });
    expect(parsePrices(words("unset lab/m"))).toEqual({ action: "unset", provider: "lab", model: "m" });
    expect(parsePrices([])).toEqual({ action: "show", provider: null, model: null });
    expect(parsePrices(words("show lab"))).toEqual({ action: "show", provider: "lab", model: null });
  });

  it.each([
    ["set lab/m", /wants --input and --output/],
    ["set lab/m --input 1", /wants --input and --output/],
    ["set lab --input 1 --output 1", /wants PROVIDER\/MODEL/],
    ["set lab/m --input -1 --output 1", /./],
    ["set lab/m --input 1e3 --output 1", /--input is "1e3"/],
    ["set lab/m --input 100001 --output 1", /--input is "100001"/],
    ["set lab/m free --input 1 --output 1", /wants --input and --output/],
    ["unset lab/m free", /takes no "free"/],
    ["show lab/m --input 1", /takes no "amounts"/],
    ["give lab/m", /knows no "give"/],
  ])("refuses %j in one line", (line, problem) => {
    expect(() => parsePrices(words(line))).toThrow(UsageError);
    expect(() => parsePrices(words(line))).toThrow(problem);
  });
});
