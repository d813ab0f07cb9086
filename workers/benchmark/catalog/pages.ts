import * as z from "zod";
import type { NextPage } from "./listed.ts";
import { readLine } from "./text.ts";

/** The forms in which items come: a bare array, or under one of two names. */
const envelope = z.union([
  z.array(z.unknown()).transform((items) => ({ items, around: {} })),
  z.looseObject({ data: z.array(z.unknown()) }).transform(({ data, ...around }) => ({ items: data, around })),
  z.looseObject({ models: z.array(z.unknown()) }).transform(({ models, ...around }) => ({
    items: models,
    around,
  })),
]);

export interface Envelope {
  readonly items: readonly unknown[];
  readonly next: NextPage | null;
  readonly total: number | null;
}

/** The items of an answer, and how it says that there are more. @returns null where it is no list. */
export function openEnvelope(answer: unknown): Envelope | null {
  const parsed = envelope.safeParse(answer);
  if (!parsed.success) return null;
  const { items, around } = parsed.data;
  return { items, next: nextOf(around, items), total: totalOf(around) };
}

type Around = Readonly<Record<string, unknown>>;

/** Where lists put what they say of their pages. */
const PLACES: readonly (readonly string[])[] = [
  [],
  ["links"],
  ["pagination"],
  ["paging"],
  ["meta"],
  ["meta", "pagination"],
  ["page_info"],
];

function nextOf(around: Around, items: readonly unknown[]): NextPage | null {
  const places = PLACES.map((path) => placeIn(around, path)).filter((place) => place !== null);
  for (const place of places) {
    const url = linkOf(place.next) ?? linkOf(place.next_url) ?? linkOf(place.next_page_url);
    if (url !== null) return { url };
    const token = readLine(place.nextPageToken);
    if (token !== null) return { token, as: "pageToken" };
    const snakeToken = readLine(place.next_page_token);
    if (snakeToken !== null) return { token: snakeToken, as: "page_token" };
  }
  for (const place of places) {
    const cursor = place.next_cursor ?? place.nextCursor ?? place.after_cursor;
    if (cursor) return { unknown: "names a cursor" };
  }
  if (!places.some((place) => isYes(place.has_more) || isYes(place.hasMore) || isYes(place.has_next)))
    return null;
  const after = readLine(around.last_id) ?? lastId(items);
  return after === null ? { unknown: "names no id" } : { after };
}

function placeIn(around: Around, path: readonly string[]): Around | null {
  let place: unknown = around;
  for (const key of path) place = isRecord(place) && Object.hasOwn(place, key) ? place[key] : null;
  return isRecord(place) ? place : null;
}

/** An address, or an object that holds one. */
function linkOf(value: unknown): string | null {
  const link = isRecord(value) ? value.href : value;
  return typeof link === "string" && link !== "" && link.length <= 2_000 ? link : null;
}

function isYes(value: unknown): boolean {
  return value === true || value === "true";
}

function lastId(items: readonly unknown[]): string | null {
  const last = items.at(-1);
  return isRecord(last) ? readLine(last.id) : null;
}

function totalOf(around: Around): number | null {
  for (const path of PLACES) {
    const place = placeIn(around, path);
    for (const count of [place?.total, place?.total_count, place?.totalCount]) {
      if (typeof count === "number" && Number.isInteger(count) && count >= 0) return count;
    }
  }
  return null;
}

function isRecord(value: unknown): value is Around {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
