import {
  Component,
  type ComponentType,
  createElement,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  type TouchEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";

/**
 * A drawing made on the server, and the canvas that takes its place: loaded once the box is near the viewport and the
 * page has been painted, and never where loading fails: what the server drew stays.
 * @param load must be the same function in every render
 */
export function useCanvas<Props extends { readonly onDrawn: () => void }>(
  load: () => Promise<ComponentType<Props>>,
) {
  const box = useRef<HTMLDivElement>(null);
  const Canvas = useNear(box, load);
  const [drawn, setDrawn] = useState(false);
  const onDrawn = useCallback(() => setDrawn(true), []);
  const canvas = (props: Omit<Props, "onDrawn">) =>
    Canvas !== null && (
      <div
        className="absolute inset-0 overflow-hidden"
        onTouchEnd={leave}
        onTouchCancel={leave}
        onMouseOutCapture={keepTapped}
      >
        <KeepDrawing>{createElement(Canvas, { ...props, onDrawn } as Props)}</KeepDrawing>
      </div>
    );
  return { box, drawn, canvas };
}

/** A finger that swipes leaves no `mouseout` behind: the chart would keep its tooltip. A tap's own mouse events come after. */
function leave({ currentTarget, timeStamp }: TouchEvent<HTMLElement>): void {
  touchedAt = timeStamp;
  currentTarget.querySelector("canvas")?.dispatchEvent(new window.MouseEvent("mouseout"));
}

/** Longer than the mouse events of a tap take, ms. */
const TAP_MS = 1_000;
let touchedAt = Number.NEGATIVE_INFINITY;

/** Where there is a mouse too, the browser finds it elsewhere after a tap, and would take the tooltip away again. */
function keepTapped(event: MouseEvent<HTMLElement>): void {
  if (event.isTrusted && event.timeStamp - touchedAt < TAP_MS) event.stopPropagation();
}

function useNear<Props>(
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

/** A canvas that fails leaves the drawing below it, not an error page. */
class KeepDrawing extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}
