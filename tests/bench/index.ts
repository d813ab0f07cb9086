/**
 * The instrument, measured: how far from the truth is each reader, and what does reading cost? The truth
 * is the clock of a local server. Prints tables and verdicts, writes tests/.artifacts/bench.json, exits 0
 * unless it could not run: a FAIL is a finding, not a crash.
 *
 * And its pages, as Lighthouse judges them, by the CPU they take, and as a month of 300 endpoints fills them.
 *
 *   node tests/bench/index.ts [--requests 20] [--scenario NAME]… [--no-cost] [--no-worker] [--no-readers] [--no-pages]
 *     [--no-month] [--no-cpu]
 */
import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus, loadavg, platform } from "node:os";
import { parseArgs } from "node:util";
import { installPackages } from "../../local/packages.ts";
import { measureScenario, type Sample } from "./accuracy.ts";
import { type CostReport, measureCost } from "./cost.ts";
import { cpuTable, measureCpu } from "./cpu.ts";
import { judgePages, measurePages, pageTable } from "./lighthouse.ts";
import { judgeMonth, measureMonth, monthTable } from "./month.ts";
import { bundleWorker, type Runner, startNodeReader, startServer, startWorkerReader } from "./processes.ts";
import { costTable, scenarioTable, verdictLines } from "./report.ts";
import { findScenario, type Scenario, scenarios } from "./scenarios.ts";
import { judgeCost, judgeFirstRequests, judgeScenario, type Pair, type Verdict } from "./verdicts.ts";

const NODE: Pair = { probe: "probe (Node)", floor: "floor (Node)" };
const WORKER: Pair = { probe: "probe (workerd)", floor: "floor (workerd)" };
const SDK = "openai SDK (Node)";

interface Options {
  readonly requests: number;
  readonly chosen: readonly Scenario[];
  readonly cost: boolean;
  readonly worker: boolean;
  readonly readers: boolean;
  readonly pages: boolean;
  readonly month: boolean;
  readonly cpu: boolean;
}

function parseOptions(): Options {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      requests: { type: "string", default: "20" },
      scenario: { type: "string", multiple: true },
      cost: { type: "boolean", default: true },
      worker: { type: "boolean", default: true },
      readers: { type: "boolean", default: true },
      pages: { type: "boolean", default: true },
      month: { type: "boolean", default: true },
      cpu: { type: "boolean", default: true },
    },
  });
  const requests = Number(values.requests);
  if (!Number.isInteger(requests) || requests < 2)
    throw new Error("--requests must be a whole number from 2");
  const chosen = values.scenario === undefined ? scenarios : values.scenario.map(findScenario);
  const { cost, worker, readers, pages, month, cpu } = values;
  return { requests, chosen, cost, worker, readers, pages, month, cpu };
}

/** Fresh processes for each scenario, so that each begins with the first request of a process. */
async function startRunners(bundle: string | null): Promise<Runner[]> {
  const starting = [
    startNodeReader("probe", NODE.probe),
    startNodeReader("floor", NODE.floor),
    startNodeReader("sdk", SDK),
  ];
  if (bundle !== null) {
    starting.push(startWorkerReader("probe", WORKER.probe, bundle));
    starting.push(startWorkerReader("floor", WORKER.floor, bundle));
  }
  return Promise.all(starting);
}

interface ReadersReport {
  readonly samples: readonly Sample[];
  readonly verdicts: readonly Verdict[];
  readonly cost: CostReport | null;
}

async function measureReaders(options: Options): Promise<ReadersReport> {
  const bundle = options.worker ? await bundleWorker("./readers/worker.ts") : null;
  const pairs = options.worker ? [NODE, WORKER] : [NODE];
  const server = await startServer();
  const samples: Sample[] = [];
  const verdicts: Verdict[] = [];
  try {
    console.log(
      `${options.requests} requests a scenario and reader; errors against the server's clock (ms, %)\n`,
    );
    for (const scenario of options.chosen) {
      const runners = await startRunners(bundle);
      try {
        const found = await measureScenario(scenario, runners, server, options.requests);
        samples.push(...found);
        const own = pairs.flatMap((pair) => judgeScenario(scenario, found, pair));
        verdicts.push(...own);
        const names = runners.map((runner) => runner.name);
        console.log(`${scenarioTable(scenario, found, names)}\n${verdictLines(own)}\n`);
      } finally {
        await Promise.all(runners.map((runner) => runner.stop()));
      }
    }
    const first = pairs.map((pair) => judgeFirstRequests(samples, pair));
    verdicts.push(...first);
    console.log(`${verdictLines(first)}\n`);
    const cost = options.cost ? await measureCost(server) : null;
    if (cost !== null) {
      const judged = judgeCost(cost);
      verdicts.push(...judged);
      console.log(`${costTable(cost)}\n`);
      console.log(`peak resident memory ${cost.memory.peakRssMb.toFixed(0)} MB\n${verdictLines(judged)}\n`);
    }
    return { samples, verdicts, cost };
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const options = parseOptions();
  if (options.readers || options.pages) installPackages("tests/bench/peers");
  const readers = options.readers ? await measureReaders(options) : { samples: [], verdicts: [], cost: null };
  const pages = options.pages ? await measurePages((line) => console.log(line)) : [];
  const judged = judgePages(pages);
  if (options.pages) console.log(`\n${pageTable(pages)}\n${verdictLines(judged)}\n`);
  const cpu = options.cpu ? await measureCpu((line) => console.log(line)) : [];
  if (options.cpu) console.log(`\n${cpuTable(cpu)}\n`);
  const month = options.month ? await measureMonth((line) => console.log(line)) : [];
  const judgedMonth = judgeMonth(month);
  if (options.month) console.log(`\n${monthTable(month)}\n`);
  const verdicts = [...readers.verdicts, ...judged, ...judgedMonth];
  const failed = verdicts.filter(({ pass }) => !pass);
  if (failed.length > 0) console.log(`${verdictLines(failed)}\n`);
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(
    `${verdicts.length - failed.length} of ${verdicts.length} verdicts PASS; ` +
      `load average ${load.join(", ")} on ${cpus().length} cores`,
  );
  await save({
    options: { ...options, chosen: options.chosen.map(({ name }) => name) },
    verdicts,
    cost: readers.cost,
    samples: readers.samples,
    pages,
    cpu,
    month,
  });
}

async function save(results: object): Promise<void> {
  const folder = new URL("../.artifacts/", import.meta.url);
  await mkdir(folder, { recursive: true });
  const machine = {
    platform: platform(),
    arch: arch(),
    node: process.version,
    cpus: cpus().length,
    load: loadavg(),
  };
  const report = { finishedAt: new Date().toISOString(), machine, ...results };
  await writeFile(new URL("bench.json", folder), `${JSON.stringify(report, null, 1)}\n`);
}

main().catch((error: unknown) => {
  console.error(`The benchmark could not run: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
