/*
 * The address of an endpoint's page: /models/<provider>/<model>. Model names hold slashes, colons, dots and whatever
 * else a provider thinks of, so the name is written and read here and nowhere else. A router's own parameters are
 * not used: they cannot tell "a/b" from "a%2Fb". One model at all its providers has one part behind /models/, its identity,
 * and a provider's page one behind /providers/: both are encoded whole, so neither is ever taken for an endpoint.
 */

export interface EndpointId {
  readonly provider: string;
  readonly model: string;
}

const BASE = "/models/";
const PROVIDERS = "/providers/";
/** Characters, as the database counts them. */
const MAX_NAME = 500;

/**
 * The address of the page about a provider + model, without a query. Slashes stay slashes where the address then
 * means the same to everyone on the way. A name of dots alone has no address (URL parsers take them for steps between
 * folders), nor has one that is empty, too long or breaks its line (the router's patterns end there): they lead to the
 * search.
 */
export function endpointPath({ provider, model }: EndpointId): string {
  const ambiguous = model.split("/").some((part) => part === "" || part === "." || part === "..");
  const name = ambiguous ? encodePart(model) : model.split("/").map(encodePart).join("/");
  const owner = encodePart(provider);
  if ([provider, model].some(isUnaddressable) || isDots(owner) || isDots(name))
    return `/models?q=${encodeURIComponent(model)}`;
  return `${BASE}${owner}/${escapeData(name)}`;
}

/** An address that ends so is Remix's own way to ask for a page's data: that of the start is /_root.data. */
const DATA = ".data";

function escapeData(path: string): string {
  return path.endsWith(DATA) ? `${path.slice(0, -DATA.length)}%2Edata` : path;
}

/**
 * Reads such an address, as it is in the request (still encoded).
 * @returns null where it names no model, or something no name can be
 */
export function parseEndpointPath(pathname: string): EndpointId | null {
  if (!pathname.startsWith(BASE)) return null;
  const rest = pathname.slice(BASE.length);
  const end = rest.indexOf("/");
  if (end < 1) return null;
  try {
    const provider = decodeURIComponent(rest.slice(0, end));
    const model = decodeURIComponent(rest.slice(end + 1));
    // Postgres stores no NUL.
    if (model === "" || [provider, model].some((part) => part.includes("\0") || isTooLong(part))) return null;
    return { provider, model };
  } catch {
    return null; // A stray per cent sign.
  }
}

/** An address's path as links write it, whoever wrote it: no slashes around it, nothing escaped that needs it not. */
export function spellPath(pathname: string): string {
  const isData = pathname.endsWith(DATA);
  const path = isData ? pathname.slice(0, -DATA.length) : pathname;
  const parts = path.replace(/\/+$/, "").replace(/^\/+/, "/").split("/").map(spellPart);
  const spelt = escapeData(parts.join("/"));
  return isData ? (spelt || "/_root") + DATA : spelt || "/";
}

function spellPart(part: string): string {
  try {
    return encodePart(decodeURIComponent(part));
  } catch {
    return encodeURIComponent(part); // A stray per cent sign stands for itself.
  }
}

/** The address of the page about one model at all its providers; a name that no address can hold leads to the search. */
export function identityPath(identity: string): string {
  return singlePath(BASE, identity) ?? `/models?q=${encodeURIComponent(identity)}`;
}

/** The address of a provider's page; of results that name a provider nobody knows, their own word for it. */
export function providerPath(slug: string): string {
  return singlePath(PROVIDERS, slug) ?? "/status";
}

/** Reads an identity's address, as it is in the request. @returns null where it names none */
export function parseIdentityPath(pathname: string): string | null {
  return parseSingle(BASE, pathname);
}

/** Reads a provider's address, as it is in the request. @returns null where it names none */
export function parseProviderPath(pathname: string): string | null {
  return parseSingle(PROVIDERS, pathname);
}

/** The base and one part behind it, or null where no address can hold the name. */
function singlePath(base: string, name: string): string | null {
  if (isUnaddressable(name) || isDots(name)) return null;
  return base + escapeData(encodePart(name));
}

/** A slash at the end says nothing: it is passed over, and the page's own address goes without it. */
function parseSingle(base: string, pathname: string): string | null {
  const part = pathname.slice(base.length).replace(/\/+$/, "");
  if (!pathname.startsWith(base) || part.includes("/")) return null;
  try {
    const name = decodeURIComponent(part);
    return name === "" || name.includes("\0") || isTooLong(name) ? null : name;
  } catch {
    return null; // A stray per cent sign.
  }
}

/** How a comparison's address and a program's parameters name an endpoint. */
export function endpointKey({ provider, model }: EndpointId): string {
  return `${provider}/${model}`;
}

function encodePart(part: string): string {
  return encodeURIComponent(part).replaceAll("%3A", ":").replaceAll("%40", "@");
}

function isTooLong(part: string): boolean {
  return part.length > MAX_NAME && (part.length > 2 * MAX_NAME || [...part].length > MAX_NAME);
}

function isUnaddressable(part: string): boolean {
  return part === "" || isTooLong(part) || /[\n\r\u2028\u2029]/.test(part);
}

function isDots(part: string): boolean {
  return part === "." || part === "..";
}
