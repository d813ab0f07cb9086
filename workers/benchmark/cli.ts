import { parseCommand, USAGE, UsageError } from "./cli/arguments.ts";
import { benchmark } from "./cli/benchmark.ts";
import { probe } from "./cli/probe.ts";
import { isMendable, openSurroundings } from "./cli/surroundings.ts";
import { ConfigError } from "./config.ts";
import { syncPrices } from "./jobs/sync-prices.ts";
import { describeError } from "./log.ts";
import { StoreError } from "./store/client.ts";
import { createStore } from "./store/index.ts";

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
    case "sync-prices": {
      const { config, log, close } = await openSurroundings({ database: true, say: console.error });
      try {
        if (!config.supabase) throw new ConfigError("SUPABASE_URL is missing.");
        const { checked, written } = await syncPrices(createStore(config.supabase), log);
        console.log(`${checked} prices checked, ${written} changed.`);
        return 0;
      } finally {
        await close();
      }
    }
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
