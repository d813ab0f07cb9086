import { type ProvidersRequest, providersRequest } from "../../workers/benchmark/jobs/manage-providers.ts";
import { PRESET_NAMES } from "../../workers/benchmark/providers/presets.ts";
import { UsageError } from "../errors.ts";
import { parseOptions } from "./parse-options.ts";

export const PROVIDERS_USAGE = `Usage:
  npm run providers -- add SLUG [URL] [options]
                       asks a server that speaks OpenAI's chat completions how it wants to be asked (one short request
                       for each parameter), says what it found, and measures it from the next run
    --model NAME       asked and measured; may be repeated. Needed where its list has more than one chat model, or none
    --preset P         ${PRESET_NAMES.join(", ")}
    --name S           for people (default: the preset's name, or the slug)
    --kind K           direct (default), or proxy: it passes requests on
    --key-variable V   the setting that holds its key (default: SLUG_API_KEY), or none
    --header 'N: V'    one more header of each request, not a secret; may be repeated
    --free             what it generates costs nothing (else: npm run prices -- set)
    --yes              do not ask before it is stored
  npm run providers -- check SLUG [--model NAME] [--yes]
                       asks it anew and says what is otherwise now; --yes: stores that
  npm run providers -- list | show SLUG
  npm run providers -- remove SLUG [--yes]
                       takes it out of the runs; what was measured of it stays
    --json             one JSON object on stdout`;

export interface ProvidersArguments {
  readonly request: ProvidersRequest;
  readonly yes: boolean;
  readonly json: boolean;
}

const ASKS = ["model", "yes", "json"];
/** Which options each action takes, and how many words. */
const TAKES: Readonly<Record<ProvidersRequest["action"], { options: readonly string[]; words: number }>> = {
  add: { options: [...ASKS, "preset", "name", "kind", "key-variable", "header", "free"], words: 2 },
  check: { options: ASKS, words: 1 },
  list: { options: ["json"], words: 0 },
  show: { options: ["json"], words: 1 },
  remove: { options: ["yes", "json"], words: 1 },
};

const OPTIONS = {
  model: { type: "string", multiple: true },
  preset: { type: "string" },
  name: { type: "string" },
  kind: { type: "string" },
  "key-variable": { type: "string" },
  header: { type: "string", multiple: true },
  free: { type: "boolean" },
  yes: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** @returns null where the usage was asked for. @throws UsageError with one line that says what is wrong. */
export function parseProviders(args: string[]): ProvidersArguments | null {
  const { values, positionals } = parseOptions(args, OPTIONS);
  if (values.help) return null;
  const [action = "list", slug, url, ...more] = positionals;
  const takes = Object.entries(TAKES).find(([name]) => name === action)?.[1];
  if (!takes)
    throw new UsageError(`providers knows no "${action}"; it knows ${Object.keys(TAKES).join(", ")}.`);
  const foreign = Object.keys(values).find((option) => !takes.options.includes(option));
  if (foreign !== undefined) throw new UsageError(`providers ${action} knows no --${foreign}.`);
  if (positionals.length - 1 > takes.words || more.length > 0) {
    throw new UsageError(`providers ${action} takes no "${positionals.at(-1)}".`);
  }
  const parsed = providersRequest.safeParse(
    withoutUndefined({
      action,
      provider: slug,
      baseUrl: url,
      models: values.model,
      preset: values.preset,
      name: values.name,
      kind: values.kind,
      keyVariable: values["key-variable"],
      headers: values.header && readHeaders(values.header),
      free: values.free,
      save: action === "check" ? values.yes : undefined,
    }),
  );
  if (parsed.success) return { request: parsed.data, yes: values.yes ?? false, json: values.json ?? false };
  const [issue] = parsed.error.issues;
  const what = WORDS[String(issue?.path[0])] ?? "providers";
  throw new UsageError(`${what}: ${issue?.message ?? "malformed"}.`);
}

const WORDS: Readonly<Record<string, string>> = {
  provider: "the slug",
  baseUrl: "the URL",
  models: "--model",
  preset: "--preset",
  name: "--name",
  kind: "--kind",
  keyVariable: "--key-variable",
  headers: "--header",
};

function readHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      if (at < 1) throw new UsageError(`--header "${line}" must be a name and a value, as 'x-team: search'.`);
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
}

function withoutUndefined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
