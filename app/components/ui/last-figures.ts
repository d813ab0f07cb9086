import { type ClientLoaderFunctionArgs, isRouteErrorResponse } from "@remix-run/react";

/*
 * A page that is open reads its data again every minute. When that fails, Remix would put an error page in its place;
 * here the loader in the browser gives the data back that are shown, and the page says since when they are old.
 */

let shown: { readonly address: string; readonly data: unknown } | null = null;
let failingSince: string | null = null;
const listeners = new Set<() => void>();

/** Remembers what the page at this address (path and query) shows. */
export function rememberShown(address: string, data: unknown): void {
  shown = { address, data };
}

/** Since when refreshes of the page that is shown fail, ISO; null while they succeed. */
export function readFailingSince(): string | null {
  return failingSince;
}

export function onFailingSince(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setFailingSince(value: string | null): void {
  failingSince = value;
  for (const listener of listeners) listener();
}

/**
 * A route's clientLoader: what the server's loader says, or, where the server cannot be asked or fails, the data that
 * this very address shows already.
 * @param complete waits for what the server streams after the rest
 * @throws what the server's loader throws: redirects, answers such as 404, and failures of an address that is not shown
 */
export async function keepLastFigures<T>(
  { request, serverLoader }: ClientLoaderFunctionArgs,
  complete: (data: T) => Promise<unknown> = async (data) => data,
): Promise<unknown> {
  try {
    const data = await complete((await serverLoader()) as T);
    setFailingSince(null);
    return data;
  } catch (error) {
    const { pathname, search } = new URL(request.url);
    if (isAnswer(error) || request.signal.aborted || shown?.address !== pathname + search) throw error;
    setFailingSince(failingSince ?? new Date().toISOString());
    return shown.data;
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof Response || (isRouteErrorResponse(error) && error.status < 500);
}
