import { ListError, type ListPage, type ModelKind } from "../catalog/listed.ts";
import { reasonsByDefault } from "../catalog/reasoning.ts";
import type { Config } from "../config.ts";
import { measure } from "../probe/index.ts";
import type { Measurement, ProbeEnvironment, ProbeOutcome } from "../probe/types.ts";
import { providerOf } from "../providers/dialect.ts";
import {
  type Dialect,
  EVERY_MODEL,
  type ProviderDescription,
  type RequestParameters,
} from "../providers/types.ts";
import { PassingListError } from "./fetch-answer.ts";
import { fetchList } from "./models-list.ts";

/** What a short answer may have: enough to see that a limit holds, and thoughts where there are any. */
const SHORT_TOKENS = 64;
/** Beyond this the limit was not kept to: tokenizers and counts differ by a little. */
const OVER_LIMIT = SHORT_TOKENS * 1.25;
/** A server that will not answer is not waited for as long as a measured one. */
const TOTAL_MS = 60_000;
const MAX_BODY_BYTES = 512 * 1024;
/** Models that are looked at, each with one request but the first. */
export const MAX_ASKED_MODELS = 8;

/** What cannot be found out, as one line for a person. */
export class AskError extends Error {
  override readonly name = "AskError";
  /** The server answered, and did not take the key or its lack. */
  readonly wantsKey: boolean;

  constructor(message: string, wantsKey = false) {
    super(message);
    this.wantsKey = wantsKey;
  }
}

export interface Draft {
  readonly description: ProviderDescription;
  /** Empty: none is sent. */
  readonly apiKey: string;
  /** Those to ask; the first is asked for each parameter. None: the only one that its list has. */
  readonly models: readonly string[];
}

export interface AskEnvironment {
  readonly config: Config;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly date: () => Date;
  readonly newId: () => string;
  /** Called before each request that may cost something. @throws AskError where the budget has no room for it. */
  readonly spend: (model: string, reasoning: boolean) => Promise<(outcome: ProbeOutcome) => void>;
  readonly wait: (ms: number) => Promise<void>;
}

/** One parameter, and what the server said to it. */
export interface Trial {
  readonly parameter: string;
  readonly verdict: "taken" | "ignored" | "refused";
  /** What the server said, or what shows that it was taken. */
  readonly note: string;
}

/** A model that is measured from now on, or why it cannot be. */
export interface AskedModel {
  readonly name: string;
  readonly reasoning: boolean;
  readonly problem: string | null;
}

export interface Findings {
  readonly dialect: Dialect;
  readonly list: string;
  readonly trials: readonly Trial[];
  readonly usage: string;
  readonly thoughts: string;
  readonly models: readonly AskedModel[];
  /** Requests for completions. */
  readonly requests: number;
}

/**
 * Finds out how a server that speaks OpenAI's chat completions is to be asked: what it offers, which parameters it
 * refuses (one short request each, none of them a measurement), and what its usage and thoughts look like.
 *
 * @throws AskError where it cannot be told.
 */
export async function askProvider(draft: Draft, environment: AskEnvironment): Promise<Findings> {
  const listed = await readModels(draft, environment);
  const [first, ...others] = chooseModels(draft, listed);
  if (first === undefined) throw new AskError("no model to ask: name one with --model");
  const asked = new Asking(draft, environment);
  const found = await askForEach(first, asked);
  const dialect = { ...dialectOf(draft.description.dialect ?? {}, found), ...listOf(listed) };
  const models: AskedModel[] = [{ name: first, reasoning: found.reasoning, problem: null }];
  for (const name of others) models.push(await confirm(name, dialect, draft, asked));
  return {
    dialect,
    list: listed.line,
    trials: found.trials,
    usage: found.usage,
    thoughts: found.thoughts,
    models,
    requests: asked.count,
  };
}

interface Listed {
  readonly line: string;
  readonly chat: readonly string[];
  readonly hasList: boolean;
}

async function readModels(
  { description, apiKey, models: named }: Draft,
  { config, fetch }: AskEnvironment,
): Promise<Listed> {
  const provider = providerOf(description, { isStored: true });
  if (provider.modelsList === null) return { line: "not asked for", chat: [], hasList: false };
  const url = `${description.baseUrl}${provider.modelsList.path}`;
  try {
    const access = { state: "ready", url, headers: provider.headers(apiKey) } as const;
    const { models }: ListPage = await fetchList(provider, access, config, fetch);
    const isChat = ({ kind }: { readonly kind: ModelKind }) => kind === "chat";
    const chat = models.filter(isChat).map(({ name }) => name);
    return { line: `${models.length} listed, ${chat.length} for chat`, chat, hasList: true };
  } catch (error) {
    if (!(error instanceof ListError)) throw error;
    // Where not even a list comes, neither does an answer.
    if (error instanceof PassingListError && !/HTTP \d/.test(error.message)) {
      throw new AskError(`${new URL(url).host} ${error.message}`);
    }
    const isAuth = /HTTP 40[13]/.test(error.message);
    if (isAuth && named.length === 0) throw new AskError(`its models list: ${error.message}`, true);
    return { line: `none: ${error.message}`, chat: [], hasList: false };
  }
}

