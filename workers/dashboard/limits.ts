import { FairShare } from "./fair-share.ts";
import { isForTools } from "./preflight.ts";

/** A rate limit binding, as wrangler.toml declares it. */
interface RateLimit {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

interface Limit {
  /** Of the binding; its number stands in wrangler.toml. */
  readonly name: "PAGE_LIMIT" | "PROGRAM_LIMIT" | "TABLE_LIMIT";
  /** What one request costs an isolate, in pages. */
  readonly cost: number;
}

/** Which limit an address falls under. What the cache answers is not counted. */
function limitOf(pathname: string): Limit {
  if (pathname === "/results.csv") return { name: "TABLE_LIMIT", cost: 5 };
  return { name: isForTools(pathname) ? "PROGRAM_LIMIT" : "PAGE_LIMIT", cost: 1 };
}

/** Of this isolate. */
const share = new FairShare();

/**
 * Lets a request through when it is its turn.
 * @returns false where whoever asks has asked too often within a minute, or more than this isolate can still do soon
 */
export async function awaitTurn(
  request: Request,
  pathname: string,
  env: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const caller = callerOf(request.headers.get("CF-Connecting-IP"));
  if (caller === null) return true;
  const { name, cost } = limitOf(pathname);
  // By wrangler.toml; a Worker without it (a test's, a developer's) has none.
  const binding = env[name] as RateLimit | undefined;
  if (binding !== undefined && !(await binding.limit({ key: caller })).success) return false;
  const waitMs = share.waitOf(caller, cost, Date.now());
  if (waitMs === null) return false;
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  return true;
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
