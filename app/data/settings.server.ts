import { z } from "zod";
import { LOCKABLE_METRICS, type LockableMetric } from "../lib/locks.ts";

export interface Settings {
  readonly supabaseUrl: string;
  readonly supabaseAnonKey: string;
  readonly lockedMetrics: ReadonlySet<LockableMetric>;
}

const commaList = z
  .string()
  .optional()
  .transform((text) =>
    (text ?? "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  );

const schema = z.object({
  SUPABASE_URL: z.url({ protocol: /^https?$/, error: "SUPABASE_URL must be the project's http(s) address" }),
  SUPABASE_ANON_KEY: z
    .string({ error: "SUPABASE_ANON_KEY must be the project's anon or publishable key" })
    .min(1, "SUPABASE_ANON_KEY must be the project's anon or publishable key")
    .refine(
      (key) => !isSecret(key),
      "SUPABASE_ANON_KEY holds a secret key: the dashboard takes the anon or publishable one",
    ),
  LOCKED_METRICS: commaList.pipe(
    z.array(
      z.enum(LOCKABLE_METRICS, {
        error: `LOCKED_METRICS takes a comma-separated list of ${LOCKABLE_METRICS.join(", ")}`,
      }),
    ),
  ),
});

/**
 * Reads the dashboard's settings from its environment.
 * @returns the settings, or one line for each that is missing or malformed; never a setting's value.
 */
export function parseSettings(
  env: unknown,
): { ok: true; settings: Settings } | { ok: false; problems: readonly string[] } {
  const parsed = schema.safeParse(env ?? {});
  if (!parsed.success) {
    return { ok: false, problems: [...new Set(parsed.error.issues.map((issue) => issue.message))] };
  }
  return {
    ok: true,
    settings: {
      supabaseUrl: parsed.data.SUPABASE_URL.replace(/\/+$/, ""),
      supabaseAnonKey: parsed.data.SUPABASE_ANON_KEY,
      lockedMetrics: new Set(parsed.data.LOCKED_METRICS),
    },
  };
}

/** A key that may write: a new-style secret key, or a legacy JWT whose role is not anon. */
function isSecret(key: string): boolean {
  if (key.startsWith("sb_secret_")) return true;
  const payload = key.split(".")[1];
  if (payload === undefined) return false;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return z.object({ role: z.literal("service_role") }).safeParse(claims).success;
  } catch {
    return false; // Not a JWT: Supabase itself will judge it.
  }
}
