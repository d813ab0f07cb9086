import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { reasonsByDefault } from "../../workers/benchmark/catalog/reasoning.ts";
import { type Config, ConfigError, providerIn } from "../../workers/benchmark/config.ts";
import { createMeasure, interruptedRow, routeOf } from "../../workers/benchmark/jobs/measure-target.ts";
import { orderTargets } from "../../workers/benchmark/jobs/order.ts";
import { type Plan, planRun } from "../../workers/benchmark/jobs/plan-run.ts";
import { runSlice } from "../../workers/benchmark/jobs/run-slice.ts";
import { findMissingPrices } from "../../workers/benchmark/jobs/sync-prices.ts";
import {
  datedPrice,
  defaultTargets,
  endpointName,
  isSimulated,
  splitByAccess,
  type Target,
} from "../../workers/benchmark/jobs/target.ts";
import { describeResult, type Log } from "../../workers/benchmark/log.ts";
import { keyVariableOf } from "../../workers/benchmark/providers/dialect.ts";
import { createStore, type Store } from "../../workers/benchmark/store/index.ts";
import { type ResultRow, windowRefreshes } from "../../workers/benchmark/store/rows.ts";
import { UsageError } from "../errors.ts";
import { complain, print } from "../terminal.ts";
import type { BenchmarkArguments } from "./arguments.ts";
import { type Context, openContext } from "./context.ts";
import { deliverEarlierRuns } from "./earlier-runs.ts";
import { FileJournal, type Keeping } from "./file-journal.ts";
import type { Rejection } from "./hand-over.ts";
import { describeEarlierRuns, describeRefused, describeSummary } from "./print.ts";
import { rehearse } from "./rehearse.ts";
import { Spending } from "./spending.ts";
import { SpentFile } from "./spent-file.ts";
import { askStubbornly, type Hiccup, unusable } from "./stubborn.ts";

const DELIVERY_ATTEMPTS = 4;

/**
 * One run from the terminal, on the code that the Worker runs.
 *
 * @returns the exit code: 0 completed and saved, whatever the providers answered; 1 not saved.
 * @throws UsageError, ConfigError, SetupError or StoreError with one line for a person.
 */
export async function benchmark(options: BenchmarkArguments): Promise<number> {
  const context = await openContext({ database: options.save, say: complain });
  try {
    checkProviders(options.providers, context.config);
    return await run(options, context, complain);
  } finally {
    await context.close();
  }
}

