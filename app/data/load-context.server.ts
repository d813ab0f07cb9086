import type { AppLoadContext } from "@remix-run/cloudflare";
import { createReader } from "./reader.server.ts";
import { parseSettings } from "./settings.server.ts";

/**
 * What loaders get. Settings that are missing are no reason to fail here: the page that needs them says
 * which ones they are.
 */
export function getLoadContext(env: unknown, nonce: string): AppLoadContext {
  const parsed = parseSettings(env);
  if (!parsed.ok) return { nonce, services: parsed };
  const { supabaseUrl, supabaseAnonKey, lockedMetrics } = parsed.settings;
  return {
    nonce,
    services: { ok: true, reader: createReader(supabaseUrl, supabaseAnonKey), lockedMetrics },
  };
}
