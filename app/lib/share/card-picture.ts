import { type Card, cardColumns, cardPeriod } from "./card.ts";
import { cutTo, type Ink, LARGE, Picture, SMALL, textWidth, USUAL } from "./picture.ts";

/** What sites that show links ask for: 1.91 to 1. */
export const WIDTH = 1_200;
export const HEIGHT = 630;
const MARGIN = 64;
const RIGHT = WIDTH - MARGIN;
const ROWS = 5;
/** Of a row, and from the picture's top to the first one's line. */
const ROW = 50;
const FIRST = 322;
/** Of a column of figures. */
const COLUMN = 184;

/** A page's figures as a PNG. */
export function cardPicture(card: Card, site: { readonly name: string; readonly host: string }) {
  const picture = new Picture(WIDTH, HEIGHT);
  picture.box(0, 0, WIDTH, 8, "primary");
  picture.text(cutTo(site.name, USUAL, 700), MARGIN, 74, USUAL, "muted");
  if (card.simulated) picture.text("SIMULATED DATA", RIGHT, 74, USUAL, "warning", "right");
  picture.text(cutTo(card.title, LARGE, RIGHT - MARGIN), MARGIN, 150, LARGE, "text");
  const [only] = card.endpoints;
  const single = card.endpoints.length === 1 && only !== undefined;
  const period = cardPeriod(card);
  picture.text(
    cutTo(single ? `${only.provider_name} · ${period}` : period, USUAL, RIGHT - MARGIN),
    MARGIN,
    200,
    USUAL,
    "muted",
  );
  if (single) drawFigures(picture, card);
  else drawTable(picture, card);
  picture.box(MARGIN, 574, RIGHT - MARGIN, 1, "border");
  picture.text(cutTo(site.host, SMALL, RIGHT - MARGIN), MARGIN, 606, SMALL, "muted");
  return picture.png();
}

/** The figures of the one endpoint, large. */
function drawFigures(picture: Picture, card: Card): void {
  const [only] = card.endpoints;
  if (only === undefined) return;
  cardColumns(card).forEach(({ label, text }, index) => {
    const x = MARGIN + (index % 3) * 370;
    const y = 300 + Math.floor(index / 3) * 140;
    picture.text(label, x, y, SMALL, "muted");
    picture.text(text(only), x, y + 60, LARGE, "text");
  });
}

function drawTable(picture: Picture, card: Card): void {
  // As many columns as leave a name half of the width.
  const columns = cardColumns(card).slice(0, 3);
  const names = RIGHT - MARGIN - columns.length * COLUMN - 30;
  const place = (index: number) => RIGHT - (columns.length - 1 - index) * COLUMN;
  columns.forEach(({ short }, index) => {
    picture.text(short, place(index), FIRST - 54, SMALL, "muted", "right");
  });
  card.endpoints.slice(0, ROWS).forEach((endpoint, row) => {
    const y = FIRST + row * ROW - 8;
    if (row > 0) picture.box(MARGIN, y - 34, RIGHT - MARGIN, 1, "border");
    const ink: Ink = row === 0 ? "text" : "muted";
    const name = cutTo(endpoint.provider_name, USUAL, names / 2);
    picture.text(name, MARGIN, y, USUAL, "text");
    const start = MARGIN + textWidth(name, USUAL) + 14;
    picture.text(cutTo(endpoint.model, USUAL, MARGIN + names - start), start, y, USUAL, "muted");
    columns.forEach(({ text }, index) => {
      picture.text(text(endpoint), place(index), y, USUAL, ink, "right");
    });
  });
  const more = card.endpoints.length - ROWS;
  if (more > 0) picture.text(`and ${more} more`, RIGHT, 606, SMALL, "muted", "right");
}
