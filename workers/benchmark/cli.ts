import { parseCommand, USAGE, UsageError } from "./cli/arguments.ts";
import { benchmark } from "./cli/benchmark.ts";
import { models, syncModels, syncPrices } from "./cli/models.ts";
import { probe } from "./cli/probe.ts";
import { isMendable } from "./cli/surroundings.ts";
import { describeError } from "./log.ts";
import { StoreError } from "./store/client.ts";

async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommand(argv);
  switch (command.name) {
    case "help":
      console.log(USAGE);
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
  if (error instanceof UsageError) {
    console.error(`${error.message}\nnpm run ${process.argv[2] ?? "benchmark"} -- --help shows how.`);
    process.exitCode = 2;
  } else if (isMendable(error) || error instanceof StoreError) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    console.error(`Unexpected: ${describeError(error)}`);
    process.exitCode = 1;
  }
}
