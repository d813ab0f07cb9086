import type { AppLoadContext } from "@remix-run/cloudflare";
import { createReader, type Reader } from "./reader.server.ts";
import { parseSettings } from "./settings.server.ts";
import { Turns } from "./turns.server.ts";

/** Programs have turns of their own, and few: however many ask for tables, pages have theirs. */
const TURNS = { pages: new Turns(12, 8_000), programs: new Turns(3, 8_000) };
export type Reading = keyof typeof TURNS;

/**
 * What loaders get. Settings that are missing are no reason to fail here: the page that needs them says
 * which ones they are.
 */
export function getLoadContext(env: unknown, nonce: string, reading: Reading = "pages"): AppLoadContext {
  const parsed = parseSettings(env);
  if (!parsed.ok) return { nonce, services: parsed };
  const { supabaseUrl, supabaseAnonKey, lockedMetrics } = parsed.settings;
  return {
    nonce,
    services: {
      ok: true,
      reader: inTurn(createReader(supabaseUrl, supabaseAnonKey), TURNS[reading]),
      lockedMetrics,
    },
  };
}

function inTurn(reader: Reader, turns: Turns): Reader {
  return { call: (name, parameters) => turns.run(() => reader.call(name, parameters)) };
}
