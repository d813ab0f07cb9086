import { useLoaderData, useLocation, useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { loadOnce } from "../../lib/open-tab.ts";
import { rememberShown } from "./last-figures.ts";

/**
 * Reads the page's data again every `everyMs` while the tab is visible, and at once when it becomes visible
 * after a longer absence. Scroll, focus and an open tooltip stay: only the data changes. A refresh that fails changes
 * nothing (see last-figures.ts); the next one is tried all the same.
 */
export function useRefresh(everyMs: number): void {
  const { revalidate, state } = useRevalidator();
  const { pathname, search } = useLocation();
  const data = useLoaderData();
  useEffect(() => rememberShown(pathname + search, data), [pathname, search, data]);
  const latest = useRef({ revalidate, state });
  latest.current = { revalidate, state };
  useEffect(() => {
    let last = Date.now();
    const refresh = () => {
      if (document.visibilityState !== "visible" || latest.current.state !== "idle") return;
      // A clock that was set back must not make the next turn far away.
      if (Math.abs(Date.now() - last) < everyMs - 50) return;
      last = Date.now();
      latest.current.revalidate();
    };
    const timer = setInterval(refresh, everyMs);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [everyMs]);
}

/** Pauses between the tries of a page that could not be read; the last one is kept to. */
const PAUSES_MS = [5_000, 10_000, 20_000, 40_000] as const;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Asks again for a page that could not be read, with growing pauses while the tab is visible.
 * @param code what is missing is code: a document brings it, once the server answers, and asking for data again does not
 */
export function useRetry(wanted: boolean, code: boolean): void {
  const { revalidate, state } = useRevalidator();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!wanted || state !== "idle") return;
    let due = false;
    const retry = async () => {
      if (!due || document.visibilityState !== "visible") return;
      due = false;
      if (code && (await loadDocument())) return;
      revalidate();
      // One that fails at once is over before anything here has seen it begin.
      setTries(tries + 1);
    };
    const pause = code && tries === 0 ? 0 : (PAUSES_MS[tries] ?? LONGEST_PAUSE_MS);
    const timer = setTimeout(() => {
      due = true;
      void retry();
    }, pause);
    document.addEventListener("visibilitychange", retry);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", retry);
    };
  }, [wanted, code, state, tries, revalidate]);
}

/** Only where somebody answers: a browser's own page about being offline would come back by itself at no time. */
async function loadDocument(): Promise<boolean> {
  const { href } = location;
  try {
    await fetch(href, { method: "HEAD" });
  } catch {
    return false;
  }
  return loadOnce(`${window.__remixManifest.version} ${href}`, href);
}
