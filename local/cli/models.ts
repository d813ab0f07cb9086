import type { Accept } from "../../workers/benchmark/catalog/guard.ts";
import { type Config, ConfigError, providersIn } from "../../workers/benchmark/config.ts";
import {
  type Discovery,
  discoverModels,
  type SyncEnvironment,
} from "../../workers/benchmark/jobs/discover-models.ts";
import {
  describePrice,
  type ModelLine,
  type ModelsRequest,
  manageModels,
} from "../../workers/benchmark/jobs/manage-models.ts";
import { syncPrices as bringPricesUpToDate } from "../../workers/benchmark/jobs/sync-prices.ts";
import { describeError } from "../../workers/benchmark/log.ts";
import { redact } from "../../workers/benchmark/probe/redact.ts";
import type { Provider } from "../../workers/benchmark/providers/types.ts";
import { createStore, type Store } from "../../workers/benchmark/store/index.ts";
import { UsageError } from "../errors.ts";
import { complain, print } from "../terminal.ts";
import type { ListArguments, SyncModelsArguments } from "./arguments.ts";
import { checkProviders } from "./benchmark.ts";
import { type Context, openContext } from "./context.ts";

/**
 * Asks each provider what it offers, one after the other; one that fails ends nobody else's sync.
 *
 * @returns the exit code: 1 where a list could not be used, or is not believed as a whole yet.
 */
export async function syncModels({ providers: slugs, accept }: SyncModelsArguments): Promise<number> {
  return withStore(async (env) => {
    checkProviders(slugs, env.config);
    let failed = 0;
    let held = 0;
    for (const provider of providersIn(env.config)) {
      if (slugs.length > 0 && !slugs.includes(provider.slug)) continue;
      const result = await discover(provider, env, accept);
      // A reason may quote what the provider answered.
      const line = redact(describeDiscovery(result), env.config.secrets);
      print(`${provider.slug.padEnd(11)} ${line}`);
      if (result.state === "failed") failed += 1;
      else if (result.state === "synced" && result.held !== null) held += 1;
    }
    if (failed > 0) complain(`${failed} failed; nothing of theirs was changed.`);
    return failed + held > 0 ? 1 : 0;
  });
}

/** @returns the exit code. */
export async function syncPrices(): Promise<number> {
  return withStore(async (env) => {
    const { checked, written, held, sources, failed } = await bringPricesUpToDate(env);
    const waiting = held > 0 ? `, ${held} held back because they jumped: npm run models -- list` : "";
    print(`${checked} prices checked, ${written} changed${waiting}.`);
    if (failed.length > 0) complain(`Not written: ${failed.join(", ")}.`);
    const isCutOff = sources.read === 0 && sources.unreadable > 0;
    if (isCutOff) complain("No source of prices could be read; those that are known stay as they are.");
    return failed.length > 0 || isCutOff ? 1 : 0;
  });
}

/** Lists models or changes which are measured. @returns the exit code. */
export async function models(request: ModelsRequest, { json, all }: ListArguments): Promise<number> {
  return withStore(async ({ store, config }) => {
    const answer = await manageModels(store, request, config);
    if (answer.state === "unknown") throw new UsageError(answer.line);
    if (answer.state !== "listed") {
      print(answer.line);
      return 0;
    }
    const searched = request.action === "list" && request.search !== undefined;
    const shown = answer.models.filter((line) => all || searched || isWorthALine(line));
    if (json) {
      for (const line of shown) print(JSON.stringify(line));
      return 0;
    }
    for (const { provider, reason } of answer.heldLists) {
      print(`${provider}: LIST HELD: ${reason}; npm run models -- accept-list ${provider}`);
    }
    if (searched && shown.length === 0) print("No model has these words in its name.");
    else print(describeModels(shown, answer.models.length));
    return 0;
  });
}

async function discover(provider: Provider, env: SyncEnvironment, accept: Accept): Promise<Discovery> {
  try {
    return await discoverModels(provider, env, accept);
  } catch (error) {
    const reason = describeError(error);
    env.log.error("models_sync_failed", { provider: provider.slug, reason });
    return { state: "failed", reason };
  }
}

