import type { Chart, TooltipModel } from "chart.js";

/*
 * A chart's tooltip is an element of the page, not of the canvas: it stands above the chart's labels, in the page's font,
 * and goes when the page is scrolled, as a finger does that has touched the chart on its way.
 */

/** Chart.js's settings for it; a chart adds its callbacks. */
export const TOOLTIP_LOOK = { enabled: false, external: showTooltip } as const;

interface Shown {
  // The charts are of several kinds; nothing here depends on which.
  // biome-ignore lint/suspicious/noExplicitAny: Chart.js declares the callback for each kind apart
  readonly chart: Chart<any>;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly tooltip: TooltipModel<any>;
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
    const hide = () => {
      chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
      chart.setActiveElements([]);
      chart.update();
    };
    addEventListener("scroll", hide, { once: true, passive: true, capture: true });
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
  box.style.top = `${tooltip.caretY + 14}px`;
}
