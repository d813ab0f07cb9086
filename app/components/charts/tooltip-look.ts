/*
 * A chart's tooltip is an element of the page, not of the canvas: it stands above the chart's labels, in the page's font,
 * and goes when the page is scrolled, as a finger does that has touched the chart on its way.
 */

/** Chart.js's settings for it; a chart adds its callbacks. */
export const TOOLTIP_LOOK = { enabled: false, external: showTooltip } as const;

/** What is used of Chart.js's own types, which are apart for each kind of chart. */
interface Shown {
  readonly chart: {
    readonly canvas: HTMLCanvasElement;
    readonly tooltip?: { setActiveElements(active: [], at: { x: number; y: number }): void } | undefined;
    setActiveElements(active: []): void;
    update(): void;
  };
  readonly tooltip: {
    readonly opacity: number;
    readonly title: readonly string[];
    readonly body: readonly { readonly lines: readonly string[] }[];
    readonly caretX: number;
    readonly caretY: number;
  };
}

/** Its distance from the point that it tells of, px: below it, or above where the window ends. */
const OFF_POINTER = 14;

/** Where charts stood, in px from the top, when their tooltips were shown last. */
const shownAt = new WeakMap<Shown["chart"], number>();

/** The event of a scroll that came before the pointer did may still be on its way: only a chart that moves is scrolled. */
function hideWithScroll(chart: Shown["chart"]): void {
  // A chart that is taken off the page no longer knows its canvas.
  const { canvas } = chart;
  const place = () => canvas.getBoundingClientRect().top;
  const isListening = shownAt.has(chart);
  shownAt.set(chart, place());
  if (isListening) return;
  const hide = () => {
    if (canvas.isConnected && place() === shownAt.get(chart)) return;
    removeEventListener("scroll", hide, { capture: true });
    shownAt.delete(chart);
    if (!canvas.isConnected) return;
    chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
    chart.setActiveElements([]);
    chart.update();
  };
  addEventListener("scroll", hide, { passive: true, capture: true });
}

function showTooltip({ chart, tooltip }: Shown): void {
  const around = chart.canvas.closest<HTMLElement>(".relative");
  if (around === null) return;
  let box = around.querySelector<HTMLElement>(".chart-tooltip");
  if (tooltip.opacity === 0) {
    box?.remove();
    return;
  }
  if (box === null) {
    box = document.createElement("div");
    box.className = "chart-tooltip";
    around.appendChild(box);
    hideWithScroll(chart);
  }
  const lines = [...tooltip.title, ...tooltip.body.flatMap(({ lines: body }) => body)];
  box.replaceChildren(
    ...lines.map((text, index) => {
      const line = document.createElement(index < tooltip.title.length ? "b" : "span");
      line.textContent = text;
      return line;
    }),
  );
  const free = around.clientWidth - box.offsetWidth;
  box.style.left = `${Math.max(0, Math.min(free, tooltip.caretX + 12))}px`;
  const below = tooltip.caretY + OFF_POINTER;
  const isCut = around.getBoundingClientRect().top + below + box.offsetHeight > innerHeight;
  box.style.top = `${isCut ? tooltip.caretY - OFF_POINTER - box.offsetHeight : below}px`;
}
