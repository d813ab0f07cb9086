import * as z from "zod";
import { isLoopback, isPrivateHost, providerAddress } from "../../settings/values.ts";
import { type Config, providerAccess, providerIn, providersIn } from "../config.ts";
import { keyVariableOf } from "../providers/dialect.ts";
import { PRESET_NAMES, type Preset, presetOf } from "../providers/presets.ts";
import { providers as builtIn, findProvider } from "../providers/registry.ts";
import { headersSchema, keyVariableSchema, NO_KEY, nameSchema, slugSchema } from "../providers/stored.ts";
import type { Dialect, Provider, ProviderDescription } from "../providers/types.ts";
import { benchmarkSettings } from "../settings.ts";
import type { Store } from "../store/index.ts";
import { MAX_STORED_PROVIDERS } from "../store/providers.ts";
import {
  type AskEnvironment,
  AskError,
  askProvider,
  type Findings,
  MAX_ASKED_MODELS,
} from "./ask-provider.ts";
import { unknownProvider } from "./manage-models.ts";
import { setPrice } from "./set-price.ts";

const modelNames = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(500)
      .refine((name) => !/\p{C}/u.test(name), "must be one line of printable text"),
  )
  .max(MAX_ASKED_MODELS)
  .default([]);

const addRequest = z.strictObject({
  action: z.literal("add"),
  provider: slugSchema,
  /** Where completions are asked for, without /chat/completions; a preset may have one. */
  baseUrl: providerAddress.optional(),
  preset: z.enum(PRESET_NAMES, { error: `must be one of ${PRESET_NAMES.join(", ")}` }).optional(),
  name: nameSchema.optional(),
  kind: z.enum(["direct", "proxy"]).optional(),
  /** The setting that holds its key, or "none". */
  keyVariable: keyVariableSchema.optional(),
  headers: headersSchema.optional(),
  /** Asked and measured; none: the only one of its list. */
  models: modelNames,
  /** What it generates costs nothing. */
  free: z.boolean().default(false),
});
const checkRequest = z.strictObject({
  action: z.literal("check"),
  provider: slugSchema,
  models: modelNames,
  /** Puts what was found in the place of what is known. */
  save: z.boolean().default(false),
});

/** What a person may ask of the providers, at the terminal and over the admin API alike. */
export const providersRequest = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("list") }),
  z.strictObject({ action: z.literal("show"), provider: slugSchema }),
  addRequest,
  checkRequest,
  z.strictObject({ action: z.literal("remove"), provider: slugSchema }),
]);
export type ProvidersRequest = z.infer<typeof providersRequest>;
type AskRequest = z.infer<typeof addRequest> | z.infer<typeof checkRequest>;

/** A provider as it is known here. */
export interface ProviderLine {
  readonly provider: string;
  readonly name: string;
  readonly kind: Provider["kind"];
  readonly builtIn: boolean;
  readonly baseUrl: string;
  /** Null: it wants none. */
  readonly keyVariable: string | null;
  readonly access: "ready" | "simulated" | "no_key" | "private_address";
  /** Endpoints that runs ask. */
  readonly active: number;
}

/** What was found out of a server, and how it would be stored. */
export interface ProviderPlan {
  readonly description: ProviderDescription;
  readonly findings: Findings;
  readonly free: boolean;
  /** What a person should know before it is stored. */
  readonly notes: readonly string[];
}

export type ProvidersAnswer =
  | { readonly state: "listed"; readonly providers: readonly ProviderLine[] }
  | { readonly state: "shown"; readonly provider: ProviderLine; readonly dialect: Dialect | null }
  | ({ readonly state: "found" | "stored" } & ProviderPlan)
  | { readonly state: "removed"; readonly line: string }
  /** No provider of that name. */
  | { readonly state: "unknown"; readonly line: string }
  /** It cannot be done, or found out. */
  | { readonly state: "refused"; readonly line: string };

export interface ProvidersEnvironment {
  readonly store: Store;
  readonly config: Config;
  /** The key that a setting holds: empty where it says none, null where it is not set. */
  readonly readKey: (variable: string, name: string) => string | null;
  readonly ask: Omit<AskEnvironment, "spend" | "config"> & {
    readonly spendOn: (provider: string) => AskEnvironment["spend"];
  };
}

/** @throws StoreError when the database cannot be used. */
export async function manageProviders(
  request: ProvidersRequest,
  environment: ProvidersEnvironment,
): Promise<ProvidersAnswer> {
  try {
    switch (request.action) {
      case "list":
        return { state: "listed", providers: await listProviders(environment) };
      case "show":
        return await showProvider(request.provider, environment);
      case "remove":
        return await remove(request.provider, environment);
      default: {
        const plan = await planProvider(request, environment);
        if (request.action === "check" && !request.save) return { state: "found", ...plan };
        await storePlan(plan, environment);
        return { state: "stored", ...plan };
      }
    }
  } catch (error) {
    if (error instanceof AskError) return { state: "refused", line: error.message };
    throw error;
  }
}

