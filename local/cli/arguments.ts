import type { Accept } from "../../workers/benchmark/catalog/guard.ts";
import { type ModelsRequest, modelsRequest } from "../../workers/benchmark/jobs/manage-models.ts";
import { UsageError } from "../errors.ts";
import { parseOptions } from "./parse-options.ts";

export interface BenchmarkArguments {
  readonly providers: readonly string[];
  readonly models: readonly string[];
  readonly prompt: "standard" | "short";
  readonly repeat: number;
  readonly runName: string;
  readonly triggeredBy: string;
  readonly json: boolean;
  readonly save: boolean;
}

export interface SyncModelsArguments {
  readonly providers: readonly string[];
  readonly accept: Accept;
}

export interface ListArguments {
  readonly json: boolean;
  /** Everything that is offered, not only what is measured or needs a decision. */
  readonly all: boolean;
}

export type Command =
  | { readonly name: "benchmark"; readonly options: BenchmarkArguments }
  | { readonly name: "probe"; readonly providers: readonly string[]; readonly json: boolean }
  | { readonly name: "sync-prices" }
  | { readonly name: "sync-models"; readonly options: SyncModelsArguments }
  | { readonly name: "models"; readonly request: ModelsRequest; readonly options: ListArguments }
  | { readonly name: "help" };

export const USAGE = `Usage:
  npm run benchmark -- [options]   one run: every active model, measured and saved
    --provider ID      only this provider (openai, groq, ...); may be repeated
    --model NAME       only this model, by the provider's own name; may be repeated
    --prompt P         standard (default) or short
    --repeat N         ask each target N times, 1 to 100 (default 1)
    --run-name S       default: mvp-validation-run
    --triggered-by S   default: system
    --json             one JSON object a result on stdout, nothing else there
    --no-save          measure only; no database is needed

  npm run probe -- [--provider ID] [--json]
                       quick test: each configured provider once with the short prompt, nothing saved
  npm run sync-models -- [--provider ID] [--accept-shrink] [--accept-growth]
                       asks each provider with a key what it offers; notes new, retired and repriced models
    --accept-shrink    believes at once a list that lost more than half of its models
    --accept-growth    believes at once a list that gained more than a thousand
  npm run sync-prices  brings prices up to date
  npm run models -- list [PROVIDER [WORD]...] [--all] [--json]
                       what is measured, what was retired and what could take its place; --all: what is offered;
                       WORD: every model whose name has it
  npm run models -- activate PROVIDER MODEL [--add] [--upstream NAME]
                       measures it from the next run; --add: also where no list has it
    --upstream NAME    of a proxy (openrouter): only this upstream, no fallbacks, as a series of its own
  npm run models -- deactivate PROVIDER MODEL [--upstream NAME]
  npm run models -- accept-price PROVIDER MODEL
                       takes a price that was held back because it jumped more than tenfold
  npm run models -- accept-list PROVIDER
                       takes its next models list as it is, however much it lost or gained
  npm run providers, npm run prices (-- --help)
                       endpoints of one's own; prices set by hand

Exit codes: 0 completed and saved, 1 could not run or save, 2 bad usage.`;

const OPTIONS = {
  provider: { type: "string", multiple: true },
  model: { type: "string", multiple: true },
  prompt: { type: "string" },
  repeat: { type: "string" },
  "run-name": { type: "string" },
  "triggered-by": { type: "string" },
  json: { type: "boolean" },
  "no-save": { type: "boolean" },
  "accept-shrink": { type: "boolean" },
  "accept-growth": { type: "boolean" },
  add: { type: "boolean" },
  all: { type: "boolean" },
  upstream: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  benchmark: ["provider", "model", "prompt", "repeat", "run-name", "triggered-by", "json", "no-save", "help"],
  probe: ["provider", "json", "help"],
  "sync-prices": ["help"],
  "sync-models": ["provider", "accept-shrink", "accept-growth", "help"],
  models: ["add", "all", "upstream", "json", "help"],
};

/** @throws UsageError with one line that says what is wrong. */
export function parseCommand(argv: readonly string[]): Command {
  const [name = "help", ...rest] = argv;
  if (name === "help" || name === "--help" || name === "-h") return { name: "help" };
  const allowed = Object.hasOwn(ALLOWED, name) ? ALLOWED[name] : undefined;
  if (!allowed) throw new UsageError(`Unknown command "${name}". Known: ${Object.keys(ALLOWED).join(", ")}.`);

  const { values, positionals } = parseOptions(rest, OPTIONS, name === "models");
  const foreign = Object.keys(values).find((option) => !allowed.includes(option));
  if (foreign) throw new UsageError(`${name} knows no --${foreign}.`);
  if (values.help) return { name: "help" };
  switch (name) {
    case "probe":
      return { name, providers: values.provider ?? [], json: values.json ?? false };
    case "sync-prices":
      return { name };
    case "sync-models":
      return {
        name,
        options: {
          providers: values.provider ?? [],
          accept: {
            shrink: values["accept-shrink"] ?? false,
            growth: values["accept-growth"] ?? false,
          },
        },
      };
    case "models":
      return {
        name,
        request: readModelsRequest(positionals, values.add ?? false, values.upstream),
        options: { json: values.json ?? false, all: values.all ?? false },
      };
    default:
      return {
        name: "benchmark",
        options: {
          providers: values.provider ?? [],
          models: values.model ?? [],
          prompt: promptName(values.prompt ?? "standard"),
          repeat: repeatCount(values.repeat ?? "1"),
          runName: label("--run-name", values["run-name"] ?? "mvp-validation-run"),
          triggeredBy: label("--triggered-by", values["triggered-by"] ?? "system"),
          json: values.json ?? false,
          save: !(values["no-save"] ?? false),
        },
      };
  }
}

/** What each action wants after its name. */
const WANTS: Readonly<Record<ModelsRequest["action"], string>> = {
  list: "a provider and words of a model's name, or less",
  activate: "a provider and a model",
  deactivate: "a provider and a model",
  "accept-price": "a provider and a model",
  "accept-list": "a provider",
};

function readModelsRequest(
  words: readonly string[],
  add: boolean,
  upstream: string | undefined,
): ModelsRequest {
  const [action = "list", provider, ...rest] = words;
  const [model, ...more] = rest;
  const parsed = modelsRequest.safeParse({
    action,
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : action === "list" ? { search: rest.join(" ") } : { model }),
    ...(add ? { add } : {}),
    ...(upstream === undefined ? {} : { upstream }),
  });
  if (parsed.success && (action === "list" || more.length === 0)) return parsed.data;
  const wants = Object.entries(WANTS).find(([name]) => name === action)?.[1];
  throw new UsageError(
    wants
      ? `models ${action} wants ${wants}${add && action !== "activate" ? ", and no --add" : ""}.`
      : `models knows no "${action}"; it knows ${Object.keys(WANTS).join(", ")}.`,
  );
}

function promptName(value: string): "standard" | "short" {
  if (value === "standard" || value === "short") return value;
  throw new UsageError(`--prompt is "${value}"; it must be standard or short.`);
}

function repeatCount(value: string): number {
  const count = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= 100) return count;
  throw new UsageError(`--repeat is "${value}"; it must be a whole number from 1 to 100.`);
}

function label(option: string, value: string): string {
  const text = value.trim();
  // Stored and shown: no control characters, nothing endless.
  if (text.length >= 1 && text.length <= 200 && !/\p{C}/u.test(text)) return text;
  throw new UsageError(`${option} must have 1 to 200 printable characters.`);
}
