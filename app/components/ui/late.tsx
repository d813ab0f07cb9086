import { useLocation } from "@remix-run/react";
import {
  type ComponentType,
  createElement,
  lazy,
  type RefObject,
  Suspense,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

/*
 * Parts of a page that the server draws and the browser brings to life when they come near the viewport. Until then their
 * links are plain links, and their code is not loaded. A file ….late.tsx is such a part: the build (local/build/
 * browser-code.ts) puts these wrappers around what it exports.
 */

/** On the server: the part as it is, in the same box. */
export function drawn<Props extends object>(Part: ComponentType<Props>): ComponentType<Props> {
  return function DrawnPart(props) {
    return <div className="contents">{createElement(Part, props)}</div>;
  };
}

/**
 * In the browser: the server's HTML until the part's code is there, where there is such HTML. Where there is none and the code
 * cannot be loaded, the rest of the page stays, and the part is asked for again at the next visit.
 */
export function late<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  // What is known is rendered at once: Back scrolls to where somebody was only if the page is as high again.
  let known: ComponentType<Props> | null = null;
  const loadPart = async () => {
    known ??= await load();
    return known;
  };
  const ask = () =>
    lazy(async () => {
      try {
        return { default: await loadPart() };
      } catch (error) {
        warn(error);
        Part = ask();
        return { default: NotLoaded };
      }
    }) as unknown as ComponentType<Props>;
  let Part = ask();
  return function LatePart(props) {
    const [hasHtml] = useState(useIsHydrating());
    const [Shown] = useState(() => known ?? Part);
    if (hasHtml) return <Revived load={loadPart} props={props} />;
    return (
      <div className="contents">
        <Suspense>{createElement(Shown, props)}</Suspense>
      </div>
    );
  };
}

function NotLoaded() {
  const { pathname, search } = useLocation();
  return (
    <p className="text-acid-muted text-sm">
      This part of the page could not be loaded.{" "}
      <a className="text-acid-link underline underline-offset-4" href={pathname + search}>
        Load the page again
      </a>
    </p>
  );
}

function warn(error: unknown) {
  console.warn("A part of the page could not be loaded", error);
}

/** Whether what is rendered takes over HTML of the server's. */
function useIsHydrating(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => false,
    () => true,
  );
}

/** What a hydrated element is told to hold; React leaves alone what it does hold. */
const WHAT_IS_THERE = { __html: "" };

/**
 * The part's code is loaded when its HTML is near the viewport, or at once where the page changes. Where it cannot be
 * loaded the HTML stays until the page changes again. Not a Suspense boundary that waits to be hydrated: Remix updates its
 * context outside of transitions, and React would throw such a boundary's HTML away (its error 421).
 */
function Revived<Props extends object>({
  load,
  props,
}: {
  load: () => Promise<ComponentType<Props>>;
  props: Props;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [Part, setPart] = useState<ComponentType<Props> | null>(null);
  const isShown = useRef(false);
  const restore = useRestore(box, Part !== null);
  const { key: visit } = useLocation();
  // Who leaves may come back.
  useEffect(() => () => void load().catch(warn), [load]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new rendering asks for the code, whatever it changes.
  useEffect(() => {
    if (Part !== null) return;
    const revive = () =>
      load().then((loaded) => {
        restore.keep();
        setPart(() => loaded);
      }, warn);
    // The box itself has no size.
    const first = box.current?.firstElementChild ?? null;
    if (isShown.current || first === null) {
      void revive();
      return;
    }
    isShown.current = true;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void revive();
      },
      { rootMargin: "200px" },
    );
    observer.observe(first);
    return () => observer.disconnect();
  }, [props, visit]);
  if (Part !== null) {
    return (
      <div ref={box} className="contents">
        {createElement(Part, props)}
      </div>
    );
  }
  return (
    <div
      ref={box}
      className="contents"
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: nothing is set, see above.
      dangerouslySetInnerHTML={WHAT_IS_THERE}
    />
  );
}

/** Takes over what a reader has opened and where the focus is, from the server's HTML to the same parts of the page. */
function useRestore(box: RefObject<HTMLElement>, isLive: boolean) {
  const kept = useRef<{ readonly opened: readonly boolean[]; readonly focus: number } | null>(null);
  useLayoutEffect(() => {
    if (!isLive || kept.current === null) return;
    const { opened, focus } = kept.current;
    kept.current = null;
    for (const [i, details] of detailsIn(box.current).entries()) details.open = opened[i] ?? details.open;
    if (focus >= 0) focusableIn(box.current)[focus]?.focus({ preventScroll: true });
  }, [box, isLive]);
  return {
    keep: () => {
      kept.current = {
        opened: detailsIn(box.current).map(({ open }) => open),
        focus: focusableIn(box.current).indexOf(document.activeElement as HTMLElement),
      };
    },
  };
}

function detailsIn(box: HTMLElement | null): HTMLDetailsElement[] {
  return [...(box?.querySelectorAll("details") ?? [])];
}

function focusableIn(box: HTMLElement | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>("a, button, input, select, summary, [tabindex]") ?? [])];
}
