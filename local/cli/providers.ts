import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Config, readConfig, readKey } from "../../workers/benchmark/config.ts";
import { type AskEnvironment, AskError, type Findings } from "../../workers/benchmark/jobs/ask-provider.ts";
import { isWithinBudget, settledUsd, worstCaseUsd } from "../../workers/benchmark/jobs/budget.ts";
import { discoverModels } from "../../workers/benchmark/jobs/discover-models.ts";
import {
  manageProviders,
  type ProviderLine,
  type ProviderPlan,
  type ProvidersEnvironment,
  planProvider,
  storePlan,
} from "../../workers/benchmark/jobs/manage-providers.ts";
import { resultRow } from "../../workers/benchmark/jobs/run-slice.ts";
import { describeError } from "../../workers/benchmark/log.ts";
import { redact } from "../../workers/benchmark/probe/redact.ts";
import { providerOf } from "../../workers/benchmark/providers/dialect.ts";
import { createStore, type Store } from "../../workers/benchmark/store/index.ts";
import { UsageError } from "../errors.ts";
import { readVariables } from "../settings.ts";
import { complain, print } from "../terminal.ts";
import { projectRoot } from "../tools.ts";
import { type Context, openContext } from "./context.ts";
import { databaseOf } from "./models.ts";
import { PROVIDERS_USAGE, type ProvidersArguments, parseProviders } from "./providers-arguments.ts";
import { Spending } from "./spending.ts";
import { SpentFile } from "./spent-file.ts";

/** `npm run providers`. @returns the exit code: 1 where a server could not be asked or used. */
export async function providers(args: string[]): Promise<number> {
  const options = parseProviders(args);
  if (options === null) {
    print(PROVIDERS_USAGE);
    return 0;
  }
  const context = await openContext({ database: true, say: complain });
  try {
    const store = createStore(databaseOf(context.config));
    const spending = await Spending.open({
      budgetUsd: context.config.budgetUsd,
      store,
      file: new SpentFile(context.logDirectory),
      known: [],
      needsStore: true,
      say: complain,
    });
    try {
      return await work(options, context, environmentOf(context, store, spending));
    } finally {
      await spending.close();
    }
  } finally {
    await context.close();
  }
}

async function work(
  { request, yes, json }: ProvidersArguments,
  context: Context,
  environment: ProvidersEnvironment,
): Promise<number> {
  const tell = (text: string) => print(redact(text, environment.config.secrets));
  const printJson = (value: object) => print(JSON.stringify(value));
  if (request.action === "add") {
    const plan = await planProvider(request, environment).catch((error: unknown) => {
      if (error instanceof AskError) return error;
      throw error;
    });
    if (plan instanceof AskError) return refuse(request.provider, plan.message, environment.config);
    if (!json) tell(describePlan(plan));
    if (plan.findings.models.every(({ problem }) => problem !== null)) return 1;
    if (!yes && (await confirm("Store it? [y/N] ")) === false) {
      tell("Nothing was stored.");
      return 0;
    }
    await storePlan(plan, environment);
    if (json) printJson(plan);
    else tell(`${request.provider} is added: it takes part from the next run.`);
    await discover(plan, context, environment, json ? () => undefined : tell);
    return 0;
  }
  if (
    request.action === "remove" &&
    !yes &&
    (await confirm(`Remove ${request.provider}? [y/N] `)) === false
  ) {
    tell("Nothing was removed.");
    return 0;
  }
  const answer = await manageProviders(request, environment);
  if (answer.state === "unknown") throw new UsageError(answer.line);
  if (answer.state === "refused") {
    const slug = "provider" in request ? request.provider : "providers";
    return refuse(slug, answer.line, environment.config);
  }
  if (json) printJson(answer);
  else if (answer.state === "listed") tell(answer.providers.map(describeLine).join("\n"));
  else if (answer.state === "shown") {
    tell(`${describeLine(answer.provider)}\n${JSON.stringify(answer.dialect ?? {}, null, 2)}`);
  } else if (answer.state === "removed") tell(answer.line);
  else tell(`${describePlan(answer)}${answer.state === "stored" ? "\nStored." : ""}`);
  return 0;
}

function refuse(slug: string, line: string, { secrets }: Config): number {
  complain(redact(`${slug}: ${line}.`, secrets));
  return 1;
}

