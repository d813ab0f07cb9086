import type { AppLoadContext } from "@remix-run/cloudflare";
import type { Services } from "./context.server.ts";
import { KnownValues } from "./known-values.server.ts";
import { createReader, type Reader } from "./reader.server.ts";
import { parseSettings, parseSite, type SiteSettings } from "./settings.server.ts";
import { Turns } from "./turns.server.ts";

/** Programs have turns of their own, and few: however many ask for tables, pages have theirs. */
const TURNS = { pages: new Turns(12, 8_000), programs: new Turns(3, 8_000) };
export type Reading = keyof typeof TURNS;

/** Made once for an environment: its settings do not change while an isolate lives. */
const opened = new WeakMap<object, Opened>();

interface Opened {
  readonly services: Services;
  readonly site: SiteSettings;
}

/**
 * What loaders get. Settings that are missing are no reason to fail here: the page that needs them says
 * which ones they are.
 */
export function getLoadContext(env: unknown, nonce: string, reading: Reading = "pages"): AppLoadContext {
  const { services, site } = openedOf(env);
  if (!services.ok) return { nonce, services, site };
  return { nonce, services: { ...services, reader: inTurn(services.reader, TURNS[reading]) }, site };
}

function openedOf(env: unknown): Opened {
  if (typeof env !== "object" || env === null) return open(env);
  const known = opened.get(env) ?? open(env);
  opened.set(env, known);
  return known;
}

function open(env: unknown): Opened {
  return { services: openServices(env), site: parseSite(env) };
}

function openServices(env: unknown): Services {
  const parsed = parseSettings(env);
  if (!parsed.ok) return parsed;
  const { supabaseUrl, supabaseAnonKey, lockedMetrics } = parsed.settings;
  return {
    ok: true,
    reader: createReader(supabaseUrl, supabaseAnonKey),
    lockedMetrics,
    known: new KnownValues(),
  };
}

function inTurn(reader: Reader, turns: Turns): Reader {
  return { call: (name, parameters) => turns.run(() => reader.call(name, parameters)) };
}