async function listProviders({ store, config }: ProvidersEnvironment): Promise<ProviderLine[]> {
  const targets = await store.targets([]);
  return providersIn(config).map((provider) => lineOf(provider, config, targets));
}

function lineOf(
  provider: Provider,
  config: Config,
  targets: readonly { readonly provider: string }[],
): ProviderLine {
  const { slug, name, kind, keyVariable, isStored } = provider;
  const access = providerAccess(config, provider);
  return {
    provider: slug,
    name,
    kind,
    builtIn: !isStored,
    baseUrl: config.providers.get(slug)?.baseUrl ?? provider.baseUrl,
    keyVariable,
    access: access.state === "ready" && access.simulated ? "simulated" : access.state,
    active: targets.filter((target) => target.provider === slug).length,
  };
}

async function showProvider(slug: string, { store, config }: ProvidersEnvironment): Promise<ProvidersAnswer> {
  const provider = providerIn(config, slug);
  if (!provider) return unknown(slug, config);
  const line = lineOf(provider, config, await store.targets([]));
  return { state: "shown", provider: line, dialect: provider.description.dialect ?? null };
}

function unknown(provider: string, config: Config): ProvidersAnswer {
  return {
    state: "unknown",
    line: unknownProvider({ provider }, config) ?? `Provider ${provider} is unknown.`,
  };
}

async function remove(slug: string, { store, config }: ProvidersEnvironment): Promise<ProvidersAnswer> {
  const provider = providerIn(config, slug);
  if (provider && !provider.isStored) {
    return {
      state: "refused",
      line: `${slug} is built in: without ${provider.keyVariable} it is not asked.`,
    };
  }
  const removed = await store.removeProvider(slug);
  if (!removed) return unknown(slug, config);
  const key = provider?.keyVariable ? ` ${provider.keyVariable} is not needed any more.` : "";
  const models = `${removed.models} ${removed.models === 1 ? "model" : "models"}`;
  const line = removed.deleted
    ? `${slug} is removed with its ${models} and their prices; nothing was measured of it.`
    : `${slug} is removed: it takes no part in further runs. What was measured of its ${models} stays.`;
  return { state: "removed", line: line + key };
}

/**
 * Asks a server, one that is new or one that is known, how it wants to be asked. Nothing is stored.
 *
 * @throws AskError with one line for a person; StoreError.
 */
export async function planProvider(
  request: AskRequest,
  environment: ProvidersEnvironment,
): Promise<ProviderPlan> {
  const { config, ask, readKey } = environment;
  const given =
    request.action === "add" ? await draftNew(request, environment) : draftKnown(request.provider, config);
  const { slug, name, keyVariable, baseUrl } = given;
  requireReachable(given, config);
  const key = keyVariable == null ? "" : readKey(keyVariable, name);
  const { spendOn, ...rest } = ask;
  const models = request.models.length > 0 ? request.models : await measuredModels(request, environment);
  let findings: Findings;
  try {
    findings = await askProvider(
      { description: given, apiKey: key ?? "", models },
      { ...rest, config, spend: spendOn(slug) },
    );
  } catch (error) {
    if (error instanceof AskError && error.wantsKey && key === null)
      throw new AskError(missingKey(keyVariable));
    throw error;
  }
  const wantsNone = key === null && request.action === "add" && request.keyVariable === undefined;
  if (key === null && !wantsNone) throw new AskError(missingKey(keyVariable));
  const description = {
    ...given,
    keyVariable: wantsNone ? null : keyVariable,
    dialect: findings.dialect,
  };
  return {
    description,
    findings,
    free: request.action === "add" && request.free,
    notes: [
      ...(wantsNone ? ["It answers without a key, so none is asked for."] : []),
      ...(description.keyVariable !== null &&
      baseUrl.startsWith("http:") &&
      !isLoopback(new URL(baseUrl).hostname)
        ? ["Its key travels over http: whoever is in that network reads it."]
        : []),
      ...findings.models.flatMap(({ problem }) => (problem === null ? [] : [`Not measured: ${problem}`])),
    ],
  };
}

function missingKey(variable: string | null | undefined): string {
  return `it wants a key: set ${variable} in .dev.vars, and for a deployed Worker with: npx wrangler secret put ${variable} --config workers/benchmark/wrangler.toml`;
}

type Drafted = ProviderDescription & { readonly keyVariable: string | null };

