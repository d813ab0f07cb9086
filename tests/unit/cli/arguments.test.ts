import { describe, expect, it } from "vitest";
import { parseCommand } from "../../../local/cli/arguments.ts";
import { UsageError } from "../../../local/errors.ts";

describe("the command line", () => {
  it("has the documented defaults", () => {
    expect(parseCommand(["benchmark"])).toEqual({
      name: "benchmark",
      options: {
        providers: [],
        models: [],
        prompt: "standard",
        repeat: 1,
        runName: "mvp-validation-run",
        triggeredBy: "system",
        json: false,
        save: true,
      },
    });
  });

  it("takes every documented option", () => {
    const argv =
      "benchmark --provider groq --provider openai --model gpt-4o-mini --prompt short --repeat 3 --run-name n --triggered-by t --json --no-save";
    expect(parseCommand(argv.split(" "))).toMatchObject({
      options: {
        providers: ["groq", "openai"],
        models: ["gpt-4o-mini"],
        prompt: "short",
        repeat: 3,
        runName: "n",
        triggeredBy: "t",
        json: true,
        save: false,
      },
    });
  });

  it.each([
    [["bench"], /Unknown command "bench"/],
    [["benchmark", "--fast"], /--fast/],
    [["benchmark", "--repeat", "0"], /--repeat is "0".*1 to 100/],
    [["benchmark", "--repeat", "1e3"], /--repeat/],
    [["benchmark", "--prompt", "long"], /standard or short/],
    [["benchmark", "--run-name", " "], /--run-name/],
    [["benchmark", "extra"], /extra/],
    [["probe", "--repeat", "2"], /probe knows no --repeat/],
  ])("refuses %j with one line", (argv, message) => {
    const refused = () => parseCommand(argv);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
    expect(refused).not.toThrow(/\n/);
  });

  it("answers with help when asked, or when nothing is asked", () => {
    for (const argv of [[], ["--help"], ["benchmark", "-h"]])
      expect(parseCommand(argv)).toEqual({ name: "help" });
  });
});
