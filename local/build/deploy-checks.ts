import * as z from "zod";
import { readConfig } from "../../workers/benchmark/config.ts";
import { KEY_VARIABLE } from "../../workers/benchmark/providers/stored.ts";
import { messageOf, SetupError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";
import type { SupabaseKeys } from "./hosted.ts";
import { runTool, type Tool } from "./run-tool.ts";

const KEY_TIMEOUT_MS = 15_000;

const whoami = z.object({
  loggedIn: z.boolean(),
  accounts: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
});

export interface Account {
  readonly id: string;
  readonly name: string;
}

/** @throws SetupError unless the settings name a hosted project and a provider's key. */
export function requireHostedSettings(settings: StackSettings): SupabaseKeys {
  const { supabase } = settings;
  if (supabase === null || !supabase.url.startsWith("https://")) {
    throw new SetupError(
      "SUPABASE_URL, SUPABASE_ANON_KEY and SUPABASE_SERVICE_ROLE must be set in .dev.vars to those of your hosted Supabase project, https://<project>.supabase.co.",
    );
  }
  const open = Object.entries(settings.benchmark).find(
    ([name, value]) => name.endsWith("_BASE_URL") && !value.startsWith("https://"),
  );
  if (open !== undefined) {
    throw new SetupError(
      `${open[0]} must begin with https: a deployed Worker reaches nothing on this machine.`,
    );
  }
  if (!Object.keys(settings.benchmark).some((name) => KEY_VARIABLE.test(name))) {
    throw new SetupError("No provider has a key: set at least one, such as OPENAI_API_KEY, in .dev.vars.");
  }
  return supabase;
}

/**
 * Asks wrangler who is logged in.
 *
 * @returns the account that Workers go to.
 * @throws SetupError when nobody is, or when it would have to choose between accounts.
 */
export async function requireAccount(root: string, wrangler: Tool): Promise<Account> {
  const failure = "wrangler is not logged in to Cloudflare: npx wrangler login";
  const output = await runTool(wrangler, ["whoami", "--json"], { cwd: root, failure, capture: true });
  const { loggedIn, accounts } = parseJson(output, whoami, "what wrangler says of its login");
  if (!loggedIn) throw new SetupError(failure);
  const wanted = process.env.CLOUDFLARE_ACCOUNT_ID;
  const candidates = wanted ? accounts.filter(({ id }) => id === wanted) : accounts;
  const [account, ...others] = candidates;
  // A token may be allowed to deploy and not to list accounts.
  if (account === undefined && wanted) return { id: wanted, name: wanted };
  if (account === undefined)
    throw new SetupError("wrangler's login sees no Cloudflare account: npx wrangler login");
  if (others.length > 0) {
    const list = candidates.map(({ id, name }) => `${id} (${name})`).join(", ");
    throw new SetupError(
      `This login has several accounts; set CLOUDFLARE_ACCOUNT_ID to one of them: ${list}`,
    );
  }
  return account;
}

/**
 * Uses each built-in provider's key once, on a request that costs nothing.
 *
 * @returns a line for each key that could not be tried.
 * @throws SetupError naming each key that its provider refuses.
 */
export async function tryProviderKeys(settings: StackSettings): Promise<string[]> {
  const config = readConfig(settings.benchmark);
  const answers = await Promise.all(
    [...config.providers.values()].map(async ({ provider, apiKey, baseUrl }) => {
      if (!apiKey) return null;
      const variable = provider.keyVariable;
      const url = baseUrl + provider.warmupPath;
      try {
        const response = await fetch(url, {
          headers: provider.headers(apiKey),
          redirect: "manual",
          signal: AbortSignal.timeout(KEY_TIMEOUT_MS),
        });
        await response.body?.cancel();
        const { status } = response;
        return {
          variable,
          host: new URL(url).host,
          status,
          problem: status >= 500 ? `HTTP ${status}` : null,
        };
      } catch (error) {
        return { variable, host: new URL(url).host, status: 0, problem: messageOf(error) };
      }
    }),
  );
  const found = answers.filter((answer) => answer !== null);
  const refused = found.filter(({ status }) => status === 401 || status === 403);
  if (refused.length > 0) {
    const list = refused
      .map(({ variable, host, status }) => `${variable} (${host}, HTTP ${status})`)
      .join(", ");
    throw new SetupError(`Refused by its provider: ${list}; paste it again in .dev.vars.`);
  }
  return found
    .filter(({ problem }) => problem !== null)
    .map(
      ({ variable, host, problem }) => `${variable} could not be tried: ${host} gave no answer (${problem}).`,
    );
}

/** @throws SetupError where a tool printed something else. */
export function parseJson<T>(text: string, schema: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SetupError(`Could not read ${what}.`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SetupError(`Could not read ${what}.`);
  return parsed.data;
}
