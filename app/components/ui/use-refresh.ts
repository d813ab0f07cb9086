import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";

/**
 * Reads the page's data again every `everyMs` while the tab is visible, and at once when it becomes visible
 * after a longer absence. Scroll, focus and an open tooltip stay: only the data changes.
 */
export function useRefresh(everyMs: number): void {
  const { revalidate, state } = useRevalidator();
  const latest = useRef({ revalidate, state });
  latest.current = { revalidate, state };
  useEffect(() => {
    let last = Date.now();
    const refresh = () => {
      if (document.visibilityState !== "visible" || latest.current.state !== "idle") return;
      if (Date.now() - last < everyMs - 50) return;
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