async function run(options: BenchmarkArguments, context: Context, say: (line: string) => void) {
  const { config, log, logDirectory, database } = context;
  const store = options.save && config.supabase ? createStore(config.supabase) : null;
  const keeping = store && database && { directory: logDirectory, database };
  const refusedEarlier = store && keeping ? await deliverEarlier(keeping, store, log, say) : 0;

  const wanted = store ? await storedTargets(options, store, config, context, say) : freeTargets(options);
  const { ready, unreachable } = splitByAccess(wanted, config);
  for (const { target } of unreachable) {
    say(`Skipped ${endpointName(target)}: set ${keyOf(target, config)} to measure it.`);
  }
  if (ready.length === 0) throw new ConfigError(nothingToAsk(wanted, options, config));

  const runId = randomUUID();
  const repeated = Array.from({ length: options.repeat }, () => ready).flat();
  const requests = await Promise.all(
    orderTargets(repeated, runId).map(async (target) => ({
      target,
      ifCutOff: await interruptedRow(
        target,
        { requestId: "", askedAt: 0, route: routeOf(target, config) },
        runId,
        config,
        options.prompt,
      ),
    })),
  );
  const spending = await Spending.open({
    budgetUsd: config.budgetUsd,
    store: context.known,
    file: store ? null : new SpentFile(logDirectory),
    known: wanted,
    needsStore: store !== null,
    say,
  });
  const journal = new FileJournal(runId, keeping, requests, unreachable, spending);
  const startedAt = new Date();
  journal.add({
    kind: "run",
    row: {
      id: runId,
      run_name: options.runName,
      triggered_by: options.triggeredBy,
      started_at: startedAt.toISOString(),
      targets: repeated.length,
      location: config.location,
    },
  });
  log.info("run_started", { run_id: runId, targets: repeated.length });
  say(
    `Run ${runId}: ${repeated.length} requests${ready.some((t) => isSimulated(t, config)) ? ", SIMULATED where no key is set" : ""}`,
  );

  const deliver = async () => {
    if (!store) return 0;
    const { problem, rejected } = await journal.deliver(store.deliver);
    for (const { item, reason } of rejected) {
      log.error("delivery_rejected", { kind: item.kind, run_id: runId, reason, file: journal.rejectedFile });
    }
    if (problem) log.error("delivery_failed", { run_id: runId, reason: problem, waiting: journal.waiting });
    return 0;
  };
  await deliver();

  const stop = onInterrupt(() => {
    say("Stopping after the request that is under way. Again to stop at once.");
    const pending = journal.queue().filter((item) => item.state === "pending");
    journal.skip(pending, "stopped", () => null);
  });
  const rows: ResultRow[] = [];
  try {
    await rehearse();
    const environment = {
      route: (target: Target) => routeOf(target, config),
      measure: createMeasure(config, { colo: null, prompt: options.prompt }),
      deliver,
      minimumGapMs: (provider: string) => providerIn(config, provider)?.minimumGapMs ?? 0,
      now: Date.now,
      newId: randomUUID,
      log,
      onStart: (target: Target, position: number, of: number) =>
        say(`[${position + 1}/${of}] asking ${endpointName(target)} ...`),
      onResult: (row: ResultRow) => {
        rows.push(row);
        if (options.json) print(JSON.stringify(row));
        else print(`${describeResult(row)} | ${saved(store, journal, row)}`);
      },
    };
    // No invocation ends here, so the limits of one do not hold.
    const settings = {
      ...config.run,
      sliceMs: Number.POSITIVE_INFINITY,
      sliceSubrequests: Number.POSITIVE_INFINITY,
    };
    for (;;) {
      const end = await runSlice(journal, settings, config.budgetUsd, environment, 0);
      if (end.state === "finished") break;
      await sleep(Math.max(0, end.resumeAt - Date.now()));
    }
  } finally {
    stop();
  }

  journal.add({
    kind: "run-end",
    runId,
    patch: { finished_at: new Date().toISOString(), skipped: [...journal.skipped()] },
  });
  if (store) await deliverStubbornly(deliver, journal);
  if (store && journal.waiting === 0) await refreshWindows(store, runId, context);
  await spending.close();
  log.info("run_finished", { run_id: runId, measured: rows.length });
  say(describeSummary(rows, journal.skipped(), Date.now() - startedAt.getTime()));
  if (rows.some((row) => !row.success)) say(`Errors are in ${context.errorLog.file()}`);
  const file = journal.release();
  if (file) {
    say(`${journal.waiting} rows could not be saved; they are in ${file} and the next run delivers them.`);
  }
  if (journal.rejected.length > 0)
    say(describeRefused(journal.rejected.length, [journal.rejectedFile ?? ""]));
  return journal.waiting + journal.rejected.length + refusedEarlier > 0 ? 1 : 0;
}

/** What earlier runs left in their files. @returns how many items the database refused for good. */
async function deliverEarlier(
  { directory, database }: Keeping,
  store: Store,
  log: Log,
  say: (line: string) => void,
): Promise<number> {
  const found = await deliverEarlierRuns(directory, database, store.deliver);
  for (const { run_id, id, provider, model } of found.interrupted) {
    log.error("target_interrupted", { run_id, request_id: id, provider, model });
  }
  for (const { file, rejection } of found.rejected) {
    log.error("delivery_rejected", { kind: rejection.item.kind, reason: rejection.reason, file });
  }
  if (found.problem) log.error("delivery_failed", { of: "an earlier run", reason: found.problem });
  for (const line of describeEarlierRuns(found, database)) say(line);
  return found.rejected.length;
}

async function storedTargets(
  options: BenchmarkArguments,
  store: Store,
  config: Config,
  { log }: Context,
  say: (line: string) => void,
): Promise<readonly Target[]> {
  // A hiccup of the database's must not cost a run that some cron has come for.
  const plan = await askStubbornly<Plan>(
    () =>
      planRun(store, config, log, (modelIds) =>
        findMissingPrices({ store, config, log, now: () => new Date(), fetch }, modelIds),
      ),
    (answer): answer is Extract<Plan, Hiccup> => "reason" in answer,
    config,
    say,
  );
  if ("reason" in plan) throw unusable(plan, config);
  const wanted = plan.targets.filter(
    (target) => fits(options.providers, target.provider) && fits(options.models, target.model),
  );
  const missing = options.models.filter((model) => !wanted.some((target) => target.model === model));
  const created: Target[] = [];
  for (const model of missing) {
    if (options.providers.length === 0) {
      throw new UsageError(
        `--model ${model} is no active model; name its provider with --provider to measure it all the same.`,
      );
    }
    for (const slug of options.providers) created.push(await getOrCreate(store, config, slug, model));
  }
  return [...wanted, ...created];
}