/** What a new provider offers besides is known at once, and not only after the next weekly sync. */
async function discover(
  { description }: ProviderPlan,
  { log }: Context,
  { store, config }: ProvidersEnvironment,
  print: (line: string) => void,
): Promise<void> {
  const withIt = readConfig(variablesOf(config, [description.keyVariable ?? ""]), [description]);
  const provider = providerOf(description, { isStored: true });
  if (provider.modelsList === null) return;
  try {
    const env = { store, config: withIt, log, now: () => new Date(), fetch };
    const found = await discoverModels(provider, env);
    if (found.state === "synced" && found.listed > 1) {
      print(`${found.listed} models are known: npm run models -- list ${provider.slug} --all`);
    }
  } catch (error) {
    log.warn("models_sync_failed", { provider: provider.slug, reason: describeError(error) });
  }
}

/** Settings of this terminal, with keys that no provider has named yet. */
function variablesOf(config: Config, keys: readonly string[]): Record<string, string> {
  const { variables } = readVariables(projectRoot, process.env, keys);
  return { ...variables, LOCAL_ADDRESSES: config.asksPrivateHosts ? "on" : "off" };
}

function environmentOf({ config }: Context, store: Store, spending: Spending): ProvidersEnvironment {
  return {
    store,
    config,
    readKey: (variable, name) => readKey(variablesOf(config, [variable]), variable, name),
    ask: {
      fetch: (input, init) => fetch(input, init),
      now: () => performance.now(),
      date: () => new Date(),
      newId: () => randomUUID(),
      wait: sleep,
      spendOn: spendOn(spending, config),
    },
  };
}

/** Counts what asking costs into the budget, as the quick test does: nothing of it is stored. */
function spendOn(spending: Spending, config: Config): ProvidersEnvironment["ask"]["spendOn"] {
  return (provider): AskEnvironment["spend"] =>
    async (model, reasoning) => {
      const target = { provider, model, reasoning, providerId: null, modelId: null, price: null };
      const reserved = worstCaseUsd(target, []);
      const id = randomUUID();
      const spentUsd = await spending.setAside(id, reserved);
      if (!isWithinBudget(spentUsd, reserved, config.budgetUsd, false)) {
        throw new AskError(
          `BENCHMARK_BUDGET_USD is reached ($${spentUsd.toFixed(4)} of $${config.budgetUsd}): nothing more is asked`,
        );
      }
      return ({ measurement, usageReported }) => {
        const cost = settledUsd(resultRow(measurement, id, target), usageReported, reserved, []);
        spending.settle(id, cost);
      };
    };
}

/** @returns null where nobody can be asked: what was asked for is done then. */
async function confirm(question: string): Promise<boolean | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

const ACCESS: Readonly<Record<ProviderLine["access"], (line: ProviderLine) => string>> = {
  ready: ({ keyVariable }) => (keyVariable === null ? "no key needed" : "key set"),
  simulated: () => "simulated: no key",
  no_key: ({ keyVariable }) => `not asked: set ${keyVariable}`,
  private_address: () => "not asked: private address",
};

function describeLine(line: ProviderLine): string {
  const { provider, name, kind, builtIn, baseUrl, access, active } = line;
  const own = builtIn ? "built in" : "added";
  return `${provider.padEnd(16)} ${name}; ${kind}; ${own}; ${baseUrl}; ${ACCESS[access](line)}; ${active} active`;
}

function describePlan({ description, findings, notes, free }: ProviderPlan): string {
  const { slug, name, kind = "direct", baseUrl, keyVariable } = description;
  const rows: [string, string][] = [
    ["address", `${baseUrl} (${kind})`],
    ["key", keyVariable ?? "none needed"],
    ["models list", findings.list],
    ...findings.trials.map(({ parameter, verdict, note }): [string, string] => [
      parameter,
      note === "" ? verdict : `${verdict}: ${note}`,
    ]),
    ["usage", findings.usage],
    ["reasoning", findings.thoughts],
    ["measured", measuredWords(findings)],
    ["price", free ? "free" : "as prices say (npm run prices -- show)"],
  ];
  const lines = rows.map(([title, text]) => `  ${title.padEnd(22)} ${text}`);
  return [`${name} (${slug}), asked ${findings.requests} times:`, ...lines, ...notes].join("\n");
}

function measuredWords({ models }: Findings): string {
  const good = models.filter(({ problem }) => problem === null);
  if (good.length === 0) return "none";
  return good.map((model) => `${model.name}${model.reasoning ? " (reasoning)" : ""}`).join(", ");
}
