import * as z from "zod";
import { identify } from "../catalog/identity.ts";
import type { PricedHours } from "../catalog/listed.ts";
import { reasonsByDefault } from "../catalog/reasoning.ts";
import { type Suggestion, suggestSuccessor } from "../catalog/successor.ts";
import { type Config, providerIn } from "../config.ts";
import type { Provider } from "../providers/types.ts";
import type { ProviderCatalog, StoredModel, StoredPrice } from "../store/catalog-sync.ts";
import type { Store } from "../store/index.ts";
import { rowOf } from "./discover-models.ts";

const provider = z.string().trim().min(1).max(63);
const model = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((name) => !/\p{C}/u.test(name), "must be one line of printable text");

const upstream = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((name) => !/\p{C}/u.test(name), "must be one line of printable text");

/** What a person may ask of the catalogue, at the terminal and over the admin API alike. */
export const modelsRequest = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("list"),
    provider: provider.optional(),
    /** Words that a model's name must have, in any order. */
    search: z.string().trim().min(1).max(200).optional(),
  }),
  z.strictObject({
    action: z.literal("activate"),
    provider,
    model,
    /** Makes the model where no list has it: a private deployment, or a provider without a list. */
    add: z.boolean().default(false),
    /** Of a proxy: only this upstream may serve it, in a series of its own. */
    upstream: upstream.optional(),
  }),
  z.strictObject({ action: z.literal("deactivate"), provider, model, upstream: upstream.optional() }),
  z.strictObject({ action: z.literal("accept-price"), provider, model }),
  z.strictObject({ action: z.literal("accept-list"), provider }),
]);
export type ModelsRequest = z.infer<typeof modelsRequest>;

export interface ModelLine {
  readonly provider: string;
  readonly model: string;
  readonly active: boolean;
  readonly available: boolean;
  /** Equal for the same model at several providers. */
  readonly identity: string;
  readonly contextWindow: number | null;
  readonly price: StoredModel["price"];
  readonly heldPrice: StoredModel["heldPrice"];
  readonly retiredAt: string | null;
  readonly retiresAt: string | null;
  /** Why the engine took it out of the runs, where it did and nobody has decided anything since. */
  readonly flag: string | null;
  /** What could take the place of a model that is gone, will be, or was taken out. */
  readonly suggestion: Suggestion | null;
}

export type ModelsAnswer =
  | {
      readonly state: "listed";
      readonly models: readonly ModelLine[];
      /** Models lists that are not believed yet. */
      readonly heldLists: readonly { readonly provider: string; readonly reason: string }[];
    }
  | { readonly state: "done" | "unchanged"; readonly line: string }
  | { readonly state: "unknown"; readonly line: string };

/** @throws StoreError when the database cannot be used. */
export async function manageModels(
  store: Store,
  request: ModelsRequest,
  config: Pick<Config, "providers">,
): Promise<ModelsAnswer> {
  const stranger = unknownProvider(request, config);
  if (stranger) return { state: "unknown", line: stranger };
  const catalog = await store.catalog(request.provider ?? null);
  if (request.action === "list") {
    const lines = catalog.flatMap(linesOf);
    return {
      state: "listed",
      models: request.search === undefined ? lines : lines.filter(matches(request.search)),
      heldLists: catalog.flatMap(({ provider: slug, heldList }) =>
        heldList && !heldList.accepted ? [{ provider: slug, reason: heldList.reason }] : [],
      ),
    };
  }
  if (request.action === "accept-list") return acceptList(store, request.provider, catalog[0]?.heldList);

  if (
    "upstream" in request &&
    request.upstream !== undefined &&
    !providerIn(config, request.provider)?.pinsUpstreams
  ) {
    return { state: "unknown", line: `${request.provider} cannot be told which upstream to use.` };
  }
  const models = catalog[0]?.models ?? [];
  const known = models.find(({ name }) => name === request.model);
  if (!known) {
    if (request.action === "activate" && request.add && request.upstream === undefined) {
      await addModel(store, providerIn(config, request.provider), request.model);
      return { state: "done", line: `${request.provider}/${request.model} is added and active.` };
    }
    return { state: "unknown", line: unknownModel(request.provider, request.model, models, request.action) };
  }
  const pinned = "upstream" in request ? request.upstream : undefined;
  if (pinned !== undefined) return pin(store, request, known, pinned);
  switch (request.action) {
    case "activate":
      return activate(store, request.provider, known, models);
    case "deactivate":
      if (!known.active && known.flag === null) {
        return { state: "unchanged", line: `${endpoint(request)} was not active.` };
      }
      await store.setActive(known.id, false);
      return { state: "done", line: `${endpoint(request)} takes no part in further runs.` };
    case "accept-price": {
      const price = await store.acceptPrice(known.id);
      return price
        ? { state: "done", line: `${endpoint(request)} now costs ${describePrice(price)}.` }
        : { state: "unchanged", line: `No price of ${endpoint(request)} waits to be accepted.` };
    }
  }
}

