import { useLocation, useNavigate } from "@remix-run/react";
import { type PointerEvent, type ReactNode, useEffect, useState } from "react";
import { percent } from "../../lib/scale.ts";
import { spanBetween } from "../../lib/span.ts";

export interface SpanDragProps {
  /** The ends of what is drawn from edge to edge, epoch ms. */
  readonly since: number;
  readonly until: number;
  /** The address of the page that shows the span, where it is not the one that is on. */
  readonly page?: string | undefined;
  readonly children: ReactNode;
}

/** A shorter way is a click. */
const SHORTEST_PX = 8;

/**
 * Dragging over a chart shows its span: a mouse's or a pen's way, since a finger's scrolls. With the keyboard the form
 * above the charts does the same.
 */
export function SpanDrag({ since, until, page, children }: SpanDragProps) {
  const navigate = useNavigate();
  const { search } = useLocation();
  const [way, setWay] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const isDragging = way !== null;
  useEffect(() => {
    if (!isDragging) return;
    const cancel = (event: KeyboardEvent) => event.key === "Escape" && setWay(null);
    window.addEventListener("keydown", cancel);
    return () => window.removeEventListener("keydown", cancel);
  }, [isDragging]);
  const begin = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = shareOf(event);
    setWay({ from: at, to: at });
  };
  const end = (event: PointerEvent<HTMLElement>) => {
    setWay(null);
    if (way === null || Math.abs(way.to - way.from) * event.currentTarget.clientWidth < SHORTEST_PX) return;
    const at = (share: number) => since + share * (until - since);
    const { from, to } = spanBetween(at(way.from), at(way.to));
    if (from === null || to === null) return;
    const [path = "", query] = page === undefined ? ["", search] : page.split("?");
    const params = new URLSearchParams(query);
    params.delete("window");
    params.set("from", from);
    params.set("to", to);
    navigate(`${path}?${params}`, { preventScrollReset: page === undefined });
  };
  return (
    <div
      className="absolute inset-0 cursor-crosshair select-none"
      onPointerDown={begin}
      onPointerMove={(event) => way !== null && setWay({ from: way.from, to: shareOf(event) })}
      onPointerUp={end}
      onPointerCancel={() => setWay(null)}
    >
      {children}
      {way !== null && (
        <svg width="100%" height="100%" aria-hidden="true" className="pointer-events-none absolute inset-0">
          <rect
            x={percent(Math.min(way.from, way.to))}
            width={percent(Math.abs(way.to - way.from))}
            height="100%"
            className="fill-acid-primary stroke-acid-primary"
            fillOpacity=".2"
          />
        </svg>
      )}
    </div>
  );
}

/** How far from the left, 0 to 1. */
function shareOf(event: PointerEvent<HTMLElement>): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - left) / width));
}
