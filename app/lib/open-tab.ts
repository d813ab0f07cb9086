/*
 * What a tab needs that stays open: no fetch may keep it waiting for ever, and a deployment must not leave it with code that
 * is gone. Runs in the browser alone.
 */

/** Longer than the server itself takes to give up (entry.server.tsx); after it the page says that it is not up to date. */
const FETCH_TIMEOUT_MS = 20_000;
/** What an error is named that says: nobody answered, whatever was asked. */
const NO_ANSWER = "NoAnswer";

export function isNoAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === NO_ANSWER;
}

/** Whether code of the page that was asked for could not be loaded (local/build/missing-modules.ts). */
export function isMissingModule(error: unknown): boolean {
  return isNoAnswer(error) && error instanceof Error && "module" in error;
}

/**
 * Puts a time-out on every fetch of this document, Remix's own included, and loads the page anew once data say that they
 * come from another build than this document does.
 * @param build of this document
 */
export function watchFetches(build: string): void {
  const { fetch } = window;
  window.fetch = async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
    const control = new AbortController();
    const overtaken = () => control.abort(signal?.reason);
    if (signal?.aborted) overtaken();
    signal?.addEventListener("abort", overtaken);
    // Not taken back when the headers are here: the body may be what never comes.
    setTimeout(() => control.abort(), FETCH_TIMEOUT_MS);
    let response: Response;
    try {
      response = await fetch(input, { ...init, signal: control.signal });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw Object.assign(new Error(String(error)), { name: NO_ANSWER });
    }
    const newer = response.headers.get("X-Build-Id");
    if (newer !== null && newer !== build && loadOnce(newer, response.url)) {
      // The document is on its way out: old code shows nothing of it in between.
      await new Promise((resolve) => setTimeout(resolve, FETCH_TIMEOUT_MS));
    }
    return response;
  };
}

/**
 * Loads the page that was asked for as a document, which brings the code that goes with it.
 * @param why what this is done for once in a tab, so that no page can load itself again and again
 * @param address of the page, or of its data as Remix asks for them
 * @returns whether it is on its way
 */
export function loadOnce(why: string, address: string): boolean {
  const key = `loaded ${why}`;
  try {
    if (sessionStorage.getItem(key) !== null) return false;
    sessionStorage.setItem(key, "1");
  } catch {
    return false; // Storage is forbidden: without it nothing would end a circle.
  }
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/_root\.data$|\.data$/, "") || "/";
  url.searchParams.delete("_routes");
  const { pathname, search } = location;
  if (url.pathname + url.search === pathname + search) location.reload();
  else location.assign(url);
  return true;
}
