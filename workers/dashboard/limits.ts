import { isForAgents, isForPrograms } from "./preflight.ts";

/** A rate limit binding, as wrangler.toml declares it. */
interface RateLimit {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** Which limit an address falls under; the numbers stand in wrangler.toml. What the cache answers is not counted. */
function limitOf(pathname: string): "PAGE_LIMIT" | "PROGRAM_LIMIT" | "TABLE_LIMIT" {
  if (pathname === "/results.csv") return "TABLE_LIMIT";
  return isForPrograms(pathname) || isForAgents(pathname) ? "PROGRAM_LIMIT" : "PAGE_LIMIT";
}

/** Whether whoever asks has asked too often within a minute. */
export async function isOverLimit(
  request: Request,
  env: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const caller = callerOf(request.headers.get("CF-Connecting-IP"));
  // By wrangler.toml; a Worker without it (a test's, a developer's) has none.
  const binding = env[limitOf(new URL(request.url).pathname)] as RateLimit | undefined;
  return binding !== undefined && caller !== null && !(await binding.limit({ key: caller })).success;
}

/** Who is counted together: an IPv4 address, or a network of IPv6, of which one customer has a whole one. Null: nobody. */
export function callerOf(address: string | null): string | null {
  // On a developer's machine everybody is this machine.
  if (address === null || address === "::1" || address.startsWith("127.")) return null;
  return address.includes(":") ? networkOf(address) : address;
}

/** The first 64 bits of an IPv6 address. */
function networkOf(address: string): string {
  const [before = "", after = ""] = address.toLowerCase().split("::");
  const head = before.split(":").filter((group) => group !== "");
  const tail = after.split(":").filter((group) => group !== "");
  const zeros = address.includes("::") ? Math.max(0, 8 - head.length - tail.length) : 0;
  const groups = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
