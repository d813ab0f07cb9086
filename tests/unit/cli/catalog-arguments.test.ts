import { describe, expect, it } from "vitest";
import { parseCommand } from "../../../local/cli/arguments.ts";

const parse = (line: string) => parseCommand(line.split(" "));

describe("the terminal's words for models", () => {
  it.each([
    ["models", { action: "list" }, { json: false, all: false }],
    ["models list", { action: "list" }, { json: false, all: false }],
    ["models list groq --all --json", { action: "list", provider: "groq" }, { json: true, all: true }],
    ["models list openrouter claude", { action: "list", provider: "openrouter", search: "claude" }, null],
    ["models list openrouter claude haiku", { provider: "openrouter", search: "claude haiku" }, null],
    ["models accept-list xai", { action: "accept-list", provider: "xai" }, null],
    [
      "models activate groq a/b:c",
      { action: "activate", provider: "groq", model: "a/b:c", add: false },
      null,
    ],
    ["models activate groq a --add", { action: "activate", provider: "groq", model: "a", add: true }, null],
    ["models deactivate groq a", { action: "deactivate", provider: "groq", model: "a" }, null],
    ["models accept-price groq a", { action: "accept-price", provider: "groq", model: "a" }, null],
  ])("%s", (line, request, options) => {
    expect(parse(line)).toMatchObject({ name: "models", request, ...(options ? { options } : {}) });
  });

  it("asks all providers, or those that are named, and believes a short list only when told to", () => {
    expect(parse("sync-models")).toEqual({
      name: "sync-models",
      options: { providers: [], accept: { shrink: false, growth: false } },
    });
    expect(parse("sync-models --provider groq --provider xai --accept-shrink")).toEqual({
      name: "sync-models",
      options: { providers: ["groq", "xai"], accept: { shrink: true, growth: false } },
    });
  });

  it.each([
    ["models frob", /knows no "frob"/],
    ["models activate", /wants a provider and a model/],
    ["models activate groq", /wants a provider and a model/],
    ["models activate groq a b", /wants a provider and a model/],
    ["models deactivate groq a --add", /and no --add/],
    ["models accept-list", /wants a provider/],
    ["models accept-list groq a", /wants a provider/],
    ["models --provider groq", /knows no --provider/],
    ["sync-models groq", /./],
    ["sync-models --all", /knows no --all/],
    ["benchmark --accept-shrink", /knows no --accept-shrink/],
    ["benchmark --add", /knows no --add/],
  ])("%s is refused with a line that says why", (line, reason) => {
    expect(() => parse(line)).toThrow(reason);
    expect(() => parse(line)).toThrow(expect.objectContaining({ name: "UsageError" }));
  });
});