/** One line where the request names a provider that nobody knows; else null. */
export function unknownProvider(
  { provider: slug }: { readonly provider?: string | undefined },
  config: Pick<Config, "providers">,
): string | null {
  if (slug === undefined || config.providers.has(slug)) return null;
  return `Provider ${slug} is unknown; known: ${[...config.providers.keys()].join(", ")}.`;
}

async function activate(
  store: Store,
  slug: string,
  known: StoredModel,
  models: readonly StoredModel[],
): Promise<ModelsAnswer> {
  const name = `${slug}/${known.name}`;
  if (known.active) return { state: "unchanged", line: `${name} is active already.` };
  await store.setActive(known.id, true);
  const suggestion = known.available ? null : suggestSuccessor(slug, known, models);
  const unlisted =
    known.lastSeenAt === null && known.retiredAt === null
      ? "No list of its provider has had it"
      : "Its provider no longer lists it";
  const warning = known.available
    ? ""
    : ` ${unlisted}${suggestion ? `; ${suggestion.name} is ${suggestion.why}` : ""}.`;
  return { state: "done", line: `${name} is active: it takes part from the next run.${warning}` };
}

/** Puts a model's requests to one upstream alone into the runs, or takes them out. */
async function pin(
  store: Store,
  request: { readonly action: string; readonly provider: string; readonly model: string },
  known: StoredModel,
  to: string,
): Promise<ModelsAnswer> {
  const active = request.action === "activate";
  const changed = await store.pinUpstream(known.id, to, active);
  const name = `${endpoint(request)} at ${to} alone`;
  if (!changed)
    return { state: "unchanged", line: `${name} was ${active ? "active already" : "not active"}.` };
  const line = active ? "is active: it takes part from the next run" : "takes no part in further runs";
  return { state: "done", line: `${name} ${line}.` };
}

async function acceptList(
  store: Store,
  slug: string,
  held: ProviderCatalog["heldList"] | undefined,
): Promise<ModelsAnswer> {
  if (!held) return { state: "unchanged", line: `No models list of ${slug} waits to be accepted.` };
  await store.acceptList(slug, held);
  return {
    state: "done",
    line: `The next models list of ${slug} is taken as it is: npm run sync-models -- --provider ${slug}.`,
  };
}

function matches(search: string): (line: ModelLine) => boolean {
  const words = search.toLowerCase().split(/\s+/);
  return ({ model: name, identity }) => {
    const text = `${name} ${identity}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

async function addModel(store: Store, described: Provider | undefined, name: string): Promise<void> {
  if (!described) return;
  const { slug } = described;
  const { baseUrl, logoUrl, ...rest } = rowOf(described);
  const { id } = await store.ensureProvider({ ...rest, base_url: baseUrl, logo_url: logoUrl });
  await store.ensureModel({ name, provider_id: id, active: true, reasoning: reasonsByDefault(slug, name) });
}

function linesOf({ provider: slug, models }: ProviderCatalog): ModelLine[] {
  return models.map((known) => ({
    provider: slug,
    model: known.name,
    active: known.active,
    available: known.available,
    identity: known.identity ?? identify(slug, known.name).canonical,
    contextWindow: known.contextWindow,
    price: known.price,
    heldPrice: known.heldPrice,
    retiredAt: known.retiredAt,
    retiresAt: known.retiresAt,
    flag: known.flag,
    suggestion:
      known.retiredAt !== null || known.retiresAt !== null || known.flag !== null
        ? suggestSuccessor(slug, known, models)
        : null,
  }));
}

function unknownModel(
  slug: string,
  name: string,
  models: readonly StoredModel[],
  action: ModelsRequest["action"],
): string {
  const wanted = identify(slug, name).canonical;
  const like = models.filter((known) => {
    const identity = known.identity ?? identify(slug, known.name).canonical;
    return identity === wanted || known.name.toLowerCase().endsWith(`/${name.toLowerCase()}`);
  });
  const hint =
    like.length > 0
      ? `did you mean ${like.map((known) => known.name).join(" or ")}?`
      : action === "activate"
        ? `run npm run sync-models first, or add it as it is with --add.`
        : `npm run models -- list ${slug} shows what is.`;
  return `${slug} has no model ${name} here: ${hint}`;
}

function endpoint({ provider: slug, model: name }: { provider: string; model: string }): string {
  return `${slug}/${name}`;
}

/** "$0.15 in, $0.6 out per million tokens (https://…)". */
export function describePrice(price: StoredPrice): string {
  const hours = (price.hours ?? []).map(
    (other) => `; ${other.from} to ${other.to} UTC ${describeAmounts(other)}`,
  );
  return `${describeAmounts(price)} per million tokens${hours.join("")} (${price.source})`;
}

function describeAmounts({ input, output, cachedInput }: Omit<PricedHours, "from" | "to">): string {
  const cached = cachedInput === null ? "" : `, $${cachedInput} cached`;
  return input === 0 && output === 0 ? "nothing" : `$${input} in${cached}, $${output} out`;
}