/** A command's work on the database that the settings name. @returns the exit code. */
export async function withStore(
  work: (env: SyncEnvironment & { store: Store }) => Promise<number>,
): Promise<number> {
  const context = await openContext({ database: true, say: complain });
  try {
    return await work(environmentOf(context));
  } finally {
    await context.close();
  }
}

function environmentOf({ config, log }: Context): SyncEnvironment {
  return { store: createStore(databaseOf(config)), config, log, now: () => new Date(), fetch };
}

/** @throws ConfigError where the settings name none. */
export function databaseOf(config: Config): NonNullable<Config["supabase"]> {
  if (!config.supabase) throw new ConfigError("SUPABASE_URL is missing: set it in .dev.vars.");
  return config.supabase;
}

const WORDS: readonly (readonly [keyof Extract<Discovery, { state: "synced" }>["written"], string])[] = [
  ["new", "new"],
  ["retired", "retired"],
  ["returned", "back again"],
  ["announced", "announced to retire"],
  ["price", "repriced"],
  ["priceHeld", "with a price held back"],
  ["context", "with another context window"],
];

function describeDiscovery(result: Discovery): string {
  if (result.state !== "synced") {
    return result.state === "failed" ? `FAILED: ${result.reason}` : `not synced: ${result.reason}`;
  }
  const changes = WORDS.flatMap(([key, word]) =>
    result.written[key] > 0 ? [`${result.written[key]} ${word}`] : [],
  );
  const unreadable = result.unreadable > 0 ? [`${result.unreadable} items could not be read`] : [];
  const putOff =
    result.retirementsPutOff > 0
      ? [`${result.retirementsPutOff} missing and retired if the next weekly sync misses them too`]
      : [];
  const held = result.held === null ? [] : [`HELD: ${result.held}`];
  const notes = [changes.join(", ") || "nothing changed", ...unreadable, ...putOff, ...held];
  return `${result.chat} chat models of ${result.listed} listed: ${notes.join("; ")}`;
}

/** Measured, in need of a decision, or gone with a successor that somebody named. */
function isWorthALine({ active, heldPrice, flag, retiredAt, suggestion: next }: ModelLine): boolean {
  const needsADecision = heldPrice !== null || flag !== null;
  return active || needsADecision || (retiredAt !== null && next?.why === "named by the provider");
}

/** One line a model. */
function describeModels(shown: readonly ModelLine[], known: number): string {
  const active = new Set(shown.filter((line) => line.active).map((line) => `${line.provider}/${line.model}`));
  const lines = shown.map((line) =>
    [
      `${line.provider}/${line.model}  ${line.active ? "active" : line.available ? "available" : "not offered"}`,
      line.price ? describePrice(line.price) : "price unknown",
      ...notesOn(line, active),
    ].join("; "),
  );
  const rest = known - shown.length;
  return [...lines, ...(rest > 0 ? [`${rest} more are known; --all shows them.`] : [])].join("\n");
}

function notesOn(line: ModelLine, active: ReadonlySet<string>): readonly string[] {
  const { flag, retiredAt, retiresAt, heldPrice } = line;
  const next = suggestion(line, active);
  const end = retiresAt?.slice(0, 10);
  return [
    flag === null ? null : `${flag}${retiredAt === null ? next : ""}`,
    retiredAt === null ? null : `RETIRED ${retiredAt.slice(0, 10)}${next}`,
    retiredAt !== null || flag !== null || retiresAt === null
      ? null
      : Date.parse(retiresAt) > Date.now()
        ? `retires ${end}${next}`
        : `was to end ${end}, and is listed still${next}`,
    heldPrice
      ? `HELD BACK: ${describePrice(heldPrice)}; npm run models -- accept-price ${line.provider} ${line.model}`
      : null,
  ].filter((note) => note !== null);
}

function suggestion(line: ModelLine, active: ReadonlySet<string>): string {
  if (!line.suggestion) return "; no successor is known";
  const { name, why } = line.suggestion;
  const next = active.has(`${line.provider}/${name}`)
    ? ", and active already"
    : `: npm run models -- activate ${line.provider} ${name}`;
  return `; ${name} is ${why}${next}`;
}
