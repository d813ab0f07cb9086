import { type ComponentType, createElement, lazy, Suspense, useEffect, useRef, useState } from "react";

/*
 * Parts of a page that the server draws and the browser brings to life when they come near the viewport. Until then their
 * links are plain links, and their code is not loaded. A file ….late.tsx is such a part: the build (local/build/
 * browser-code.ts) puts these wrappers around what it exports.
 */

/** Whether this document's HTML is still being brought to life: what is rendered after that has no HTML to wait with. */
let isHydrating = true;

/** Says, once, that the page as the server sent it has come to life. */
export function useHydrationEnd(): void {
  useEffect(() => {
    isHydrating = false;
  }, []);
}

/** On the server: the part as it is, in the same boundary. */
export function drawn<Props extends object>(Part: ComponentType<Props>): ComponentType<Props> {
  return function DrawnPart(props) {
    return (
      <div className="contents">
        <Suspense>{createElement(Part, props)}</Suspense>
      </div>
    );
  };
}

/**
 * In the browser: the part's code is loaded when its HTML is near the viewport, or at once where it has none or its data
 * changed. Where it cannot be loaded the HTML stays, until its data change.
 */
export function late<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const near = gate();
  const needed = gate();
  const Part = lazy(async () => {
    await Promise.race([near.opened, needed.opened]);
    try {
      return { default: await load() };
    } catch (error) {
      console.warn("A part of the page could not be loaded", error);
      await needed.opened;
      return { default: await load() };
    }
  });
  return function LatePart(props) {
    const box = useRef<HTMLDivElement>(null);
    const [hasHtml] = useState(isHydrating);
    const isShown = useRef(false);
    if (!hasHtml || isShown.current) needed.open();
    useEffect(() => {
      isShown.current = true;
      // The box itself has no size.
      const first = box.current?.firstElementChild ?? null;
      if (first === null) return needed.open();
      const observer = new IntersectionObserver(
        (entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          observer.disconnect();
          near.open();
        },
        { rootMargin: "200px" },
      );
      observer.observe(first);
      return () => observer.disconnect();
    }, []);
    return (
      <div ref={box} className="contents">
        <Suspense>{createElement(Part as unknown as ComponentType<Props>, props)}</Suspense>
      </div>
    );
  };
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let resolve: () => void = Object;
  const opened = new Promise<void>((done) => {
    resolve = done;
  });
  return { opened, open: () => resolve() };
}