function chooseModels({ models }: Draft, { chat, line }: Listed): readonly string[] {
  if (models.length > 0 || chat.length === 1) return models.length > 0 ? models : chat;
  if (chat.length === 0)
    throw new AskError(`name a model with --model: its list has no chat model (${line})`);
  const shown = chat.slice(0, 20).join(", ");
  const more = chat.length > 20 ? `, and ${chat.length - 20} more` : "";
  throw new AskError(
    `it has ${chat.length} chat models; name with --model which are measured: ${shown}${more}`,
  );
}

const listOf = ({ hasList }: Listed): Pick<Dialect, "modelsList"> => (hasList ? {} : { modelsList: null });

/** The requests that are sent to find out, one after the other. */
class Asking {
  readonly #draft: Draft;
  readonly #environment: AskEnvironment;
  count = 0;

  constructor(draft: Draft, environment: AskEnvironment) {
    this.#draft = draft;
    this.#environment = environment;
  }

  /** One short request with these parameters; once more where it fails in a way that passes. */
  async once(model: string, parameters: RequestParameters): Promise<Seen> {
    const seen = await this.#request(model, parameters);
    if (seen.kind !== "rate_limited" && seen.kind !== "server_error") return seen;
    if (namesParameter(seen.row, parameters)) return seen;
    await this.#environment.wait(Math.min(Math.max(seen.retryAfterMs ?? 1_000, 500), 5_000));
    return this.#request(model, parameters);
  }

  async #request(model: string, parameters: RequestParameters): Promise<Seen> {
    const { description, apiKey } = this.#draft;
    const { config, fetch, now, date, newId, spend } = this.#environment;
    const reasoning = reasonsByDefault(description.slug, model);
    const settle = await spend(model, reasoning);
    this.count += 1;
    let thoughts = false;
    const environment: ProbeEnvironment = {
      fetch,
      now,
      date,
      colo: null,
      onPiece: (kind) => {
        thoughts ||= kind === "reasoning";
      },
    };
    const outcome = await measure(
      {
        id: newId(),
        provider: { ...providerOf(description, { isStored: true }), parameters: () => parameters },
        model,
        reasoning,
        baseUrl: description.baseUrl,
        apiKey,
        prompt: "short",
        price: null,
        simulated: false,
        location: config.location,
        deadlines: {
          ...config.deadlines,
          totalMs: Math.min(config.deadlines.totalMs, TOTAL_MS),
          maxBodyBytes: MAX_BODY_BYTES,
        },
        warmup: false,
      },
      environment,
    );
    settle(outcome);
    const { measurement: row } = outcome;
    return {
      row,
      kind: row.error_kind,
      usage: outcome.usageReported && !row.tokens_estimated,
      thoughts,
      retryAfterMs: outcome.retryAfterMs,
    };
  }
}

interface Seen {
  readonly row: Measurement;
  readonly kind: Measurement["error_kind"];
  readonly usage: boolean;
  /** Streamed apart from the answer. */
  readonly thoughts: boolean;
  readonly retryAfterMs: number | null;
}

/** A stream came and ended: what was asked for was understood, though the answer may be cut or only thoughts. */
const ANSWERED: ReadonlySet<Measurement["error_kind"]> = new Set([null, "no_answer", "empty_response"]);

const isAnswered = ({ kind }: Seen) => ANSWERED.has(kind);

/** @throws AskError where it is neither an answer nor a refusal of what was asked for. */
function isRefused(seen: Seen, tried: RequestParameters): boolean {
  if (isAnswered(seen)) return false;
  if (seen.kind === "invalid_request" || namesParameter(seen.row, tried)) return true;
  throw failed(seen);
}

/** A server may refuse with a 500, or inside a stream; then it says what it does not like. */
function namesParameter({ error_kind, error_message }: Measurement, tried: RequestParameters): boolean {
  const kinds: readonly Measurement["error_kind"][] = ["server_error", "stream_error", "bad_response"];
  return kinds.includes(error_kind) && Object.keys(tried).some((name) => error_message?.includes(name));
}

function describeFailure({ model, error_kind, error_message }: Measurement): string {
  return `${model}: ${error_message ?? error_kind ?? "no answer"}`;
}

interface Found {
  readonly limit: Dialect["maxTokensAs"];
  readonly refusesTemperature: boolean;
  readonly includeUsage: boolean;
  readonly takesEffort: boolean;
  readonly reasoning: boolean;
  readonly trials: readonly Trial[];
  readonly usage: string;
  readonly thoughts: string;
}

