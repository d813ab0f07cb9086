import { ListError, type ListPage } from "../catalog/listed.ts";
import { joinPages, readList } from "../catalog/read-list.ts";
import { type Config, providerAccess } from "../config.ts";
import type { Provider } from "../providers/types.ts";
import { providerVariables } from "../settings.ts";
import { fetchText } from "./fetch-text.ts";

/** A Durable Object has 128 MB for everything; the longest real lists are around 2 MB. */
const MAX_LIST_BYTES = 12 * 1024 * 1024;
const MAX_PAGES = 20;

/** Whether and where a provider's real models list can be asked for in this configuration. */
export type ListAccess =
  | { readonly state: "ready"; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly state: "closed"; readonly reason: string };

/**
 * The simulator's lists are made up, so they are never synced: a provider without a key is asked only where its list
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
  return {
    state: "closed",
    reason: `its models list needs ${providerVariables(provider.slug).apiKey}${
      config.simulatorUrl ? "; the simulator's is made up and not synced" : ""
    }`,
  };
}

/**
 * Where a list's prices are said to come from. An address that was set by hand may name a machine in somebody's
 * network, and prices are public.
 */
export function listSource(provider: Provider, config: Config): string {
  const baseUrl = config.providers.get(provider.slug)?.baseUrl;
  const path = provider.modelsList?.path.replace(/\?.*$/, "") ?? "";
  return baseUrl === provider.baseUrl ? `${provider.baseUrl}${path}` : `${provider.name}: models list`;
}

/** Reads a provider's whole models list, page by page. @throws ListError with one line for a person. */
export async function fetchList(
  provider: Provider,
  access: Extract<ListAccess, { state: "ready" }>,
  config: Config,
  fetcher: typeof fetch,
): Promise<ListPage> {
  const { modelsList, slug } = provider;
  if (!modelsList) throw new ListError("it has no models list");
  const pages: ListPage[] = [];
  const cursors = new Set<string>();
  for (let next: string | null = null; ; ) {
    const url = new URL(access.url);
    if (next !== null && modelsList.pageAfter) url.searchParams.set(modelsList.pageAfter, next);
    const body = await fetchText(url.href, {
      headers: access.headers,
      timeoutMs: config.lists.timeoutMs,
      maxBytes: MAX_LIST_BYTES,
      secrets: config.secrets,
      fetch: fetcher,
    });
    const page = readList(slug, modelsList.dialect, body);
    pages.push(page);
    next = modelsList.pageAfter ? page.next : null;
    if (next === null) break;
    if (cursors.has(next) || pages.length >= MAX_PAGES) {
      throw new ListError(`its pages do not end: ${pages.length} were read`);
    }
    cursors.add(next);
  }
  const list = joinPages(pages);
  if (list.models.length === 0) throw new ListError("the list is empty");
  return list;
}
