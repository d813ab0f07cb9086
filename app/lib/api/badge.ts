import { xmlText } from "../xml.ts";
import { CORS_HEADERS } from "./http.ts";

export interface Badge {
  /** What is shown, and of whom. */
  readonly label: string;
  /** The figure, or why there is none. */
  readonly value: string;
  readonly tone: "figure" | "nothing";
  readonly simulated: boolean;
}

const FILL = { label: "#1a1f29", figure: "#1d4ed8", nothing: "#475569", simulated: "#b45309" } as const;
const HEIGHT = 20;
const PADDING = 7;
/** Longer names are cut; the whole one is in the title. */
const LONGEST = 60;

export const SVG = "image/svg+xml; charset=utf-8";

/** For browsers alone, and not for long: the figure is missing now and may be there soon. */
const SOON = "private, max-age=30";

/**
 * A badge that has no figure, as an image all the same: readmes show a broken image for anything but a 200, and proxies of
 * images keep nothing else.
 * @param value why there is none
 */
export function badgeResponse(value: string, label = "endpoint"): Response {
  return new Response(badgeSvg({ label, value, tone: "nothing", simulated: false }), {
    headers: { ...CORS_HEADERS, "Content-Type": SVG, "Cache-Control": SOON },
  });
}

/**
 * A badge as SVG: no script, no style, no font and nothing loaded, so that any page may show it. Widths are computed,
 * and `textLength` holds the text to them whatever font draws it.
 */
export function badgeSvg(badge: Badge): string {
  const segments: { text: string; fill: string }[] = [
    { text: cut(badge.label), fill: FILL.label },
    { text: badge.value, fill: FILL[badge.tone] },
    ...(badge.simulated ? [{ text: "simulated", fill: FILL.simulated }] : []),
  ];
  const title = xmlText(`${badge.label}: ${badge.value}${badge.simulated ? " (simulated)" : ""}`);
  let x = 0;
  const drawn = segments.map(({ text, fill }) => {
    const inner = textWidth(text);
    const width = inner + 2 * PADDING;
    const part =
      `<rect x="${x}" width="${width}" height="${HEIGHT}" fill="${fill}"/>` +
      `<text x="${x + PADDING}" y="14" textLength="${inner}" lengthAdjust="spacingAndGlyphs">${xmlText(text)}</text>`;
    x += width;
    return part;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${x}" height="${HEIGHT}" viewBox="0 0 ${x} ${HEIGHT}" role="img" aria-label="${title}">` +
    `<title>${title}</title>` +
    `<clipPath id="r"><rect width="${x}" height="${HEIGHT}" rx="4"/></clipPath>` +
    `<g clip-path="url(#r)" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" fill="#fff">` +
    `${drawn.join("")}</g></svg>\n`
  );
}

function cut(text: string): string {
  const letters = Array.from(text);
  return letters.length <= LONGEST ? text : `${letters.slice(0, LONGEST - 1).join("")}…`;
}

/** About as wide as Verdana at 11 pixels draws it. */
function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[iljI.,:;|!'/ ]/.test(letter)) width += 4.2;
    else if (/[mwMW%…@]/.test(letter)) width += 10.4;
    else if (/[A-Z]/.test(letter)) width += 7.8;
    else width += letter.charCodeAt(0) < 0x2e80 ? 6.9 : 11;
  }
  return Math.max(4, Math.round(width));
}