async function askForEach(model: string, asking: Asking): Promise<Found> {
  const limit = await askForLimit(model, asking);
  const trials: Trial[] = [...limit.trials];
  let accepted = limit.parameters;
  let last = limit.seen;
  const take = async (parameter: string, more: RequestParameters): Promise<Seen | null> => {
    const seen = await asking.once(model, { ...accepted, ...more });
    const refused = isRefused(seen, more);
    trials.push({ parameter, verdict: refused ? "refused" : "taken", note: refused ? refusal(seen) : "" });
    if (refused) return null;
    accepted = { ...accepted, ...more };
    last = seen;
    return seen;
  };
  const temperature = await take("temperature", { temperature: 0 });
  const unasked = last.usage;
  const asked = await take("stream_options", { stream_options: { include_usage: true } });
  const effort = await take("reasoning_effort", { reasoning_effort: "low" });
  const thinks = last.thoughts || limit.seen.thoughts || (last.row.reasoning_tokens ?? 0) > 0;
  return {
    limit: limit.name,
    refusesTemperature: temperature === null,
    includeUsage: !unasked && asked?.usage === true,
    takesEffort: effort !== null,
    reasoning: thinks || reasonsByDefault("", model),
    trials,
    usage: unasked
      ? "reported unasked"
      : asked?.usage === true
        ? "reported when asked for"
        : "not reported: tokens are estimated from the text",
    thoughts: describeThoughts(last, limit.seen),
  };
}

function describeThoughts(...seen: readonly Seen[]): string {
  if (seen.some(({ thoughts }) => thoughts)) return "streamed apart from the answer";
  if (seen.some(({ row }) => (row.reasoning_tokens ?? 0) > 0)) return "counted in the usage, not streamed";
  return "none seen";
}

interface Limit {
  readonly name: Dialect["maxTokensAs"];
  readonly parameters: RequestParameters;
  readonly seen: Seen;
  readonly trials: readonly Trial[];
}

/** Which name of the limit is taken, and kept to; the older one where both are. Without either nothing is limited. */
async function askForLimit(model: string, asking: Asking): Promise<Limit> {
  const trials: Trial[] = [];
  let ignored: Limit | null = null;
  for (const name of ["max_tokens", "max_completion_tokens"] as const) {
    const parameters = { [name]: SHORT_TOKENS };
    const seen = await asking.once(model, parameters);
    if (isRefused(seen, parameters)) {
      trials.push({ parameter: name, verdict: "refused", note: refusal(seen) });
      continue;
    }
    const tokens = seen.row.output_tokens;
    const isKept = keepsToLimit(seen);
    const counted = seen.usage ? `${tokens} of ${SHORT_TOKENS} tokens` : "tokens not reported";
    const note = `${counted}, finish_reason ${seen.row.finish_reason ?? "none"}`;
    trials.push({ parameter: name, verdict: isKept ? "taken" : "ignored", note });
    const limit: Limit = { name, parameters, seen, trials };
    if (isKept) return limit;
    ignored ??= limit;
  }
  // Asked for a limit and not kept to is no harm; what is counted shows it.
  if (ignored) return ignored;
  const seen = await asking.once(model, {});
  if (isAnswered(seen)) return { name: null, parameters: {}, seen, trials };
  throw failed(seen);
}

const failed = ({ row, kind }: Seen) => new AskError(describeFailure(row), kind === "auth");

/** A count decides. An estimate is off by half easily: then it is what the server says of the end. */
function keepsToLimit({ row, usage }: Seen): boolean {
  if (usage) return row.output_tokens <= OVER_LIMIT;
  return row.finish_reason === "length" || row.output_tokens <= 2 * SHORT_TOKENS;
}

function refusal({ row }: Seen): string {
  return (row.error_message ?? "").slice(0, 160);
}

/** The description's own dialect with what was found. */
function dialectOf(given: Dialect, found: Found): Dialect {
  return {
    ...given,
    ...(found.limit === "max_tokens" ? {} : { maxTokensAs: found.limit }),
    ...(found.refusesTemperature ? { noTemperature: { models: EVERY_MODEL } } : {}),
    ...(found.includeUsage ? { includeUsage: true } : {}),
    ...(found.takesEffort
      ? { lowEffort: { models: EVERY_MODEL, parameters: { reasoning_effort: "low" } } }
      : {}),
  };
}

/** Another model of the same server, asked as a measurement would ask it. */
async function confirm(
  name: string,
  dialect: Dialect,
  { description }: Draft,
  asking: Asking,
): Promise<AskedModel> {
  const reasoning = reasonsByDefault(description.slug, name);
  const provider = providerOf({ ...description, dialect }, { isStored: true });
  const seen = await asking.once(
    name,
    provider.parameters({ model: name, reasoning, maxOutputTokens: SHORT_TOKENS }),
  );
  const problem = isAnswered(seen) ? null : describeFailure(seen.row);
  return { name, reasoning: reasoning || seen.thoughts || (seen.row.reasoning_tokens ?? 0) > 0, problem };
}
