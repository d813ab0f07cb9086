import type { CatalogChange } from "../../data/catalog-changes.server.ts";
import { type Incident, incidentHref, incidentTitle } from "../incidents.ts";
import { EVENT_WORDS } from "../models-words.ts";
import { priceWords } from "../prices-words.ts";
import { priceEvent } from "../schema.ts";
import type { Site } from "../site.ts";
import { xmlText } from "../xml.ts";

/** One entry of the feed, whatever it is about. */
export interface FeedEntry {
  /** A URI that stays the same when the entry is updated. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly published: string;
  readonly updated: string;
  /** From the site's root on. */
  readonly path: string;
  readonly categories: readonly string[];
}

/**
 * An Atom feed (RFC 4287), newest first. It says nothing about when it was read, so that it changes only when what
 * it tells of does.
 * @param self its own path with the filters it is of, and nothing else: what tells it from the feeds of other filters
 */
export function atomFeed({ name, origin }: Site, self: string, entries: readonly FeedEntry[]): string {
  const sorted = [...entries].sort(
    (a, b) => Date.parse(b.updated) - Date.parse(a.updated) || (a.id < b.id ? -1 : 1),
  );
  const updated = sorted[0]?.updated ?? "1970-01-01T00:00:00Z";
  const simulated = sorted.some(({ categories }) => categories.includes("simulated"));
  const subtitle = `Model changes, price changes and incidents.${
    simulated
      ? " Entries marked simulated come from the built-in simulator and say nothing about a provider."
      : ""
  }`;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${xmlText(origin + self)}</id>
<title>${xmlText(name)}</title>
<subtitle>${xmlText(subtitle)}</subtitle>
<updated>${xmlText(updated)}</updated>
<author><name>${xmlText(name)}</name></author>
<link rel="self" type="application/atom+xml" href="${xmlText(origin + self)}"/>
<link rel="alternate" type="text/html" href="${xmlText(`${origin}/`)}"/>
${sorted.map((entry) => atomEntry(origin, entry)).join("")}</feed>
`;
}

function atomEntry(origin: string, entry: FeedEntry): string {
  return `<entry>
<id>${xmlText(entry.id)}</id>
<title>${xmlText(entry.title)}</title>
<published>${xmlText(entry.published)}</published>
<updated>${xmlText(entry.updated)}</updated>
<link rel="alternate" type="text/html" href="${xmlText(origin + entry.path)}"/>
${entry.categories.map((term) => `<category term="${xmlText(term)}"/>\n`).join("")}<content type="text">${xmlText(entry.text)}</content>
</entry>
`;
}

/** Events that change something a reader can see; a price that waits for a person does not. */
export const ENTRY_KINDS = [
  "new",
  "retired",
  "returned",
  "taken_out",
  "retirement_announced",
  "price",
  "context",
] as const;

type Told = Omit<CatalogChange, "provider" | "kind"> & { readonly kind: string };

/** @returns null for events of another kind. */
export function changeEntry(change: Told, path: string): FeedEntry | null {
  const said = sayChange(change);
  if (said === null) return null;
  const whose = `${change.model} at ${change.provider_name}`;
  return {
    id: `urn:uuid:${change.id}`,
    title: `${whose}: ${said.title}`,
    text: said.text,
    published: change.at,
    updated: change.at,
    path,
    categories: [change.kind],
  };
}

function sayChange({ at, kind, before, after }: Told): { title: string; text: string } | null {
  const successor = typeof after?.successor === "string" ? ` Its successor is ${after.successor}.` : "";
  switch (kind) {
    case "new":
      return {
        title: EVENT_WORDS.new.one,
        text: `It is now available.${pricesText(after?.price, " List price: ")}`,
      };
    case "retired":
      return { title: EVENT_WORDS.retired.one, text: `It is no longer available.${successor}` };
    case "returned":
      return { title: EVENT_WORDS.returned.one, text: "It is available again." };
    case "taken_out":
      return {
        title: EVENT_WORDS.taken_out.one,
        text: `Its provider reported it as unknown in three runs in a row.${successor}`,
      };
    case "retirement_announced": {
      const until = typeof after?.retiresAt === "string" ? after.retiresAt.slice(0, 10) : null;
      return until === null
        ? {
            title: "retirement date withdrawn",
            text: `The announced retirement date was withdrawn.${successor}`,
          }
        : until < at.slice(0, 10)
          ? {
              title: `was to retire on ${until}`,
              text: `Still listed after its retirement date, ${until}.${successor}`,
            }
          : { title: `retires on ${until}`, text: `The provider will retire it on ${until}.${successor}` };
    }
    case "price":
      return {
        title: `price ${priceDirection(before, after)}`,
        text: `List price now:${pricesText(after, " ")}${before === null ? "" : pricesText(before, " Before: ")}${
          typeof after?.revertedAt === "string" ? ` Reverted on ${after.revertedAt.slice(0, 10)}.` : ""
        }`,
      };
    case "served_model": {
      const [old, now] = [before?.servedModel, after?.servedModel];
      if (typeof old !== "string" || typeof now !== "string") return null;
      return {
        title: `answered by ${now}`,
        text: `Its answers say that they come from ${now}, no longer from ${old}.`,
      };
    }
    case "context": {
      const size = (side: typeof before) =>
        typeof side?.contextWindow === "number" ? `${side.contextWindow} tokens` : "unknown";
      return { title: EVENT_WORDS.context.one, text: `From ${size(before)} to ${size(after)}.` };
    }
    default:
      return null;
  }
}

function priceDirection(before: unknown, after: unknown): string {
  const [old, now] = [priceEvent.safeParse(before).data, priceEvent.safeParse(after).data];
  if (now === undefined) return "changed";
  if (old === undefined) return `is ${priceWords(now)}`;
  const rise = now.input + now.output - old.input - old.output;
  return rise < 0 ? "down" : rise > 0 ? "up" : "changed";
}

/** A list price in words, with what leads up to it; "" where there is none. */
function pricesText(side: unknown, lead: string): string {
  const { data: price } = priceEvent.safeParse(side);
  if (price === undefined) return "";
  return `${lead}${priceWords(price)}, each per million tokens${price.hours ? ", varying by hour" : ""}.`;
}

/** Its id is the incident's own, the same as long as it lasts and after. */
export function incidentEntry(incident: Incident): FeedEntry {
  const { id, kind, opened_at, closed_at, ongoing, endpoints, simulated, location } = incident;
  const lines = endpoints.map(({ model, reason }) => `${model}: ${reason}.`);
  const end =
    closed_at !== null
      ? `ended at ${closed_at}`
      : ongoing
        ? "is ongoing"
        : "has no known end: nothing was measured since";
  return {
    id: `urn:uuid:${id}`,
    title: `${simulated ? "[simulated] " : ""}${incidentTitle(incident)}${closed_at === null ? "" : ", resolved"}`,
    text: `${lines.join(" ")} Measured from ${location}. It began at ${opened_at} and ${end}.`,
    published: opened_at,
    // While it goes on each endpoint that joins or leaves it is news.
    updated:
      closed_at ?? newest(endpoints.flatMap(({ since, until }) => [since, until ?? since])) ?? opened_at,
    path: incidentHref(id),
    categories: ["incident", kind, ...(simulated ? ["simulated"] : [])],
  };
}

function newest(times: readonly string[]): string | undefined {
  return [...times].sort((a, b) => Date.parse(b) - Date.parse(a))[0];
}
