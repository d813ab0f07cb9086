import { optionalSetting } from "./setting.ts";
import { baseUrl, key } from "./values.ts";

/** What a Supabase key may do, as far as its form tells; Supabase itself judges the rest. */
export type KeyKind = "reads" | "writes" | "account" | "unknown";

/** The roles of Supabase's legacy keys. */
const READING_ROLES: ReadonlySet<unknown> = new Set(["anon", "authenticated"]);

/** @param text with or without what was pasted around it, such as its setting's name */
export function supabaseKeyKind(text: string): KeyKind {
  const lower = text.toLowerCase();
  if (lower.includes("sb_secret_")) return "writes";
  // A personal access token or a connection string opens more than one project's API.
  if (/(^|[^a-z0-9])sbp_|postgres(ql)?:/.test(lower)) return "account";
  if (lower.startsWith("sb_publishable_")) return "reads";
  const roles = rolesIn(text);
  if (roles.length === 0) return "unknown";
  return roles.every((role) => READING_ROLES.has(role)) ? "reads" : "writes";
}

/** A new-style key is no token: it travels as `apikey` alone. */
const isNewStyle = (key: string) => /^sb_(publishable|secret)_/.test(key);

/** What a request shows of a project's key. */
export function keyHeaders(key: string): Record<string, string> {
  return isNewStyle(key) ? { apikey: key } : { apikey: key, authorization: `Bearer ${key}` };
}

/** A request of supabase-js, which sends any key as a Bearer token too. */
export function withoutBearer(init: RequestInit | undefined, key: string): RequestInit {
  if (!isNewStyle(key)) return init ?? {};
  const headers = new Headers(init?.headers);
  headers.delete("authorization");
  return { ...init, headers };
}

/** What the legacy keys (JWTs) in a text say they may do: any part of one that says so, whatever stands around it. */
function rolesIn(text: string): readonly unknown[] {
  // A JWT's parts are JSON in base64url: "{" and a quote or a blank begin with "ey", "{" and a line's end with "ew".
  const parts = text.replaceAll(/%2e/gi, ".").matchAll(/(?=(e[wy][\w-]+))/g);
  return [...parts].flatMap(([, part = ""]) => {
    try {
      const claims: unknown = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
      const isHeader = typeof claims !== "object" || claims === null || "alg" in claims;
      return isHeader ? [] : ["role" in claims ? claims.role : undefined];
    } catch {
      return [];
    }
  });
}

const isKind = (...kinds: readonly KeyKind[]) => {
  return (text: string) => kinds.includes(supabaseKeyKind(text));
};

/** The project that both Workers use: one reads from it, the other writes to it. */
export const supabaseSettings = {
  SUPABASE_URL: optionalSetting({
    sentence: "Address of the project, https://<project>.supabase.co.",
    schema: baseUrl,
    unset: "the embedded one",
  }),
  SUPABASE_ANON_KEY: optionalSetting({
    sentence: "Its publishable key (sb_publishable_...) or legacy anon key: the dashboard reads with it.",
    schema: key.refine(
      isKind("reads", "unknown"),
      "holds a secret key: the dashboard takes the publishable (anon) one",
    ),
    unset: "the embedded one's",
  }),
  SUPABASE_SERVICE_ROLE: optionalSetting({
    sentence:
      "Its secret key (sb_secret_...) or legacy service_role key: the benchmark Worker writes with it.",
    schema: key
      .refine((text) => text.length >= 20, "is too short for a key; paste it again")
      .refine(
        (text) => !isKind("reads")(text),
        "is the publishable (anon) key, which may only read: use the secret (service_role) key of the same project",
      )
      .refine(
        (text) => !isKind("account")(text),
        "is no key of a project's API: use the secret (service_role) key of the project",
      ),
    unset: "the embedded one's",
    secret: true,
  }),
};
