import { callerOf } from "./limits.ts";

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * Whether a request came from no page at all, as agents' do, or from a page of this site. Cloudflare brings here only the
 * names that are this Worker's; on a developer's machine a name from elsewhere may lead here (DNS rebinding), so it must
 * be the machine's own.
 */
export function isOwnOrigin(request: Request): boolean {
  const { origin, hostname } = new URL(request.url);
  const isDeployed = callerOf(request.headers.get("CF-Connecting-IP")) !== null;
  if (!isDeployed && !LOOPBACK.test(hostname)) return false;
  const given = request.headers.get("Origin");
  return given === null || given === origin;
}