/** The endpoint's rows, made where they are not there yet; a model made this way takes no part in other runs. */
async function getOrCreate(store: Store, config: Config, slug: string, model: string): Promise<Target> {
  const provider = providerIn(config, slug);
  if (!provider) throw new UsageError(unknownProvider(slug, config));
  const { id: providerId } = await store.ensureProvider({
    slug,
    name: provider.name,
    base_url: provider.baseUrl,
    logo_url: provider.logoUrl,
    kind: provider.kind,
  });
  const { id: modelId } = await store.ensureModel({
    name: model,
    provider_id: providerId,
    active: false,
    // It may be a typing error: only a list makes it one that the provider offers.
    available: false,
    reasoning: reasonsByDefault(slug, model),
  });
  const stored = (await store.targets([`${slug}/${model}`])).find(
    (t) => t.provider === slug && t.model === model,
  );
  return {
    provider: slug,
    model,
    providerId,
    modelId,
    reasoning: stored?.reasoning ?? reasonsByDefault(slug, model),
    price: stored?.price ?? datedPrice(slug, model),
  };
}

/** Targets without a database: the defaults, and whatever model is named together with a provider. */
function freeTargets(options: BenchmarkArguments): readonly Target[] {
  const defaults = defaultTargets().filter(
    (target) => fits(options.providers, target.provider) && fits(options.models, target.model),
  );
  const missing = options.models.filter((model) => !defaults.some((target) => target.model === model));
  const named = missing.flatMap((model) =>
    options.providers.map((provider) => ({
      provider,
      model,
      providerId: null,
      modelId: null,
      reasoning: reasonsByDefault(provider, model),
      price: datedPrice(provider, model),
    })),
  );
  return [...defaults, ...named];
}

async function deliverStubbornly(deliver: () => Promise<number>, journal: FileJournal): Promise<void> {
  for (let attempt = 0; attempt < DELIVERY_ATTEMPTS && journal.waiting > 0; attempt++) {
    if (attempt > 0) await sleep(1_000 * 2 ** (attempt - 1));
    await deliver();
  }
}

/** The pages' long windows take the new results in. Where that fails the next run brings it. */
async function refreshWindows(store: Store, runId: string, { config, log }: Context): Promise<void> {
  for (const refresh of windowRefreshes(runId, config.location)) {
    const delivery = await store.deliver(refresh);
    if (delivery.state === "delivered") continue;
    log.warn("delivery_dropped", { kind: refresh.kind, run_id: runId, reason: delivery.reason });
  }
}

function saved(store: Store | null, journal: FileJournal, row: ResultRow): string {
  if (!store) return "not saved (--no-save)";
  if (journal.rejected.some((one) => isResult(one, row))) return "REFUSED BY THE DATABASE";
  return journal.waiting === 0 ? "saved" : "NOT SAVED YET";
}

function isResult({ item }: Rejection, row: ResultRow): boolean {
  return item.kind === "result" && item.row.id === row.id;
}

function fits(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.includes(value);
}

/** @throws UsageError with one line on the first slug that no provider has. */
export function checkProviders(slugs: readonly string[], config: Config): void {
  const unknown = slugs.find((slug) => !config.providers.has(slug));
  if (unknown !== undefined) throw new UsageError(unknownProvider(unknown, config));
}

function unknownProvider(slug: string, config: Config): string {
  return `--provider ${slug} is unknown; known: ${[...config.providers.keys()].join(", ")}.`;
}

/** The setting that a target's provider is asked with. */
function keyOf({ provider }: Target, config: Config): string {
  return providerIn(config, provider)?.keyVariable ?? keyVariableOf(provider);
}

function nothingToAsk(wanted: readonly Target[], options: BenchmarkArguments, config: Config): string {
  const keys = [...new Set(wanted.map((target) => keyOf(target, config)))];
  if (keys.length > 0) return `Nothing can be measured: set ${keys.join(" or ")} in .dev.vars.`;
  const filter = [...options.providers, ...options.models].join(", ");
  return `Nothing to measure: no active model${filter ? ` fits ${filter}` : ""}.`;
}

/** Calls back at the first Ctrl-C; the second ends the process. @returns undoes it. */
function onInterrupt(first: () => void): () => void {
  let count = 0;
  const handler = () => {
    count += 1;
    if (count > 1) process.exit(130);
    first();
  };
  process.on("SIGINT", handler);
  return () => process.off("SIGINT", handler);
}
