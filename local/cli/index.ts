import { describeError } from "../../workers/benchmark/log.ts";
import { redact, redactSecrets } from "../../workers/benchmark/probe/redact.ts";
import { StoreError } from "../../workers/benchmark/store/client.ts";
import { UsageError } from "../errors.ts";
import { complain, print } from "../terminal.ts";
import { parseCommand, USAGE } from "./arguments.ts";
import { benchmark } from "./benchmark.ts";
import { isMendable, settingSecrets } from "./context.ts";
import { models, syncModels, syncPrices } from "./models.ts";
import { prices } from "./prices.ts";
import { probe } from "./probe.ts";
import { providers } from "./providers.ts";

async function main(argv: readonly string[]): Promise<number> {
  // These have words and options of their own.
  if (argv[0] === "providers") return providers(argv.slice(1));
  if (argv[0] === "prices") return prices(argv.slice(1));
  const command = parseCommand(argv);
  switch (command.name) {
    case "help":
      print(USAGE);
      return 0;
    case "benchmark":
      return benchmark(command.options);
    case "probe":
      return probe(command.providers, command.json);
    case "sync-prices":
      return syncPrices();
    case "sync-models":
      return syncModels(command.options);
    case "models":
      return models(command.request, command.options);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  complain(describeFault(error, process.argv[2] ?? "benchmark"));
}

/** What a person gets to read. Nothing of it is printed before the secrets are out. */
function describeFault(error: unknown, command: string): string {
  const secrets = settingSecrets();
  // Lines of our own lose the secrets only: whatever else looks like a key is a path or a model's name.
  if (error instanceof UsageError) {
    return `${redactSecrets(error.message, secrets)}\nnpm run ${command} -- --help shows how.`;
  }
  if (isMendable(error)) return redactSecrets(error.message, secrets);
  const foreign = redact(describeError(error), secrets);
  return error instanceof StoreError ? foreign : `Unexpected: ${foreign}`;
}
