import { describePrice } from "../../workers/benchmark/jobs/manage-models.ts";
import { setPrice } from "../../workers/benchmark/jobs/set-price.ts";
import type { StoredModel } from "../../workers/benchmark/store/catalog-sync.ts";
import type { Store } from "../../workers/benchmark/store/index.ts";
import { MANUAL } from "../../workers/benchmark/store/manual-prices.ts";
import { UsageError } from "../errors.ts";
import { print } from "../terminal.ts";
import { withStore } from "./models.ts";
import { parseOptions } from "./parse-options.ts";

export const PRICES_USAGE = `Usage:
  npm run prices -- set PROVIDER/MODEL --input USD --output USD [--cached-input USD]
                       USD per million tokens; no sync changes it until it is unset
  npm run prices -- set PROVIDER/MODEL free
  npm run prices -- unset PROVIDER/MODEL    goes back to the price that was read last
  npm run prices -- show [PROVIDER[/MODEL]] prices of what is measured, or of what is named`;

/** The database takes no more. */
const MOST_USD = 100_000;

interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number | null;
}

type Request =
  | { readonly action: "show"; readonly provider: string | null; readonly model: string | null }
  | { readonly action: "unset"; readonly provider: string; readonly model: string }
  | { readonly action: "set"; readonly provider: string; readonly model: string; readonly price: Price };

/** `npm run prices`. @returns the exit code. */
export async function prices(args: string[]): Promise<number> {
  const request = parsePrices(args);
  if (request === null) {
    print(PRICES_USAGE);
    return 0;
  }
  return withStore(async ({ store }) => {
    if (request.action === "show") return show(request, store);
    const model = await find(request.provider, request.model, store);
    const name = `${request.provider}/${request.model}`;
    if (request.action === "set") {
      await setPrice(store, model.id, request.price, new Date());
      print(`${name} now costs ${describePrice({ ...request.price, source: MANUAL })}.`);
      return 0;
    }
    const gone = await store.unsetPrice(model.id);
    const { price } = await find(request.provider, request.model, store);
    const now = price ? describePrice(price) : "unknown";
    print(gone > 0 ? `${name}: price now ${now}.` : `${name} had no price set by hand: ${now}.`);
    return 0;
  });
}

async function show(
  { provider, model }: Extract<Request, { action: "show" }>,
  store: Store,
): Promise<number> {
  const catalog = await store.catalog(provider);
  if (provider !== null && catalog.length === 0) throw new UsageError(`Provider ${provider} is unknown.`);
  const lines = catalog.flatMap(({ provider: slug, models }) =>
    models
      .filter(({ name, active }) => (model === null ? active || provider !== null : name === model))
      .map(({ name, price }) => `${slug}/${name}  ${price ? describePrice(price) : "price unknown"}`),
  );
  if (model !== null && lines.length === 0) throw new UsageError(`${provider} has no model ${model} here.`);
  print(lines.length === 0 ? "Nothing is measured." : lines.join("\n"));
  return 0;
}

async function find(provider: string, name: string, store: Store): Promise<StoredModel> {
  const known = (await store.catalog(provider))[0]?.models.find((model) => model.name === name);
  if (known) return known;
  throw new UsageError(
    `${provider} has no model ${name} here: npm run models -- activate ${provider} ${name} --add makes it.`,
  );
}

const OPTIONS = {
  input: { type: "string" },
  output: { type: "string" },
  "cached-input": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** @returns null where the usage was asked for. @throws UsageError with one line that says what is wrong. */
export function parsePrices(args: string[]): Request | null {
  const { values, positionals } = parseOptions(args, OPTIONS);
  if (values.help) return null;
  const [action = "show", endpoint, word, ...more] = positionals;
  const [provider = null, model = null] = endpoint === undefined ? [] : split(endpoint);
  const amounts = [values.input, values.output, values["cached-input"]];
  if (
    more.length > 0 ||
    (action !== "set" && (word !== undefined || amounts.some((one) => one !== undefined)))
  ) {
    throw new UsageError(`prices ${action} takes no "${more[0] ?? word ?? "amounts"}".`);
  }
  if (action === "show") return { action, provider, model };
  if (action !== "set" && action !== "unset") {
    throw new UsageError(`prices knows no "${action}"; it knows show, set, unset.`);
  }
  if (provider === null || model === null) throw new UsageError(`prices ${action} wants PROVIDER/MODEL.`);
  if (action === "unset") return { action, provider, model };
  if (word === "free" && amounts.every((one) => one === undefined)) {
    return { action, provider, model, price: { input: 0, output: 0, cachedInput: null } };
  }
  if (word !== undefined || values.input === undefined || values.output === undefined) {
    throw new UsageError(
      "prices set wants --input and --output in USD per million tokens, or the word free.",
    );
  }
  const cached = values["cached-input"];
  const price = {
    input: amount("--input", values.input),
    output: amount("--output", values.output),
    cachedInput: cached === undefined ? null : amount("--cached-input", cached),
  };
  return { action, provider, model, price };
}

/** A model's own name may have slashes in it, a provider's slug has none. */
function split(endpoint: string): [string, string | null] {
  const at = endpoint.indexOf("/");
  return at < 0 ? [endpoint, null] : [endpoint.slice(0, at), endpoint.slice(at + 1) || null];
}

function amount(option: string, text: string): number {
  const value = /^\d{1,6}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MOST_USD) return value;
  throw new UsageError(`${option} is "${text}"; it must be USD per million tokens, such as 0.15.`);
}
