import { ListError, type ListPage, type NextPage } from "../catalog/listed.ts";
import { joinPages, readList } from "../catalog/read-list.ts";
import { type Config, providerAccess } from "../config.ts";
import type { Provider } from "../providers/types.ts";
import { fetchAnswer } from "./fetch-answer.ts";

const MAX_PAGES = 20;

/** Whether and where a provider's real models list can be asked for in this configuration. */
export type ListAccess =
  | { readonly state: "ready"; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly state: "closed"; readonly reason: string };

/**
 * The simulator's lists are made up and would retire real reference data, so they are never synced: a provider without a key is asked only where its list
 * is public.
 */
export function listAccess(provider: Provider, config: Config): ListAccess {
  const { modelsList } = provider;
  if (!modelsList) return { state: "closed", reason: "it has no models list; add models by hand" };
  const access = providerAccess(config, provider);
  const baseUrl = config.providers.get(provider.slug)?.baseUrl ?? provider.baseUrl;
  const url = `${baseUrl}${modelsList.path}`;
  if (access.state === "ready" && !access.simulated) {
    return { state: "ready", url, headers: provider.headers(access.apiKey) };
  }
  if (modelsList.isPublic) return { state: "ready", url, headers: {} };
  if (access.state === "private_address") {
    return { state: "closed", reason: "it stands in a private network, which is not reached from here" };
  }
  return {
    state: "closed",
    reason: `its models list needs ${provider.keyVariable}${
      config.simulatorUrl ? "; the simulator's is made up and not synced" : ""
    }`,
  };
}

/**
 * Where a list's prices are said to come from. An address that an operator has given may name a machine in somebody's
 * network, and prices are public.
 */
export function listSource(provider: Provider, config: Config): string {
  const baseUrl = config.providers.get(provider.slug)?.baseUrl;
  const path = provider.modelsList?.path.replace(/\?.*$/, "") ?? "";
  return baseUrl === provider.baseUrl && !provider.isStored
    ? `${provider.baseUrl}${path}`
    : `${provider.name}: models list`;
}

/**
 * Reads a provider's whole models list, page by page. A list that goes on in a way that cannot be followed is refused,
 * never taken as whole.
 *
 * @throws ListError with one line for a person.
 */
export async function fetchList(
  provider: Provider,
  access: Extract<ListAccess, { state: "ready" }>,
  config: Config,
  fetcher: typeof fetch,
): Promise<ListPage> {
  const { modelsList, slug } = provider;
  if (!modelsList) throw new ListError("it has no models list");
  const pages: ListPage[] = [];
  const asked = new Set<string>();
  for (let url: string | null = access.url; url !== null; ) {
    if (asked.has(url) || pages.length >= MAX_PAGES) {
      throw new ListError(`its pages do not end: ${pages.length} were read`);
    }
    asked.add(url);
    const { text, nextLink } = await fetchAnswer(url, {
      headers: access.headers,
      timeoutMs: config.lists.timeoutMs,
      secrets: config.secrets,
      fetch: fetcher,
    });
    const page = readList(slug, modelsList.dialect, text);
    pages.push(page);
    const next = page.next ?? (nextLink === null ? null : { url: nextLink });
    url = next === null ? null : addressOf(next, access.url, url, modelsList.pageAfter);
  }
  const list = joinPages(pages);
  if (list.models.length === 0) throw new ListError("the list is empty");
  return list;
}

/** @throws ListError where nobody can tell where the next page is, or where a key must not go there. */
function addressOf(next: NextPage, first: string, current: string, pageAfter: string): string {
  if ("unknown" in next) throw new ListError(`it goes on, but ${next.unknown} that cannot be followed`);
  if ("url" in next) {
    const url = URL.canParse(next.url, current) ? new URL(next.url, current) : null;
    if (url?.origin !== new URL(first).origin) {
      throw new ListError("its next page is on another host, where no key is sent");
    }
    return url.href;
  }
  const url = new URL(first);
  if ("token" in next) url.searchParams.set(next.as, next.token);
  else url.searchParams.set(pageAfter, next.after);
  return url.href;
}