async function draftNew(
  { provider: slug, preset: presetName, ...request }: z.infer<typeof addRequest>,
  { store, config }: ProvidersEnvironment,
): Promise<Drafted> {
  const known = providerIn(config, slug);
  if (findProvider(slug)) {
    throw new AskError(`${slug} is built in: it needs only its key (${findProvider(slug)?.keyVariable})`);
  }
  if (known) {
    throw new AskError(
      `${slug} is there already: npm run providers -- check ${slug} asks it anew, remove takes it out`,
    );
  }
  if (providersIn(config).filter(({ isStored }) => isStored).length >= MAX_STORED_PROVIDERS) {
    throw new AskError(`there are ${MAX_STORED_PROVIDERS} providers already: remove one first`);
  }
  const preset: Preset | null = presetName === undefined ? null : presetOf(presetName);
  const baseUrl = request.baseUrl ?? preset?.baseUrl;
  if (!baseUrl) {
    throw new AskError(
      `its base URL is missing${preset?.baseUrlForm === undefined ? "" : `, of the form ${preset.baseUrlForm}`}`,
    );
  }
  const name =
    request.name ?? (preset === null ? slug : `${preset.name}${presetName === slug ? "" : ` (${slug})`}`);
  const sameName = await store.providerNamed(name);
  if (sameName !== null && sameName !== slug) {
    throw new AskError(`the name ${name} is taken by ${sameName}: give another with --name`);
  }
  const { headers } = request;
  return {
    slug,
    name,
    kind: request.kind ?? preset?.kind ?? "direct",
    baseUrl,
    keyVariable: keyVariableFor(slug, request.keyVariable, baseUrl, config),
    dialect: { ...preset?.dialect, ...(headers === undefined ? {} : { headers }) },
  };
}

/** A key goes to its own provider: one that another has goes nowhere else. @throws AskError */
function keyVariableFor(
  slug: string,
  wanted: string | undefined,
  baseUrl: string,
  config: Config,
): string | null {
  if (wanted === NO_KEY) return null;
  const variable = wanted ?? keyVariableOf(slug);
  const owner =
    builtIn.find(({ keyVariable }) => keyVariable === variable) ??
    providersIn(config).find(
      (other) => other.keyVariable === variable && new URL(other.baseUrl).origin !== new URL(baseUrl).origin,
    );
  if (owner || Object.hasOwn(benchmarkSettings, variable)) {
    throw new AskError(
      `${variable} is ${owner?.name ?? "the engine"}'s, and goes nowhere else: give it a setting of its own with --key-variable`,
    );
  }
  return variable;
}

/** @throws AskError */
function draftKnown(slug: string, config: Config): Drafted {
  const provider = providerIn(config, slug);
  if (!provider?.isStored) {
    throw new AskError(provider ? `${slug} is built in and known well` : `${slug} is unknown`);
  }
  const { auth, headers, feedKey, warmupPath, modelsList } = provider.description.dialect ?? {};
  // What was given stays; what was found is found anew.
  const dialect = JSON.parse(JSON.stringify({ auth, headers, feedKey, warmupPath, modelsList }));
  return { ...provider.description, keyVariable: provider.keyVariable, dialect };
}

/** @throws AskError */
function requireReachable({ baseUrl }: ProviderDescription, config: Config): void {
  const { hostname } = new URL(baseUrl);
  if (!config.asksPrivateHosts && isPrivateHost(hostname)) {
    throw new AskError(
      `${hostname} is in a private network, where a deployed Worker reaches nothing: measure it from a machine of that network, with npm start or npm run benchmark`,
    );
  }
}

/** What a check asks where nothing is named. */
async function measuredModels(request: AskRequest, { store }: ProvidersEnvironment): Promise<string[]> {
  if (request.action === "add") return [];
  const targets = await store.targets([]);
  const names = targets.flatMap(({ provider, model }) => (provider === request.provider ? [model] : []));
  return [...new Set(names)].slice(0, MAX_ASKED_MODELS);
}

/** Writes a provider down, with the models that answered, which are measured from the next run. @throws StoreError */
export async function storePlan(
  { description, findings, free }: ProviderPlan,
  { store, ask }: Pick<ProvidersEnvironment, "store" | "ask">,
): Promise<void> {
  const { slug, name, kind = "direct", baseUrl, keyVariable, dialect = {} } = description;
  const id = await store.saveProvider({
    slug,
    name,
    kind,
    base_url: baseUrl,
    key_variable: keyVariable ?? NO_KEY,
    dialect,
  });
  for (const { name: model, reasoning, problem } of findings.models) {
    if (problem !== null) continue;
    const row = await store.ensureModel({
      name: model,
      provider_id: id,
      active: true,
      available: true,
      reasoning,
    });
    if (!row.created) await store.setActive(row.id, true);
    if (free) await setPrice(store, row.id, { input: 0, output: 0, cachedInput: null }, ask.date());
  }
}
