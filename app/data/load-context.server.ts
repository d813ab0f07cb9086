import type { AppLoadContext } from "@remix-run/cloudflare";
import type { Services } from "./context.server.ts";
import { createReader } from "./reader.server.ts";
import { parseSettings } from "./settings.server.ts";

/** Made once for an environment: Supabase's client alone would cost each request a millisecond of CPU. */
const servicesOf = new WeakMap<object, Services>();

/**
 * What loaders get. Settings that are missing are no reason to fail here: the page that needs them says
 * which ones they are.
 */
export function getLoadContext(env: unknown, nonce: string): AppLoadContext {
  if (typeof env !== "object" || env === null) return { nonce, services: openServices(env) };
  const services = servicesOf.get(env) ?? openServices(env);
  servicesOf.set(env, services);
  return { nonce, services };
}

function openServices(env: unknown): Services {
  const parsed = parseSettings(env);
  if (!parsed.ok) return parsed;
  const { supabaseUrl, supabaseAnonKey, lockedMetrics } = parsed.settings;
  return { ok: true, reader: createReader(supabaseUrl, supabaseAnonKey), lockedMetrics };
}
