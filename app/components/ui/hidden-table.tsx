import { xmlText } from "../../lib/xml.ts";

type Cell = string | number;

/**
 * A drawing's figures for whoever does not see it. One text: as elements these were two of five on an endpoint's page, for
 * the server to render and for each browser to take over.
 */
export function HiddenTable({
  caption,
  columns,
  rows,
}: {
  caption: string;
  /** The first heads the rows' names. */
  columns: readonly string[];
  /** A name each, and its figures. */
  rows: readonly (readonly [Cell, ...Cell[]])[];
}) {
  const head = (scope: "col" | "row", text: Cell) => `<th scope="${scope}">${xmlText(String(text))}</th>`;
  const heads = columns.map((column) => head("col", column));
  const body = rows.map(([name, ...figures]) => {
    const cells = figures.map((figure) => `<td>${xmlText(String(figure))}</td>`);
    return `<tr>${head("row", name)}${cells.join("")}</tr>`;
  });
  const table = `<table><caption>${xmlText(caption)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
  // A table cannot be made narrower than its content: what hides it is the box around it.
  // biome-ignore lint/security/noDangerouslySetInnerHtml: each text in it is escaped just above
  return <div className="sr-only" dangerouslySetInnerHTML={{ __html: table }} />;
}
