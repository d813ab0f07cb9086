import { formatTick } from "../format.ts";
import type { SeriesPlot } from "../series.ts";
import { ACID } from "../theme.ts";
import { xmlText } from "../xml.ts";
import { type Card, cardColumns, cardPeriod } from "./card.ts";

export interface Embed {
  readonly card: Card | null;
  /** Of TTFT over the window, where the card is of one endpoint and TTFT is open. */
  readonly plot: SeriesPlot | null;
  /** What is said where there is no card. */
  readonly problem: string | null;
  /** The page's own address. */
  readonly link: string;
  readonly nonce: string;
  readonly site: string;
}

/** More rows would be no small table; the page has all of them. */
const ROWS = 12;
const [WIDTH, HEIGHT] = [600, 150];

const STYLE = `*{box-sizing:border-box}body{margin:0;padding:12px;background:${ACID.bg};color:${ACID.text};font:13px/1.45 Inter,system-ui,sans-serif}
h1{margin:0;font-size:15px}p{margin:2px 0 8px;color:${ACID.muted}}a{color:${ACID.link}}section{overflow-x:auto}
table{border-collapse:collapse;width:100%}th{font-weight:400;color:${ACID.muted};white-space:nowrap}th,td{padding:5px 6px;text-align:right;border-top:1px solid ${ACID.border};font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}small{color:${ACID.muted}}svg{display:block;width:100%;height:150px}
.line{fill:none;stroke:${ACID.link};stroke-width:2;vector-effect:non-scaling-stroke}.grid{stroke:${ACID.border};vector-effect:non-scaling-stroke}mark{background:none;color:${ACID.warning}}`;

/** A whole document with its one style, at most 15 KiB. */
export function embedPage({ card, plot, problem, link, nonce, site }: Embed): string {
  const title = card?.title ?? site;
  const mark = card?.simulated ? " <mark>Simulated data.</mark>" : "";
  const body =
    card === null
      ? `<p>${xmlText(problem ?? "")}</p>`
      : `<p>${xmlText(cardPeriod(card))}.${mark}</p>
${plot === null ? "" : chart(plot)}${table(card)}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${xmlText(title)}</title>
<link rel="canonical" href="${xmlText(link)}">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<h1><bdi>${xmlText(title)}</bdi></h1>
${body}
<p><a href="${xmlText(link)}" target="_blank" rel="noopener">${xmlText(site)}</a></p>
</body>
</html>
`;
}

function table(card: Card): string {
  const columns = cardColumns(card);
  const head = columns.map(({ label }) => `<th scope="col">${xmlText(label)}</th>`).join("");
  const rows = card.endpoints.slice(0, ROWS).map((endpoint) => {
    const cells = columns.map(({ text }) => `<td>${xmlText(text(endpoint))}</td>`).join("");
    const name = `<bdi>${xmlText(endpoint.provider_name)}</bdi> <small><bdi>${xmlText(endpoint.model)}</bdi></small>`;
    return `<tr><td>${name}</td>${cells}</tr>`;
  });
  const more = card.endpoints.length - rows.length;
  return `<section tabindex="0" aria-label="Figures"><table>
<thead><tr><th scope="col">Endpoint</th>${head}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></section>${more > 0 ? `<p>and ${more} more</p>` : ""}`;
}

/** The medians as one line a piece; a line never crosses a time without an answer. */
function chart({ lines, scale }: SeriesPlot): string {
  const place = (x: number, y: number) => `${(x * WIDTH).toFixed(1)} ${((1 - y) * HEIGHT).toFixed(1)}`;
  const paths = lines.map((points) => {
    const [first] = points;
    // A point alone is a short line, or nothing would be seen of it.
    const ends = points.length === 1 && first ? [first, { x: first.x + 0.004, y: first.y }] : points;
    return `<path class="line" d="M${ends.map(({ x, y }) => place(x, y)).join("L")}"/>`;
  });
  const grid = scale.ticks.map((tick) => {
    const y = ((1 - tick / scale.max) * HEIGHT).toFixed(1);
    return `<line class="grid" x1="0" x2="${WIDTH}" y1="${y}" y2="${y}"/>`;
  });
  const top = `${formatTick(scale.max)} ms`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Median TTFT over time, 0 to ${top}">${grid.join("")}${paths.join("")}</svg>
<p>Median TTFT over time, 0 to ${top}.</p>
`;
}
