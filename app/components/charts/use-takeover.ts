import { type ComponentType, type RefObject, useEffect, useState } from "react";

/**
 * Loads a component once the box is near the viewport and the page has been painted; null until then, and
 * for good where loading fails: what the server drew stays.
 * @param load must be the same function in every render
 */
export function useTakeover<Props>(
  box: RefObject<HTMLElement>,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> | null {
  const [component, setComponent] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let wanted = true;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        load().then(
          (loaded) => wanted && setComponent(() => loaded),
          (error: unknown) => console.warn("The interactive chart could not be loaded", error),
        );
      },
      { rootMargin: "100px" },
    );
    observer.observe(element);
    return () => {
      wanted = false;
      observer.disconnect();
    };
  }, [box, load]);
  return component;
}
